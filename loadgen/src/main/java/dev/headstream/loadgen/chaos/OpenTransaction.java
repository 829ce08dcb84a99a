package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What a worker leaves that stopped in the middle of a commit: records in every partition of the journal, in a transaction
 * that nobody ends before the brokers do. Until then readers of what is committed see nothing behind them.
 */
final class OpenTransaction implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;

    private OpenTransaction(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** Opens it; the brokers end it after the timeout. */
    static OpenTransaction inJournal(Deployment deployment, Duration timeout) {
        Map<String, Object> settings = new HashMap<>(deployment.client());
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, deployment.bootstrap());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "chaos-zombie");
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(timeout.toMillis()));
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        byte[] zombie = "zombie".getBytes(StandardCharsets.UTF_8);
        IntStream.range(0, Arena.PARTITIONS).forEach(partition -> {
            var unused = producer.send(new ProducerRecord<>(deployment.topics().state(), partition, zombie, zombie));
        });
        producer.flush();
        return new OpenTransaction(producer);
    }

    /** Goes away without ending the transaction. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
