package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.DeadLetter;
import dev.headstream.loadgen.audit.History.Event;
import dev.headstream.loadgen.audit.History.Result;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Invariants A and J: each execution came to one end, and each submission to an event. Pure. */
final class TerminalRecords {
    private final History history;
    private final Map<String, List<Result>> results;
    private final Map<Position, List<DeadLetter>> deadLetters;
    private final TreeMap<Position, Event> events;
    private final Map<String, List<Event>> eventsByJob = new TreeMap<>();

    /** Keys of events without an id: a submission is known by its key there, the job id or the session key. */
    private final Set<String> undecodableKeys = new HashSet<>();

    TerminalRecords(History history) {
        this.history = history;
        for (Event event : history.events()) {
            if (event.jobId() != null) {
                eventsByJob
                        .computeIfAbsent(event.jobId(), id -> new ArrayList<>())
                        .add(event);
            } else if (event.key() != null) {
                undecodableKeys.add(event.key());
            }
        }
        this.results = history.resultsByExecution();
        this.deadLetters = history.deadLettersByOrigin();
        this.events = history.eventsByPosition();
    }

    Finding oneEach() {
        Finding.Count count = new Finding.Count(Invariant.ONE_TERMINAL_RECORD);
        for (String execution : executions()) {
            count.checked();
            List<Event> itsEvents = eventsByJob.getOrDefault(execution, List.of());
            List<String> ends = ends(execution, itsEvents);
            if (ends.size() > 1) {
                count.breach(execution + " has " + ends.size() + " terminal records: " + String.join(", ", ends));
            } else if (ends.isEmpty()) {
                count.breach(execution + " has none"
                        + (itsEvents.isEmpty()
                                ? ""
                                : ", its event is at " + itsEvents.get(0).at()));
            }
        }
        checkUndecodable(count);
        checkOrigins(count);
        history.unreadable().forEach(at -> count.breach("the results topic holds no result at " + at));
        return count.finding();
    }

    /** What must have an end; without a ledger also what came to an end although nobody asked for it. */
    private Set<String> executions() {
        Set<String> executions = new TreeSet<>();
        List<Submission> submissions = history.submissions();
        if (submissions == null) {
            executions.addAll(eventsByJob.keySet());
            executions.addAll(results.keySet());
        } else {
            submissions.stream()
                    .filter(submission -> !isOnlyUndecodable(submission))
                    .map(Submission::executionId)
                    .forEach(executions::add);
        }
        return executions;
    }

    /** An event that cannot be decoded ends by a dead letter of its place, which is looked at by place. */
    private boolean isOnlyUndecodable(Submission submission) {
        return !eventsByJob.containsKey(submission.jobId())
                && !results.containsKey(submission.executionId())
                && (undecodableKeys.contains(submission.jobId())
                        || (submission.sessionKey() != null && undecodableKeys.contains(submission.sessionKey())));
    }

    private List<String> ends(String execution, List<Event> itsEvents) {
        List<String> ends = new ArrayList<>();
        results.getOrDefault(execution, List.of()).forEach(result -> ends.add("result at " + result.at()));
        for (Event event : itsEvents) {
            deadLetters
                    .getOrDefault(event.at(), List.of())
                    .forEach(letter -> ends.add("dead letter at " + letter.at()));
        }
        return ends;
    }

    private void checkUndecodable(Finding.Count count) {
        for (Event event : history.events()) {
            if (event.jobId() != null) {
                continue;
            }
            count.checked();
            int letters = deadLetters.getOrDefault(event.at(), List.of()).size();
            if (letters == 0) {
                count.breach("the event at " + event.at() + " cannot be decoded and has no dead letter");
            } else if (letters > 1 + history.replays()) {
                count.breach("the event at " + event.at() + " has " + letters + " dead letters");
            }
        }
    }

    /** A result must be of the event that it names. Events that have expired cannot be asked. */
    private void checkOrigins(Finding.Count count) {
        for (Result result : history.results()) {
            Event event = events.get(result.source());
            if (event != null && !result.value().getJobId().equals(event.jobId())) {
                count.breach("the result of " + result.value().getExecutionId() + " at " + result.at()
                        + " names the event at " + result.source() + ", which is of " + event.jobId());
            } else if (event == null && isKept(result.source())) {
                count.breach("the result of " + result.value().getExecutionId() + " at " + result.at()
                        + " names the event at " + result.source() + ", where there is none");
            }
        }
    }

    private boolean isKept(Position source) {
        History.PartitionState partition = history.partitions().get(source.partition());
        return partition != null && source.offset() >= partition.beginning();
    }

    Finding nothingSkipped() {
        Finding.Count count = new Finding.Count(Invariant.NOTHING_SKIPPED);
        List<Submission> submissions = history.submissions();
        if (submissions == null) {
            history.events().forEach(event -> checkEnded(event, count));
        } else {
            submissions.forEach(submission -> checkArrived(submission, count));
        }
        return count.finding();
    }

    private void checkEnded(Event event, Finding.Count count) {
        count.checked();
        if (!deadLetters.containsKey(event.at()) && (event.jobId() == null || !results.containsKey(event.jobId()))) {
            count.breach("the event at " + event.at() + " came to no end");
        }
    }

    private void checkArrived(Submission submission, Finding.Count count) {
        count.checked();
        if (!eventsByJob.containsKey(submission.jobId())
                && !results.containsKey(submission.executionId())
                && !isOnlyUndecodable(submission)) {
            count.breach(submission.executionId() + ", submitted " + submission.submittedAt()
                    + ", is neither among the events nor among the results");
        }
    }
}
