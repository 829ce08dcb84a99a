package dev.headstream.pipeline.commit;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** What the producers of all delivery modes have in common. */
final class ProducerSettings {
    private ProducerSettings() {}

    /** An idempotent producer; the user's connection settings, but for what delivery rests on. */
    static Map<String, Object> of(Map<String, Object> client, String clientId) {
        Map<String, Object> all = new HashMap<>();
        // the one codec that every client has without an addition of its own: kafkajs, for one, reads no other
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
        all.putAll(client);
        // These hang together: the user's must not make a producer that cannot be made.
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return all;
    }

    /** Whether the brokers find that the clock of this machine is too far from theirs. */
    static boolean isOfAnotherTime(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof InvalidTimestampException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the broker will never take it as it is. */
    static boolean isRefusal(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof RecordTooLargeException
                    || t instanceof OffsetMetadataTooLarge
                    || t instanceof InvalidConfigurationException) {
                return true;
            }
        }
        return false;
    }
}
