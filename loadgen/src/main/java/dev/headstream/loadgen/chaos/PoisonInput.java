package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import java.util.function.IntBinaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends events that are none: random bytes, nothing at all, and the id of a schema that nobody knows. */
final class PoisonInput {
    private static final int EACH = 10;
    private static final int UNKNOWN_SCHEMA = 987_654;

    private PoisonInput() {}

    /** @param between draws a number between two */
    static void send(Deployment deployment, IntBinaryOperator between) {
        String topic = deployment.topics().jobs();
        try (KafkaProducer<String, byte[]> producer = deployment.producer(new ByteArraySerializer())) {
            for (int number = 0; number < EACH; number++) {
                send(producer, topic, "poison-" + number, bytes(between.applyAsInt(1, 400), between));
                send(producer, topic, "unknown-" + number, unknownSchema(number));
                send(producer, topic, "nothing-" + number, null);
            }
            producer.flush();
        }
    }

    private static void send(
            KafkaProducer<String, byte[]> producer, String topic, String key, byte @Nullable [] value) {
        var unused = producer.send(new ProducerRecord<>(topic, key, value));
    }

    private static byte[] bytes(int length, IntBinaryOperator between) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) between.applyAsInt(0, 255);
        }
        return bytes;
    }

    private static byte[] unknownSchema(int number) {
        int id = UNKNOWN_SCHEMA + number;
        return new byte[] {0, (byte) (id >> 24), (byte) (id >> 16), (byte) (id >> 8), (byte) id, 2, 4, 6};
    }
}
