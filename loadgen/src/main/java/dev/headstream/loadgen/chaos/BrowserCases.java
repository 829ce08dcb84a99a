package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.chaos.ChaosCase.Needs;
import dev.headstream.loadgen.site.DemoSite;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The same with a real browser, and with orders at a portal, of which none may be placed twice. */
final class BrowserCases {
    private static final Duration DONE = Duration.ofMinutes(4);

    private BrowserCases() {}

    static List<ChaosCase> all() {
        Needs needs = Needs.usual().realBrowser();
        return List.of(
                new ChaosCase(
                        "browser-kill-9",
                        "workers with a browser killed at random moments",
                        needs,
                        stage -> play(stage, (playing, worker) -> playing.kill(worker))),
                new ChaosCase(
                        "browser-sigterm",
                        "SIGTERM for workers with a browser",
                        needs,
                        stage -> play(stage, (playing, worker) -> playing.terminate(worker))),
                new ChaosCase(
                        "browser-sigstop",
                        "a worker with a browser stopped and let go on",
                        needs,
                        stage -> play(stage, BrowserCases::freeze)));
    }

    private interface Harm {
        void to(Stage stage, ChaosWorker worker) throws Exception;
    }

    private static void play(Stage stage, Harm harm) throws Exception {
        DemoSite portal = stage.portal();
        int rounds = stage.rounds(2, 1);
        for (int round = 1; round <= rounds; round++) {
            ChaosWorker worker = stage.start();
            stage.submit(Jobs.of("order-" + round, 8)
                    .flow("order")
                    .with("site", portal.url())
                    .with("account", "chaos")
                    .with("query", "lamp"));
            long before = portal.stats().orders();
            stage.await(Duration.ofSeconds(60), () -> portal.stats().orders() > before);
            stage.pause(Duration.ofMillis(stage.between(0, 1_500)));
            harm.to(stage, worker);
        }
        if (stage.running().isEmpty()) {
            stage.start();
        }
        stage.awaitDone(DONE);
        stage.expect(
                portal.stats().duplicateOrders() == 0,
                portal.stats().duplicateOrders() + " orders were placed a second time");
        stage.expect(portal.stats().orders() > 0, "no order was placed at all");
    }

    private static void freeze(Stage stage, ChaosWorker worker) throws Exception {
        ChaosWorker other = stage.startUp(Map.of());
        stage.awaitWorking(other);
        stage.cut(worker);
        worker.freeze();
        stage.pause(Stage.SESSION.plusMillis(stage.between(2_000, 6_000)));
        worker.thaw();
    }
}
