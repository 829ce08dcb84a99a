package dev.headstream.schemas.http;

import java.util.Map;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Makes a TLS context from Kafka's own client settings ({@code ssl.truststore.location}, {@code ssl.keystore.type=PEM}
 * and so on), with Kafka's own code, so that a store that works for the brokers works here as well.
 */
public final class Tls {
    private static final String HOST_NAME_CHECK = "ssl.endpoint.identification.algorithm";
    private static final ConfigDef SETTINGS = new ConfigDef().withClientSslSupport();

    private Tls() {}

    /**
     * Reads the stores now.
     *
     * @param settings Kafka's names, without any prefix
     * @throws IllegalArgumentException naming the setting that is wrong, or the store that cannot be read
     */
    public static SSLContext context(Map<String, String> settings) {
        TreeSet<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeAll(SETTINGS.names());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no such TLS setting: " + String.join(", ", unknown));
        }
        if (!"https".equalsIgnoreCase(settings.getOrDefault(HOST_NAME_CHECK, "https"))) {
            throw new IllegalArgumentException(
                    HOST_NAME_CHECK + ": only https is supported; host names are always checked");
        }
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(SETTINGS.parse(settings));
            return factory.sslContext();
        } catch (KafkaException e) {
            throw new IllegalArgumentException("TLS settings cannot be used: " + deepest(e), e);
        }
    }

    private static String deepest(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? String.valueOf(thrown.getMessage()) : thrown.getMessage() + ": " + deepest(cause);
    }
}
