package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import dev.headstream.loadgen.chaos.TcpProxy.Weather;
import java.time.Duration;
import java.util.List;

/** A bad network between one worker and its broker. */
final class NetworkCases {
    private static final Duration DONE = Duration.ofSeconds(150);

    private NetworkCases() {}

    static List<ChaosCase> all() {
        return List.of(
                new ChaosCase(
                        "partitioned-worker",
                        "one worker cut off from the broker",
                        Needs.usual().proxy(),
                        NetworkCases::partitioned),
                new ChaosCase(
                        "latency-loss",
                        "60 ms each way, lost packets, broken connections",
                        Needs.usual().proxy(),
                        NetworkCases::latencyAndLoss),
                new ChaosCase(
                        "commit-timeout",
                        "the broker acts, its answers do not arrive",
                        Needs.usual().proxy().set("delivery.commitInterval", "5ms"),
                        NetworkCases::commitTimeout));
    }

    private static void partitioned(Stage stage) throws Exception {
        stage.start();
        ChaosWorker cutOff = stage.startProxied();
        for (int round = 1; round <= stage.rounds(2, 1); round++) {
            stage.submit(Jobs.of("job-" + round, 120).steps(3, 80, 0.8).once(2).sessions(20));
            stage.pause(Duration.ofMillis(stage.between(300, 1_500)));
            stage.cut(cutOff);
            stage.arena().proxy().set(Weather.PARTITION);
            stage.pause(Stage.SESSION.plusMillis(stage.between(1_000, 8_000)));
            stage.arena().proxy().set(Weather.FINE);
            stage.pause(Duration.ofSeconds(2));
        }
        stage.awaitDone(DONE);
    }

    private static void latencyAndLoss(Stage stage) throws Exception {
        ChaosWorker far = stage.startProxied();
        stage.start();
        // a connection that breaks may take a commit's answer with it
        stage.cut(far);
        stage.arena().proxy().set(Weather.bad(Duration.ofMillis(60), 0.05, 0.002));
        stage.submit(
                Jobs.of("job", stage.count(300, 100)).steps(3, 50, 0.8).once(2).sessions(40));
        stage.awaitDone(DONE);
        stage.arena().proxy().set(Weather.FINE);
    }

    /** Long enough for requests to time out, and once for the session. */
    private static void commitTimeout(Stage stage) throws Exception {
        ChaosWorker mute = stage.startProxied();
        for (int round = 1; round <= stage.rounds(3, 1); round++) {
            stage.submit(Jobs.of("job-" + round, 400).steps(1, 10, 0.5));
            stage.submit(Jobs.of("step-" + round, 40).steps(3, 60, 0.5).once(2));
            stage.pause(Duration.ofMillis(stage.between(300, 1_200)));
            stage.cut(mute);
            stage.arena().proxy().set(Weather.MUTE);
            stage.pause(Duration.ofMillis(stage.between(5_500, 16_000)));
            stage.arena().proxy().set(Weather.FINE);
            stage.pause(Duration.ofSeconds(2));
        }
        stage.awaitDone(DONE);
    }
}
