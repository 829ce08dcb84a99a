package dev.headstream.pipeline.cancel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.pipeline.HashedId;
import dev.headstream.v1.CancelRequested;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cancels that were asked for, by execution. Bounded: those of the last week, as the topic keeps them, and of those
 * the newest {@value #MOST}; about 250 bytes each. Thread-safe.
 */
public final class Cancellations {
    private static final Logger log = LoggerFactory.getLogger(Cancellations.class);
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final int MOST = 50_000;
    private static final int MAX_REASON_CHARS = 500;

    private final Clock clock;
    private final int most;

    /** The oldest first. */
    @GuardedBy("this")
    private final Map<HashedId, Cancel> byExecution = new LinkedHashMap<>();

    @GuardedBy("this")
    private boolean toldOfTooMany;

    /** @param jobsEnd by partition of the jobs topic, the first offset that is not meant; empty if all are */
    private record Cancel(String reason, List<Long> jobsEnd, Instant requestedAt) {

        /** By position, not by time: clocks of producers differ, and a job may be sent again under its old id. */
        boolean isMeantFor(int partition, long offset) {
            return jobsEnd.isEmpty() || (partition < jobsEnd.size() && offset < jobsEnd.get(partition));
        }
    }

    public Cancellations(Clock clock) {
        this(clock, MOST);
    }

    Cancellations(Clock clock, int most) {
        this.clock = clock;
        this.most = most;
    }

    /** Adds a cancel; a later one of the same execution replaces an earlier one. */
    public synchronized void add(CancelRequested request) {
        HashedId id = HashedId.of(request.getExecutionId());
        byExecution.remove(id); // so that it becomes the newest
        byExecution.put(id, new Cancel(reason(request), List.copyOf(request.getJobsEnd()), request.getRequestedAt()));
        forget();
    }

    /** Takes back a cancel. */
    synchronized void remove(String executionId) {
        byExecution.remove(HashedId.of(executionId));
    }

    /** Why the execution of the event at that offset is not to be done; empty if it is. */
    public synchronized Optional<String> reasonFor(String executionId, int partition, long offset) {
        return Optional.ofNullable(byExecution.get(HashedId.of(executionId)))
                .filter(cancel -> !isExpired(cancel) && cancel.isMeantFor(partition, offset))
                .map(Cancel::reason);
    }

    @GuardedBy("this")
    private void forget() {
        Iterator<Cancel> oldest = byExecution.values().iterator();
        while (oldest.hasNext()) {
            boolean expired = isExpired(oldest.next());
            boolean tooMany = byExecution.size() > most;
            if (!expired && !tooMany) {
                return;
            }
            oldest.remove();
            if (!expired && !toldOfTooMany) {
                toldOfTooMany = true;
                log.warn("more than {} cancels within {} days: the oldest are forgotten", most, RETENTION.toDays());
            }
        }
    }

    private boolean isExpired(Cancel cancel) {
        return cancel.requestedAt().isBefore(clock.instant().minus(RETENTION));
    }

    private static String reason(CancelRequested request) {
        String reason = request.getReason();
        if (reason == null || reason.isBlank()) {
            return "cancelled, no reason was given";
        }
        return reason.length() > MAX_REASON_CHARS ? reason.substring(0, MAX_REASON_CHARS) + "..." : reason;
    }
}
