package dev.headstream.pipeline.source;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** How the workers of a group share the partitions. */
public enum GroupProtocol {
    /** The members agree among themselves; sessions are as long as the members say. */
    CLASSIC("classic") {
        @Override
        void apply(Map<String, Object> consumer) {
            consumer.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            consumer.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
            consumer.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        }
    },
    /** The broker decides (KIP-848, brokers from 4.0): partition assignment and sessions are its settings. */
    CONSUMER("consumer") {
        @Override
        void apply(Map<String, Object> consumer) {
            OF_THE_BROKER.forEach(consumer::remove);
        }
    };

    /** Settings of a client that mean something in the classic protocol only; Kafka refuses them in the other. */
    public static final List<String> OF_THE_BROKER = List.of(
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);

    /** How long a member of the classic protocol may be silent, where the user does not say. */
    public static final int SESSION_MILLIS = 15_000;

    private final String kafkaName;

    GroupProtocol(String kafkaName) {
        this.kafkaName = kafkaName;
    }

    /** How long a member may be silent by the settings of a client, or where those do not say. */
    public static Duration session(Map<String, Object> client) {
        Object millis = client.getOrDefault(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        return Duration.ofMillis(Integer.parseInt(millis.toString()));
    }

    /** Completes the settings of a consumer. */
    abstract void apply(Map<String, Object> consumer);

    /** Its value of {@code group.protocol}. */
    public String kafkaName() {
        return kafkaName;
    }
}
