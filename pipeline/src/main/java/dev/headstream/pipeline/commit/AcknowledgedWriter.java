package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.source.Ownership;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes without transactions: a record is sent when those before it in its entry are acknowledged, and offsets are
 * committed when all records are. So a result is durable before the mark that its job is done, and both before the offset:
 * a worker that dies in between leaves a job to be done again, never one without a result.
 *
 * <p>What is acknowledged is not sent again by another try. Confined to the committer's thread.
 */
final class AcknowledgedWriter implements BatchWriter {
    private static final Logger log = LoggerFactory.getLogger(AcknowledgedWriter.class);

    private final CurrentProducer producer;
    private final PlainOffsets offsets;

    /** Records of entries that are not settled yet. By identity: two records may be equal and mean two writes. */
    private final Set<ProducerRecord<byte[], byte[]>> acknowledged = Collections.newSetFromMap(new IdentityHashMap<>());

    /** A record on its way. */
    private record Sent(ProducerRecord<byte[], byte[]> record, Future<RecordMetadata> answer) {

        /** What the order of records matters within; empty if it does not. */
        Optional<Key> key() {
            return Optional.ofNullable(record.key()).map(key -> new Key(record.topic(), ByteBuffer.wrap(key)));
        }
    }

    private record Key(String topic, ByteBuffer key) {}

    AcknowledgedWriter(Map<String, Object> client, String clientId, PlainOffsets offsets) {
        this(() -> CurrentProducer.connect(ProducerSettings.of(client, clientId)), offsets);
    }

    /** @param producers makes an idempotent producer, and another one should that break */
    AcknowledgedWriter(Supplier<Producer<byte[], byte[]>> producers, PlainOffsets offsets) {
        this.producer = new CurrentProducer(producers, made -> {});
        this.offsets = offsets;
    }

    @Override
    public BatchResult write(List<CommitEntry> entries, Map<TopicPartition, OffsetAndMetadata> points, Ownership owned)
            throws InterruptedException {
        try {
            int waves = entries.stream().mapToInt(e -> e.records().size()).max().orElse(0);
            for (int wave = 0; wave < waves; wave++) {
                Optional<Exception> failure = send(producer.ready(), wave(entries, wave));
                if (failure.isPresent()) {
                    return failed(unchecked(failure.get()));
                }
            }
        } catch (ConfigException | AuthorizationException | UnsupportedVersionException e) {
            throw e; // no other try will do better
        } catch (KafkaException e) {
            return failed(e);
        }
        return points.isEmpty() ? new BatchResult.Committed() : commit(points, owned);
    }

    /** A commit of unknown outcome needs no reading back: committing the same again is what would be done about it. */
    private BatchResult commit(Map<TopicPartition, OffsetAndMetadata> points, Ownership owned)
            throws InterruptedException {
        try {
            offsets.commit(points, owned);
            return new BatchResult.Committed();
        } catch (AuthorizationException | UnsupportedVersionException e) {
            throw e; // no other try will do better
        } catch (KafkaException e) {
            return ProducerSettings.isRefusal(e) ? new BatchResult.Refused(e) : new BatchResult.Aborted(e);
        }
    }

    /** The records of the entries that come at this place. */
    private static List<ProducerRecord<byte[], byte[]>> wave(List<CommitEntry> entries, int place) {
        return entries.stream()
                .filter(entry -> entry.records().size() > place)
                .map(entry -> entry.records().get(place))
                .toList();
    }

    /** Sends what is not acknowledged yet and waits for all answers; the first failure, if there is one. */
    private Optional<Exception> send(Producer<byte[], byte[]> current, List<ProducerRecord<byte[], byte[]>> records)
            throws InterruptedException {
        List<Sent> sent = new ArrayList<>();
        Exception failure = null;
        for (ProducerRecord<byte[], byte[]> record : records) {
            if (!acknowledged.contains(record)) {
                try {
                    sent.add(new Sent(record, current.send(record)));
                } catch (KafkaException e) {
                    failure = e;
                    break;
                }
            }
        }
        current.flush();
        // A journal entry must not come to stand after a younger one of its execution: what was sent after a failed
        // record of the same key counts as failed, too, and is written again after it.
        Set<Key> failed = new HashSet<>();
        for (Sent each : sent) {
            try {
                each.answer().get();
                if (each.key().map(key -> !failed.contains(key)).orElse(true)) {
                    acknowledged.add(each.record());
                }
            } catch (ExecutionException e) {
                each.key().ifPresent(failed::add);
                failure = failure == null ? cause(e) : failure;
            }
        }
        return Optional.ofNullable(failure);
    }

    private BatchResult failed(RuntimeException cause) {
        if (ProducerSettings.isRefusal(cause)) {
            return new BatchResult.Refused(cause);
        }
        if (!(cause instanceof RetriableException)) {
            // Fenced or out of sequence: a new producer is cheap, a broken one is stuck. After a timeout it is kept,
            // since its sequence numbers keep a late write from standing behind a younger one.
            log.info("replacing the producer after {}", cause.toString());
            producer.discard();
        }
        return new BatchResult.Aborted(cause);
    }

    private static Exception cause(ExecutionException failure) {
        return failure.getCause() instanceof Exception cause ? cause : failure;
    }

    private static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException unchecked ? unchecked : new KafkaException(failure);
    }

    @Override
    public void settled(Collection<CommitEntry> entries) {
        entries.forEach(entry -> entry.records().forEach(acknowledged::remove));
    }

    @Override
    public void close() {
        producer.close();
    }
}
