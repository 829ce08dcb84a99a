package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.ParentWatch;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The process of a peer. Works until it is ended from outside, or its standard input ends, so that it never outlives the
 * bench.
 */
final class PeerMain {
    private PeerMain() {}

    /**
     * The arguments, in this order.
     *
     * @param commitInterval how often offsets are committed, and results with them where that is a transaction
     */
    record Settings(
            Contender contender,
            String bootstrap,
            String registry,
            String prefix,
            int contexts,
            Duration commitInterval) {

        static Settings parse(String[] arguments) {
            return new Settings(
                    Contender.parse(arguments[0]),
                    arguments[1],
                    arguments[2],
                    arguments[3],
                    Integer.parseInt(arguments[4]),
                    Duration.parse(arguments[5]));
        }

        List<String> arguments() {
            return List.of(
                    contender.id(), bootstrap, registry, prefix, Integer.toString(contexts), commitInterval.toString());
        }

        Topics topics() {
            return Topics.withPrefix(prefix);
        }

        /** Settings of a consumer as the peer's documentation has it: defaults, and no commits of its own. */
        Map<String, Object> consumer() {
            Map<String, Object> consumer = new HashMap<>();
            consumer.put("bootstrap.servers", bootstrap);
            consumer.put("group.id", prefix + ".bench");
            consumer.put("auto.offset.reset", "earliest");
            consumer.put("enable.auto.commit", false);
            consumer.put("isolation.level", "read_committed");
            consumer.put("key.deserializer", StringDeserializer.class);
            consumer.put("value.deserializer", ByteArrayDeserializer.class);
            return consumer;
        }

        /** An idempotent producer; a transactional one with an id. */
        Map<String, Object> producer() {
            Map<String, Object> producer = new HashMap<>();
            producer.put("bootstrap.servers", bootstrap);
            producer.put("acks", "all");
            producer.put("enable.idempotence", true);
            producer.put("key.serializer", StringSerializer.class);
            producer.put("value.serializer", ByteArraySerializer.class);
            return producer;
        }
    }

    public static void main(String[] arguments) {
        ParentWatch.start();
        Settings settings = Settings.parse(arguments);
        try (SchemaRegistryClient registry =
                SchemaRegistryClient.create(SchemaRegistryConfig.ofUrl(settings.registry()))) {
            run(settings, new PeerJobs(settings.topics(), registry));
        } catch (Exception e) {
            e.printStackTrace(System.err);
            System.exit(1);
        }
    }

    private static void run(Settings settings, PeerJobs jobs) throws Exception {
        switch (settings.contender()) {
            case PLAIN_LOOP -> new PlainLoop(settings, jobs).run();
            case REACTOR_KAFKA -> new ReactorKafkaPeer(settings, jobs).run();
            case PARALLEL_CONSUMER -> new ParallelConsumerPeer(settings, jobs, false).run();
            case PARALLEL_CONSUMER_TX -> new ParallelConsumerPeer(settings, jobs, true).run();
            case AT_LEAST_ONCE, EXACTLY_ONCE -> throw new IllegalArgumentException("a worker has a program of its own");
        }
    }

    static KafkaProducer<String, byte[]> producer(Settings settings, Map<String, Object> more) {
        Map<String, Object> properties = settings.producer();
        properties.putAll(more);
        return new KafkaProducer<>(properties);
    }
}
