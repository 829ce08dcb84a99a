package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import java.time.Duration;
import java.util.List;

/** Workers that are gone from one moment to the next. */
final class KillCases {
    private static final Duration DONE = Duration.ofMinutes(2);

    private static final Duration MORE_A_ROUND = Duration.ofSeconds(3);

    /** Longer than it takes another worker to get the partitions and to read their journal. */
    private static final Duration ZOMBIE = Duration.ofSeconds(25);

    private KillCases() {}

    static List<ChaosCase> all() {
        return List.of(
                new ChaosCase(
                        "kill-9",
                        "workers killed at random moments",
                        Needs.usual().inQuick(),
                        stage -> killRounds(stage, stage.rounds(10, 2), 480, round -> Jobs.of("job-" + round, 120)
                                .steps(4, 60, 1.0)
                                .once(2)
                                .sessions(12))),
                new ChaosCase(
                        "kill-9-commits",
                        "killed while transactions follow upon each other",
                        Needs.usual().contexts(32).set("delivery.commitInterval", "1ms"),
                        stage -> killRounds(
                                stage, stage.rounds(6, 2), 1_500, round -> Jobs.of("quick-" + round, 1_500))),
                new ChaosCase(
                        "kill-9-effect",
                        "killed between an effect and its checkpoint",
                        Needs.usual().set("delivery.commitInterval", "500ms"),
                        stage -> killRounds(stage, stage.rounds(6, 2), 500, round -> Jobs.of("effect-" + round, 250)
                                .steps(2, 20, 0.5)
                                .once(1))),
                new ChaosCase(
                        "zombie-transaction",
                        "killed while a transaction of another hides its checkpoints",
                        Needs.usual(),
                        KillCases::zombie));
    }

    /** Its successor must not go by what it can read at once: the last checkpoints stand behind the open transaction. */
    private static void zombie(Stage stage) throws Exception {
        ChaosWorker first = stage.start();
        stage.submit(Jobs.of("job", 60).steps(6, 300, 0.3).once(2).sessions(20));
        stage.awaitSteps(40);
        try (OpenTransaction hiding = OpenTransaction.inJournal(stage.arena().deployment(), ZOMBIE)) {
            stage.awaitSteps(80);
            stage.kill(first);
            stage.start();
            stage.awaitDone(DONE);
        }
    }

    private interface Load {
        Jobs of(int round);
    }

    /**
     * Kills one of two, starts another in its place, and so on.
     *
     * @param steps of the load of one round; it is killed before three quarters of them are done
     */
    private static void killRounds(Stage stage, int rounds, int steps, Load load) throws Exception {
        stage.start();
        stage.start();
        for (int round = 1; round <= rounds; round++) {
            stage.submit(load.of(round));
            stage.awaitSteps(stage.between(1, steps * 3 / 4));
            stage.kill(stage.anyone());
            stage.start();
        }
        // where workers die faster than the group finds out, work piles up
        stage.awaitDone(DONE.plus(MORE_A_ROUND.multipliedBy(rounds)));
    }
}
