package dev.headstream.pipeline.admission;

import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import dev.headstream.v1.JobRequested;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Decodes events on the thread of its caller, which may block: a new schema id is asked of the registry. A registry that
 * does not answer is waited for, without end and without losing anything: the source is held back meanwhile.
 */
final class EventDecoder {
    private static final Logger log = LoggerFactory.getLogger(EventDecoder.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Deserializer<JobRequested> deserializer;
    private final Scheduler blocking;

    /** @param blocking where it is tried again */
    EventDecoder(Deserializer<JobRequested> deserializer, Scheduler blocking) {
        this.deserializer = deserializer;
        this.blocking = blocking;
    }

    /** The event, or an error if its bytes are no event and never will be. */
    Mono<JobRequested> decode(PolledEvent event) {
        return Mono.fromCallable(() -> decodeNow(event))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_WAIT)
                        .scheduler(blocking)
                        .maxBackoff(LONGEST_WAIT)
                        .filter(EventDecoder::isUnavailable)
                        .doBeforeRetry(retry -> log.warn(
                                "schema registry does not answer, events wait for it tries={}: {}",
                                retry.totalRetries() + 1,
                                retry.failure().getMessage())));
    }

    private JobRequested decodeNow(PolledEvent event) {
        JobRequested request = deserializer.deserialize(event.partition().topic(), event.headers(), event.value());
        if (request == null) {
            throw new IllegalArgumentException("the event has no value");
        }
        return request;
    }

    /**
     * Ours says so by its type; Confluent's wraps what its HTTP client threw. A registry that refuses us (credentials,
     * a wrong path) says nothing of the event either. Malformed bytes are malformed whatever the cause of that is: a
     * schema id that the registry does not know, or bytes that end too early, which to Avro is an
     * {@code EOFException}. Waiting for those would hold their partition back for ever.
     */
    private static boolean isUnavailable(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof MalformedRecordException) {
                return false;
            }
            if (t instanceof SchemaRegistryUnavailableException
                    || t instanceof SchemaRegistryException
                    || isOfTheNetwork(t)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfTheNetwork(Throwable failure) {
        return failure instanceof SocketException
                || failure instanceof UnknownHostException
                || failure instanceof InterruptedIOException
                || failure instanceof SSLException;
    }
}
