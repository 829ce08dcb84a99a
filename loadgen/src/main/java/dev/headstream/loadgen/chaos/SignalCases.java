package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Workers that are stopped, told to end, or come and go. */
final class SignalCases {
    private static final Duration DONE = Duration.ofMinutes(2);

    private SignalCases() {}

    static List<ChaosCase> all() {
        return List.of(
                new ChaosCase(
                        "sigstop",
                        "stopped for longer than its session, then let go on",
                        Needs.usual().set("delivery.commitInterval", "5ms").inQuick(),
                        SignalCases::sigstop),
                new ChaosCase(
                        "sigterm",
                        "SIGTERM in the middle of long jobs",
                        Needs.usual().contexts(4).inQuick(),
                        SignalCases::sigterm),
                new ChaosCase(
                        "sigterm-broker-down",
                        "SIGTERM while no broker answers",
                        Needs.usual(),
                        SignalCases::sigtermWithoutBroker),
                new ChaosCase(
                        "join-leave", "workers join and leave all the time", Needs.usual(), SignalCases::joinAndLeave));
    }

    /** Beyond the transaction timeout too, so that its producer is fenced meanwhile. */
    private static void sigstop(Stage stage) throws Exception {
        stage.start();
        ChaosWorker stopped = stage.start();
        for (int round = 1; round <= stage.rounds(3, 1); round++) {
            stage.submit(Jobs.of("short-" + round, 600).steps(1, 5, 0.5));
            stage.submit(Jobs.of("long-" + round, 60).steps(4, 150, 1.0).once(3).sessions(10));
            stage.pause(Duration.ofMillis(stage.between(200, 1_500)));
            stage.cut(stopped);
            stopped.freeze();
            stage.pause(Stage.SESSION.plusMillis(stage.between(2_000, 7_000)));
            stopped.thaw();
            stage.pause(Duration.ofSeconds(2));
        }
        stage.awaitDone(DONE);
    }

    private static void sigterm(Stage stage) throws Exception {
        // longer than the notice: they cannot finish, and go on elsewhere from their last checkpoint
        stage.submit(Jobs.of("long", 6).steps(stage.count(12, 6), 4_000, 0).once(3));
        stage.submit(Jobs.of("short", 60).steps(2, 80, 0.5));
        ChaosWorker first = stage.start();
        stage.pause(Duration.ofSeconds(stage.between(5, 8)));
        ChaosWorker second = stage.startUp(Map.of());
        stage.terminate(first);
        stage.awaitWorking(second);
        stage.awaitDone(DONE);
    }

    private static void sigtermWithoutBroker(Stage stage) throws Exception {
        ChaosWorker first = stage.start();
        stage.submit(Jobs.of("job", 80).steps(3, 200, 0.5).once(2));
        stage.pause(Duration.ofMillis(stage.between(500, 2_000)));
        stage.cut(first);
        stage.arena().kafka().stop(1);
        stage.pause(Duration.ofSeconds(1));
        stage.terminate(first);
        stage.arena().kafka().start(1);
        stage.start();
        stage.awaitDone(DONE);
    }

    private static void joinAndLeave(Stage stage) throws Exception {
        stage.start();
        ChaosWorker joining = stage.startUp(Map.of());
        for (int round = 1; round <= stage.rounds(8, 3); round++) {
            stage.submit(Jobs.of("job-" + round, 50).steps(3, 60, 0.8).once(2).sessions(10));
            stage.awaitWorking(joining);
            ChaosWorker next = stage.startUp(Map.of());
            stage.pause(Duration.ofMillis(stage.between(200, 800)));
            stage.terminate(stage.running().get(0));
            joining = next;
        }
        stage.awaitWorking(joining);
        stage.awaitDone(DONE);
    }
}
