package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.JobRequested;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A producer of jobs that writes them in transactions, some of which it aborts. Confined to one thread. */
final class TransactionalInput implements AutoCloseable {
    private final SchemaRegistryClient registry;
    private final KafkaProducer<String, JobRequested> producer;
    private final String topic;

    private TransactionalInput(
            SchemaRegistryClient registry, KafkaProducer<String, JobRequested> producer, String topic) {
        this.registry = registry;
        this.producer = producer;
        this.topic = topic;
    }

    static TransactionalInput open(Deployment deployment) {
        SchemaRegistryClient registry = deployment.registryClient();
        Map<String, Object> settings = new HashMap<>(deployment.client());
        settings.put("bootstrap.servers", deployment.bootstrap());
        settings.put("transactional.id", "chaos-input");
        KafkaProducer<String, JobRequested> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new AvroSerializer<JobRequested>(registry));
        producer.initTransactions();
        return new TransactionalInput(registry, producer, deployment.topics().jobs());
    }

    /** Sends jobs in a transaction of their own; returns their events once it is committed. */
    List<JobRequested> commit(Jobs jobs, long seed) {
        List<JobRequested> events = send(jobs, seed);
        producer.commitTransaction();
        return events;
    }

    /** Sends jobs that nobody must ever see. */
    void abort(Jobs jobs, long seed) {
        var unused = send(jobs, seed);
        producer.flush();
        producer.abortTransaction();
    }

    private List<JobRequested> send(Jobs jobs, long seed) {
        List<JobRequested> events = jobs.events(seed);
        producer.beginTransaction();
        for (JobRequested event : events) {
            var unused = producer.send(new ProducerRecord<>(topic, event.getJobId(), event));
        }
        return events;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        registry.close();
    }
}
