package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.util.List;

/** Wall clocks that jump; deadlines, leases and sessions go by the monotonic one. */
final class ClockCases {
    private static final Duration DONE = Duration.ofSeconds(150);
    private static final Duration HOUR = Duration.ofHours(1);

    private ClockCases() {}

    static List<ChaosCase> all() {
        return List.of(
                new ChaosCase(
                        "clock-ahead",
                        "a worker's clock jumps an hour ahead, and another",
                        Needs.usual().settableClock().set("retry.initial", "3s"),
                        stage -> jump(stage, HOUR)),
                new ChaosCase(
                        "clock-back",
                        "a worker's clock jumps an hour back, and another",
                        Needs.usual().settableClock().set("retry.initial", "3s"),
                        stage -> jump(stage, HOUR.negated())));
    }

    /** Kafka's clients do not get over it: the worker must notice, and one in its place do with the clock as it is. */
    private static void jump(Stage stage, Duration by) throws Exception {
        WallClock clock = WallClock.in(stage.folder());
        stage.start();
        for (int round = 1; round <= stage.rounds(2, 1); round++) {
            ChaosWorker jumping = stage.startBy(clock);
            stage.submit(Jobs.of("short-" + round, 200).steps(1, 20, 0.5));
            stage.submit(Jobs.of("long-" + round, 60).steps(4, 150, 0.5).once(3));
            stage.submit(Jobs.of("again-" + round, 10).steps(2, 20, 0).with("failures", "1"));
            stage.pause(Duration.ofMillis(stage.between(300, 1_500)));
            clock.ahead(by.multipliedBy(round));
            stage.expectReplaced(jumping);
        }
        stage.startBy(clock);
        stage.submit(Jobs.of("last", 100).steps(2, 40, 0.5));
        stage.awaitDone(DONE);
        stage.expect(stage.running().size() == 2, "a worker does not work with a clock that is wrong all the time");
        // a step that must run once and was cut short by a rebalance may have failed; nothing took a minute
        int timedOut = timedOut(stage.arena().deployment());
        stage.expect(timedOut == 0, timedOut + " jobs are said to have taken longer than they may");
    }

    private static int timedOut(Deployment deployment) {
        int timedOut = 0;
        try (ResultReader results = ResultReader.open(deployment)) {
            ResultReader.End end = results.end();
            while (!results.isAt(end)) {
                timedOut += (int) results.poll(Duration.ofSeconds(1)).stream()
                        .filter(result -> result.getStatus() == JobStatus.TIMED_OUT)
                        .count();
            }
        }
        return timedOut;
    }
}
