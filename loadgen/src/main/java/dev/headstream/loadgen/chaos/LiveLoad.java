package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.StepEvidence.StepMoment;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment.Kind;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.v1.JobRequested;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Jobs that come in time whether or not anybody keeps up, and how long each took. Confined to the play's thread. */
final class LiveLoad implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(200);
    private static final int A_TICK = 4;
    private static final int STEPS = 3;

    private final Stage stage;
    private final String prefix;
    private final JobSender sender;
    private final Map<String, Long> sentMicros = new HashMap<>();
    private int ticks;

    private LiveLoad(Stage stage, String prefix, JobSender sender) {
        this.stage = stage;
        this.prefix = prefix;
        this.sender = sender;
    }

    static LiveLoad open(Stage stage, String prefix) {
        return new LiveLoad(stage, prefix, JobSender.open(stage.arena().deployment()));
    }

    /** Sends while something is so, for a time at most. */
    void sendWhile(Duration most, Callable<Boolean> so) throws Exception {
        long end = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < end && so.call()) {
            List<JobRequested> events =
                    stage.events(Jobs.of(prefix + "-" + ++ticks, A_TICK).steps(STEPS, 60, 0.8));
            long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            events.forEach(event -> sentMicros.put(event.getJobId(), now));
            events.forEach(sender::send);
            sender.flush();
            stage.submitted(events);
            stage.pause(TICK);
        }
    }

    /** From the sending of a job to the end of its last step, once all are done. */
    Duration p95() {
        List<Long> took = stage.moments().stream()
                .filter(moment -> moment.kind() == Kind.END && moment.step().equals("step-" + STEPS))
                .filter(moment -> sentMicros.containsKey(moment.executionId()))
                .map(moment -> micros(moment))
                .sorted()
                .toList();
        return took.isEmpty()
                ? Duration.ZERO
                : Duration.of(took.get(Math.min(took.size() - 1, took.size() * 95 / 100)), ChronoUnit.MICROS);
    }

    private long micros(StepMoment end) {
        return end.micros() - sentMicros.getOrDefault(end.executionId(), end.micros());
    }

    @Override
    public void close() {
        sender.close();
    }
}
