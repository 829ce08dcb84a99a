package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.pipeline.source.Ownership;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transactional producer and its repair. Any failure ends with the transaction aborted or settled, and a producer
 * that works: after the calls below there is nothing left over. Confined to the committer's thread.
 *
 * <p>Relies on KIP-447 (offsets fenced by the group's generation) and KIP-890 part 2 (the epoch is bumped with every
 * transaction, so that a delayed end marker cannot end a later one).
 */
final class TransactionWriter implements BatchWriter {
    private static final Logger log = LoggerFactory.getLogger(TransactionWriter.class);
    private static final int COMMIT_TRIES = 3;
    private static final int LEAST_TIMEOUT_MILLIS = 1_000;
    private static final Duration SETTLE_PAUSE = Duration.ofMillis(200);

    private final CurrentProducer producer;

    TransactionWriter(Map<String, Object> client, String clientId) {
        Map<String, Object> all = ProducerSettings.of(client, clientId);
        all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeoutMillis(client));
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, clientId + "-" + UUID.randomUUID());
        this.producer = new CurrentProducer(() -> CurrentProducer.connect(all), Producer::initTransactions);
    }

    /**
     * A third of the session: the open transaction of a dead worker blocks its successor until it expires and the brokers
     * have looked for expired ones, every 10 s by default. So it is gone when the dead worker's session is. Ours last
     * fractions of a second; one that a slow broker makes expire is written again.
     */
    private static int timeoutMillis(Map<String, Object> client) {
        return Math.max(
                LEAST_TIMEOUT_MILLIS, (int) GroupProtocol.session(client).toMillis() / 3);
    }

    /** All in one transaction, fenced by the generation of the snapshot. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets what the future would
    public BatchResult write(
            List<CommitEntry> entries, Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned) {
        Producer<byte[], byte[]> current;
        try {
            current = producer.ready();
        } catch (ConfigException | AuthorizationException | UnsupportedVersionException e) {
            throw e; // no other try will do better
        } catch (KafkaException e) {
            producer.discard();
            return new BatchResult.Aborted(e);
        }
        AtomicReference<@Nullable Exception> sendFailure = new AtomicReference<>();
        try {
            current.beginTransaction();
            for (CommitEntry entry : entries) {
                for (ProducerRecord<byte[], byte[]> record : entry.records()) {
                    current.send(record, (metadata, failure) -> {
                        if (failure != null) {
                            sendFailure.compareAndSet(null, failure);
                        }
                    });
                }
            }
            if (!offsets.isEmpty()) {
                current.sendOffsetsToTransaction(offsets, owned.group());
            }
            current.flush();
        } catch (KafkaException e) {
            return aborted(current, firstCause(sendFailure, e));
        }
        if (sendFailure.get() != null) {
            return aborted(current, firstCause(sendFailure, new KafkaException("send failed")));
        }
        return commit(current, sendFailure);
    }

    /** From here on the broker may have committed without our learning of it. */
    private BatchResult commit(Producer<byte[], byte[]> current, AtomicReference<@Nullable Exception> sendFailure) {
        for (int attempt = 1; ; attempt++) {
            try {
                current.commitTransaction();
                return new BatchResult.Committed();
            } catch (TimeoutException | InterruptException e) {
                if (attempt >= COMMIT_TRIES || e instanceof InterruptException) {
                    return settled(e);
                }
                log.warn("commit timed out, asking again attempt={}", attempt);
            } catch (CommitFailedException | TransactionAbortableException e) {
                return aborted(current, e);
            } catch (KafkaException e) {
                // The client takes some errors for fatal that come after the broker has decided.
                Exception failedSend = sendFailure.get();
                return failedSend == null ? settled(e) : aborted(current, firstCause(sendFailure, e));
            }
        }
    }

    /** A new epoch of the same transactional id makes the broker end whatever was open before it answers. */
    private BatchResult settled(RuntimeException cause) {
        producer.discard();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                producer.ready();
                break;
            } catch (InterruptException e) {
                Thread.currentThread().interrupt();
            } catch (KafkaException e) {
                log.warn("cannot settle a transaction of unknown outcome yet, trying again: {}", e.toString());
                producer.discard();
                LockSupport.parkNanos(SETTLE_PAUSE.toNanos());
            }
        }
        return new BatchResult.Unknown(cause);
    }

    private BatchResult aborted(Producer<byte[], byte[]> current, RuntimeException cause) {
        try {
            current.abortTransaction();
        } catch (KafkaException e) {
            log.info("replacing the producer, it cannot abort: {}", e.toString());
            producer.discard();
        }
        return ProducerSettings.isRefusal(cause) ? new BatchResult.Refused(cause) : new BatchResult.Aborted(cause);
    }

    private static RuntimeException firstCause(
            AtomicReference<@Nullable Exception> sendFailure, RuntimeException other) {
        Exception first = sendFailure.get();
        if (first == null) {
            return other;
        }
        return first instanceof RuntimeException unchecked ? unchecked : new KafkaException(first);
    }

    @Override
    public void close() {
        producer.close();
    }
}
