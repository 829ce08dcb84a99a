package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.StepEvidence.StepMoment;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment.Kind;
import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import dev.headstream.v1.JobRequested;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Jobs that are difficult, and events that are none. */
final class InputCases {
    private static final Duration DONE = Duration.ofSeconds(150);
    private static final Duration RETRY = Duration.ofSeconds(8);

    /** How far the wall clock of the evidence may lag behind a timer while it is being adjusted (500 ppm of the wait). */
    private static final Duration CLOCK_SLEW = Duration.ofMillis(10);

    private InputCases() {}

    static List<ChaosCase> all() {
        return List.of(
                new ChaosCase(
                        "oversized-result",
                        "results that no broker takes",
                        Needs.usual().inQuick(),
                        InputCases::oversized),
                new ChaosCase(
                        "endless-job",
                        "jobs that never end and listen to nobody",
                        Needs.usual().set("jobTimeout", "2s"),
                        InputCases::endless),
                new ChaosCase(
                        "done-above-stuck",
                        "thousands done above one that is not, then a kill",
                        Needs.usual().contexts(32).inQuick(),
                        InputCases::stuck),
                new ChaosCase(
                        "markers-and-aborts",
                        "input with transaction markers and aborted events",
                        Needs.usual().inQuick(),
                        InputCases::transactions),
                new ChaosCase(
                        "compaction-gaps",
                        "input that lost most of its offsets to compaction",
                        Needs.usual(),
                        InputCases::compacted),
                new ChaosCase(
                        "poison-bytes",
                        "events that nobody can read",
                        Needs.usual().inQuick(),
                        InputCases::poison),
                new ChaosCase(
                        "retry-in-downtime",
                        "a retry falls due while no worker runs",
                        Needs.usual()
                                .set("retry.initial", RETRY.toSeconds() + "s")
                                .set("retry.jitter", "0%")
                                .inQuick(),
                        InputCases::retryInDowntime));
    }

    private static void oversized(Stage stage) throws Exception {
        stage.start();
        stage.submit(Jobs.of("large", 6).with("outputBytes", String.valueOf(3 << 20)));
        stage.submit(Jobs.of("small", 60).steps(1, 20, 0.5));
        stage.awaitDone(DONE);
    }

    private static void endless(Stage stage) throws Exception {
        stage.start();
        stage.submit(Jobs.of("endless", 4).with("endless", "true"));
        stage.submit(Jobs.of("small", 200).steps(2, 20, 0.5));
        stage.awaitDone(DONE);
    }

    private static void stuck(Stage stage) throws Exception {
        stage.submit(Jobs.of("stuck", 1).steps(1, 15_000, 0));
        int many = stage.count(20_000, 2_000);
        stage.submit(Jobs.of("many", many));
        ChaosWorker first = stage.start();
        boolean done = stage.await(DONE, () -> stage.begun() > many);
        stage.expect(done, "the others waited for the one that is stuck");
        stage.pause(Duration.ofSeconds(2));
        int ahead = CommittedAhead.of(stage.arena().deployment(), Stage.GROUP);
        stage.expect(
                ahead >= many / Arena.PARTITIONS / 2,
                "only " + ahead + " of the finished offsets above the stuck one are in the commit");
        stage.kill(first);
        stage.start();
        stage.awaitDone(DONE);
    }

    private static void transactions(Stage stage) throws Exception {
        try (TransactionalInput input = TransactionalInput.open(stage.arena().deployment())) {
            for (int batch = 1; batch <= 12; batch++) {
                stage.submitted(input.commit(
                        Jobs.of("kept-" + batch, stage.between(1, 20)).steps(1, 10, 0.5), batch));
                input.abort(Jobs.of("aborted-" + batch, stage.between(1, 20)), batch);
            }
            ChaosWorker first = stage.start();
            stage.pause(Duration.ofMillis(stage.between(100, 1_000)));
            stage.kill(first);
            // the last thing in every partition is an aborted event: the watermark must pass it
            input.abort(Jobs.of("aborted-last", 40), 0);
        }
        stage.start();
        stage.awaitDone(DONE);
    }

    private static void compacted(Stage stage) throws Exception {
        CompactedInput.begin(stage.arena().deployment());
        int keys = 20;
        int expected = 0;
        for (int round = 1; round <= 3; round++) {
            // of each key only the last event stays
            List<JobRequested> events = stage.events(
                    Jobs.of("round-" + round, 200).steps(2, 20, 0.5).sessions(keys));
            stage.send(events);
            stage.submitted(events.subList(events.size() - keys, events.size()));
            stage.pause(Duration.ofMillis(300));
            stage.submit(Jobs.of("kept-" + round, 40).steps(2, 20, 0.5));
            stage.pause(Duration.ofMillis(300));
            expected += keys + 40;
        }
        // what is not compacted yet is in the segment that is still written to: something must come after it
        stage.submit(Jobs.of("last", 40));
        int left = expected + 40;
        boolean compacted = stage.await(
                Duration.ofSeconds(60),
                () -> CompactedInput.events(stage.arena().deployment()) == left);
        stage.expect(compacted, "the brokers did not compact the events of before");
        ChaosWorker first = stage.start();
        stage.awaitSteps(stage.between(20, 120));
        stage.kill(first);
        stage.start();
        stage.awaitDone(DONE);
    }

    private static void poison(Stage stage) throws Exception {
        stage.submit(Jobs.of("before", 30).steps(1, 20, 0.5));
        PoisonInput.send(stage.arena().deployment(), stage::between);
        stage.submit(Jobs.of("after", 30).steps(1, 20, 0.5));
        ChaosWorker first = stage.start();
        stage.pause(Duration.ofMillis(stage.between(100, 800)));
        stage.kill(first);
        stage.start();
        stage.awaitDone(DONE);
    }

    private static void retryInDowntime(Stage stage) throws Exception {
        stage.submit(Jobs.of("again", 10).steps(2, 20, 0).with("failures", "1"));
        ChaosWorker first = stage.start();
        boolean failed = stage.await(
                Duration.ofSeconds(30),
                () -> stage.moments().stream()
                                .filter(moment -> moment.kind() == Kind.FAIL)
                                .count()
                        == 10);
        stage.expect(failed, "not all jobs failed as they were meant to");
        stage.pause(Duration.ofSeconds(1));
        stage.kill(first);
        stage.start();
        stage.awaitDone(DONE);
        Map<String, StepMoment> failures = new HashMap<>();
        for (StepMoment moment : stage.moments()) {
            StepMoment failure = failures.get(moment.executionId());
            if (moment.kind() == Kind.FAIL) {
                failures.put(moment.executionId(), moment);
            } else if (failure != null
                    && moment.kind() == Kind.BEGIN
                    && moment.step().equals(failure.step())) {
                long millis = (moment.micros() - failure.micros()) / 1_000;
                stage.expect(
                        millis >= RETRY.minus(CLOCK_SLEW).toMillis(),
                        moment.executionId() + " was tried again after " + millis + " ms");
                stage.expect(
                        moment.attempt() == 2,
                        moment.executionId() + " counts its second attempt as number " + moment.attempt());
            }
        }
    }
}
