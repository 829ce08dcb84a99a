package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.Event;
import dev.headstream.loadgen.audit.History.Result;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobState;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Invariant D: jobs with one session key in one partition ran one after the other. Known from the steps of results and of
 * checkpoints; attempts that left neither are not seen. Pure.
 */
final class Sessions {
    private static final Set<StepOutcome> NOT_IN_THIS_ATTEMPT = Set.of(StepOutcome.RESUMED, StepOutcome.SKIPPED);

    private final History history;
    private final Duration tolerance;

    /** @param tolerance how far the clocks of two workers may be apart */
    Sessions(History history, Duration tolerance) {
        this.history = history;
        this.tolerance = tolerance;
    }

    /** A session of a partition; replays run beside live work, in a group of their own. */
    private record Session(int partition, String key, @Nullable String replayId) {}

    private record Span(String execution, Instant start, Instant end) {}

    Finding noOverlap() {
        Finding.Count count = new Finding.Count(Invariant.SESSION_OVERLAP);
        Map<Session, List<Span>> spans = spans();
        spans.forEach((session, ofSession) -> check(session, ofSession, count));
        return count.finding();
    }

    private void check(Session session, List<Span> spans, Finding.Count count) {
        spans.sort(Comparator.comparing(Span::start));
        List<Span> running = new ArrayList<>();
        for (Span span : spans) {
            count.checked();
            running.removeIf(other -> !other.end().minus(tolerance).isAfter(span.start()));
            running.stream()
                    .filter(other -> !other.execution().equals(span.execution()))
                    .findFirst()
                    .ifPresent(other -> count.breach("session " + session.key() + " of partition "
                            + session.partition() + ": " + span.execution() + " ran from " + span.start() + ", "
                            + other.execution() + " until " + other.end()));
            running.add(span);
        }
    }

    private Map<Session, List<Span>> spans() {
        Map<Session, List<Span>> spans = new HashMap<>();
        Map<Position, Event> events = history.eventsByPosition();
        for (Result result : history.results()) {
            Event event = events.get(result.source());
            List<StepReport> steps = result.value().getSteps().stream()
                    .filter(step -> !NOT_IN_THIS_ATTEMPT.contains(step.getOutcome()))
                    .toList();
            if (event != null && event.sessionKey() != null && !steps.isEmpty()) {
                Session session = new Session(
                        result.source().partition(),
                        event.sessionKey(),
                        result.value().getReplayId());
                StepReport last = steps.get(steps.size() - 1);
                add(
                        spans,
                        session,
                        new Span(
                                result.value().getExecutionId(),
                                steps.get(0).getStartedAt(),
                                last.getStartedAt().plusMillis(last.getDurationMillis())));
            }
        }
        for (History.Checkpoint checkpoint : history.checkpoints()) {
            addCheckpoint(spans, events, checkpoint);
        }
        return spans;
    }

    /** The step that a checkpoint was written for: earlier attempts are seen by these only. */
    private static void addCheckpoint(
            Map<Session, List<Span>> spans, Map<Position, Event> events, History.Checkpoint checkpoint) {
        JobState state = checkpoint.value();
        Event event = events.get(new Position(checkpoint.at().partition(), state.getSourceOffset()));
        if (event == null || event.sessionKey() == null || state.getSteps().isEmpty()) {
            return;
        }
        String execution = state.getExecutionId();
        int bar = execution.indexOf('|');
        boolean replay = event.jobId() != null && !execution.equals(event.jobId()) && bar > 0;
        Session session = new Session(
                checkpoint.at().partition(), event.sessionKey(), replay ? execution.substring(0, bar) : null);
        CompletedStep step = state.getSteps().get(state.getSteps().size() - 1);
        add(
                spans,
                session,
                new Span(execution, step.getStartedAt(), step.getStartedAt().plusMillis(step.getDurationMillis())));
    }

    private static void add(Map<Session, List<Span>> spans, Session session, Span span) {
        spans.computeIfAbsent(session, s -> new ArrayList<>()).add(span);
    }
}
