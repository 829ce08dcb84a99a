package dev.headstream.loadgen.cancel;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.CancelRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Sends cancels. Blocks. */
public final class CancelSender {
    private final Deployment deployment;

    public CancelSender(Deployment deployment) {
        this.deployment = deployment;
    }

    /**
     * Asks for the execution of the events that the jobs topic has now, and of none that comes later.
     *
     * @return what all replicas in sync have
     * @throws CommandException if the brokers do not take it
     */
    public CancelRequested send(String executionId, @Nullable String reason, Instant now) {
        CancelRequested request = CancelRequested.newBuilder()
                .setExecutionId(executionId)
                .setReason(reason)
                .setJobsEnd(jobsEnd())
                .setRequestedAt(now)
                .build();
        String topic = deployment.topics().cancellations();
        try (SchemaRegistryClient registry = deployment.registryClient()) {
            AvroSerializer<CancelRequested> serializer = new AvroSerializer<>(registry);
            serializer.warm(topic, CancelRequested.class);
            KafkaProducer<String, CancelRequested> producer = deployment.producer(serializer);
            try {
                var unused = producer.send(new ProducerRecord<>(topic, executionId, request))
                        .get();
            } finally {
                producer.close(Duration.ofSeconds(5));
            }
        } catch (ExecutionException failure) {
            throw new CommandException(
                    ExitCodes.UNAVAILABLE, topic + " does not take the cancel: " + failure.getCause(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCodes.INTERRUPTED, "interrupted", interrupted);
        }
        return request;
    }

    /** By partition number. Records of open transactions count: their producer has sent them. */
    private List<Long> jobsEnd() {
        String topic = deployment.topics().jobs();
        try (KafkaConsumer<String, byte[]> consumer = deployment.consumer(IsolationLevel.READ_UNCOMMITTED)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Long> byPartition = new ArrayList<>();
            partitions.forEach(partition -> byPartition.add(ends.getOrDefault(partition, 0L)));
            return byPartition;
        }
    }
}
