package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.StepEvidence.StepMoment;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment.Kind;
import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import dev.headstream.loadgen.console.Figures;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Events that are run again beside live work. */
final class ReplayCases {
    private static final Duration DONE = Duration.ofSeconds(150);
    private static final String ID = "again";
    private static final double MOST_SLOWDOWN = 1.5;

    private ReplayCases() {}

    static List<ChaosCase> all() {
        return List.of(new ChaosCase(
                "replay-kill-9",
                "a replay killed three times while live jobs come",
                Needs.usual(),
                ReplayCases::killedThreeTimes));
    }

    private static void killedThreeTimes(Stage stage) throws Exception {
        Jobs past = Jobs.of("past", stage.count(400, 150)).steps(3, 60, 0.8);
        stage.submit(past);
        stage.start();
        stage.start();
        stage.awaitDone(DONE);
        List<String> range = List.of("--to", ends(stage));
        LiveLoad before;
        LiveLoad during;
        try (LiveLoad load = LiveLoad.open(stage, "before")) {
            before = load;
            load.sendWhile(Duration.ofSeconds(15), () -> true);
        }
        try (LiveLoad load = LiveLoad.open(stage, "during")) {
            during = load;
            stage.replayed(ID, stage.events(past));
            for (int round = 1; round <= 3; round++) {
                ChaosWorker replay = stage.startReplay(ID, range);
                long enough = begun(stage) + stage.between(10, 120);
                load.sendWhile(DONE, () -> replay.isAlive() && begun(stage) < enough);
                stage.cut(replay);
                replay.kill();
                stage.expect(replay.awaitEnd(Duration.ofSeconds(10)), "a replay survived being killed");
            }
            ChaosWorker last = stage.startReplay(ID, range);
            load.sendWhile(DONE, last::isAlive);
            stage.expect(
                    last.exitCode().orElse(-1) == 0,
                    "the replay ended with exit code " + last.exitCode() + ": " + last.lastLines());
        }
        stage.awaitDone(DONE);
        compare(before.p95(), during.p95(), stage);
    }

    /** Behind the last event that is to be replayed, as the command wants it. */
    private static String ends(Stage stage) throws Exception {
        try (Backlog backlog = Backlog.of(stage.arena().deployment(), Stage.GROUP)) {
            return backlog.committed().entrySet().stream()
                    .map(entry ->
                            entry.getKey().partition() + ":" + entry.getValue().offset())
                    .sorted()
                    .collect(Collectors.joining(","));
        }
    }

    private static long begun(Stage stage) {
        return stage.moments().stream()
                .filter(moment -> moment.kind() == Kind.BEGIN)
                .map(StepMoment::executionId)
                .filter(id -> id.startsWith(ID + "|"))
                .count();
    }

    private static void compare(Duration before, Duration during, Stage stage) {
        double slowdown = (double) during.toMillis() / Math.max(1, before.toMillis());
        String figure = "p95 of live jobs " + Figures.duration(before) + " before, " + Figures.duration(during)
                + " during the replay: x" + String.format(Locale.ROOT, "%.2f", slowdown);
        stage.note(figure);
        stage.expect(slowdown <= MOST_SLOWDOWN, figure + ", more than x" + MOST_SLOWDOWN);
    }
}
