package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Brokers and the registry going away and coming back. */
final class BrokerCases {
    private static final Duration DONE = Duration.ofSeconds(150);

    private BrokerCases() {}

    static List<ChaosCase> all() {
        return List.of(
                new ChaosCase(
                        "broker-restart",
                        "the only broker stops, and starts again",
                        Needs.usual(),
                        BrokerCases::restart),
                new ChaosCase(
                        "broker-kill-9",
                        "the only broker killed, and started again",
                        Needs.usual().killableBroker(),
                        BrokerCases::kill),
                new ChaosCase(
                        "rolling-brokers",
                        "three brokers restarted one after the other",
                        Needs.usual().threeBrokers(),
                        BrokerCases::rolling),
                new ChaosCase(
                        "registry-down",
                        "no registry while a worker starts and jobs come",
                        Needs.usual().inQuick(),
                        BrokerCases::registryDown));
    }

    private static void restart(Stage stage) throws Exception {
        stage.start();
        stage.start();
        for (int round = 1; round <= stage.rounds(2, 1); round++) {
            stage.submit(load(round));
            stage.pause(Duration.ofMillis(stage.between(300, 1_500)));
            stage.running().forEach(stage::cut);
            stage.arena().kafka().stop(1);
            stage.pause(Duration.ofMillis(stage.between(1_000, 9_000)));
            stage.arena().kafka().start(1);
        }
        stage.awaitDone(DONE);
    }

    private static void kill(Stage stage) throws Exception {
        stage.start();
        stage.start();
        for (int round = 1; round <= stage.rounds(3, 1); round++) {
            stage.submit(load(round));
            stage.pause(Duration.ofMillis(stage.between(300, 1_500)));
            stage.running().forEach(stage::cut);
            stage.arena().broker().kill();
            stage.pause(Duration.ofMillis(stage.between(0, 4_000)));
            stage.arena().broker().startAgain();
        }
        stage.awaitDone(DONE);
    }

    private static void rolling(Stage stage) throws Exception {
        stage.start();
        stage.start();
        for (int node = 1; node <= 3; node++) {
            stage.submit(load(node));
            stage.pause(Duration.ofMillis(stage.between(300, 1_500)));
            stage.arena().kafka().stop(node);
            stage.pause(Duration.ofMillis(stage.between(500, 3_000)));
            stage.arena().kafka().start(node);
            stage.pause(Duration.ofSeconds(3));
        }
        stage.awaitDone(DONE);
    }

    private static void registryDown(Stage stage) throws Exception {
        stage.submit(Jobs.of("job", 40).steps(2, 20, 0.5));
        stage.arena().stopRegistry();
        ChaosWorker worker = stage.startUp(Map.of());
        stage.pause(Duration.ofSeconds(6));
        stage.expect(worker.isAlive(), "a worker ended because there was no registry: " + worker.lastLines());
        stage.expect(!worker.isWorking(), "a worker took jobs that it cannot read");
        stage.arena().startRegistry();
        stage.awaitWorking(worker);
        stage.awaitDone(DONE);
    }

    private static Jobs load(int round) {
        return Jobs.of("job-" + round, 80).steps(3, 80, 0.8).once(2).sessions(20);
    }
}
