package dev.headstream.worker;

import dev.headstream.worker.setting.SettingReader;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What may be passed through to Kafka's clients: everything but the settings that the guarantees rest on. Which
 * settings are secrets is asked of Kafka's own definition of its configuration.
 */
final class KafkaClientSettings implements SettingReader.Objection {
    private static final String FIXED = "is set by the worker, because delivery rests on it; leave it out";
    private static final Map<String, String> OWNED = Map.ofEntries(
            Map.entry("bootstrap.servers", "has a setting of its own: kafka.bootstrapServers"),
            Map.entry("group.id", "has a setting of its own: kafka.groupId"),
            Map.entry("group.protocol", "has a setting of its own: kafka.groupProtocol"),
            Map.entry("group.instance.id", "would strand the partitions of a worker that goes away; leave it out"),
            Map.entry("acks", FIXED),
            Map.entry("auto.offset.reset", FIXED),
            Map.entry("enable.auto.commit", FIXED),
            Map.entry("enable.idempotence", FIXED),
            Map.entry("isolation.level", FIXED),
            Map.entry("key.deserializer", FIXED),
            Map.entry("key.serializer", FIXED),
            Map.entry("max.poll.records", FIXED),
            Map.entry("partition.assignment.strategy", FIXED),
            Map.entry("transaction.timeout.ms", FIXED),
            Map.entry("transactional.id", FIXED),
            Map.entry("value.deserializer", FIXED),
            Map.entry("value.serializer", FIXED));

    private static final String JAAS = "sasl.jaas.config";
    /** A JAAS option that holds a secret as text: {@code password="..."} not followed by a reference. */
    private static final Pattern PLAIN_SECRET =
            Pattern.compile("(?i)\\w*(password|secret)\\s*=\\s*[\"']?(?!\\$\\{(env|file):)[^\"'\\s;]");

    private static final String BY_REFERENCE =
            "holds a secret in plain text; refer to it as ${env:NAME} or ${file:/path}";

    private final Map<String, ConfigDef.ConfigKey> definitions =
            AdminClientConfig.configDef().configKeys();

    @Override
    public Optional<String> to(String key, String text) {
        String owned = OWNED.get(key);
        if (owned != null) {
            return Optional.of(owned);
        }
        ConfigDef.ConfigKey definition = definitions.get(key);
        boolean secret = definition != null && definition.type == ConfigDef.Type.PASSWORD;
        boolean plain = key.equals(JAAS)
                ? PLAIN_SECRET.matcher(text).find()
                : secret && !text.contains("${env:") && !text.contains("${file:");
        return plain ? Optional.of(BY_REFERENCE) : Optional.empty();
    }
}
