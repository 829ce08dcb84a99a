package dev.headstream.loadgen.site;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pages that browsers trip over, under {@code /hostile/}: what never ends, what eats memory, what asks, what leads
 * elsewhere, and what tries to leave something behind for the next visitor. A page's file says what it does.
 */
final class Hostile implements Pages {
    private static final Body KILOBYTE = Body.of("headstream-".repeat(94).substring(0, 1024));
    private static final List<String> SCRIPTED = List.of(
            "endless-script", "allocate", "crash", "dialogs", "beforeunload", "popups", "canary-set", "canary-read");

    private final AtomicLong served = new AtomicLong();

    @Override
    public void addTo(Routes routes) {
        routes.get(
                "/hostile",
                request -> Reply.html(Layout.page(
                        "Hostile pages", Template.of("hostile/index.html").render())));
        for (String name : SCRIPTED) {
            String html = Layout.page(name, Template.read("hostile/" + name + ".html"));
            routes.get("/hostile/" + name, request -> Reply.html(html));
        }
        routes.get(
                "/hostile/endless-download",
                request -> new Reply.Endless(
                        "application/octet-stream",
                        List.of(Map.entry("Content-Disposition", "attachment; filename=\"endless.bin\"")),
                        KILOBYTE,
                        Duration.ofMillis(100)));
        routes.get(
                "/hostile/endless-body",
                request -> new Reply.Endless(
                        "text/html; charset=utf-8",
                        List.of(),
                        Body.of("<p class=\"drip\">and another line\n"),
                        Duration.ofMillis(200)));
        routes.get("/hostile/never", request -> new Reply.Never());
        routes.get("/hostile/slow", request -> Reply.html(Layout.message("Slow", "This took a while."))
                .after(Duration.ofMillis(request.number("millis", 5_000, 0, 600_000))));
        routes.get(
                "/hostile/redirect-loop",
                request ->
                        Reply.redirect(302, "/hostile/redirect-loop?n=" + (1 + request.number("n", 0, 0, 1_000_000))));
        routes.get("/hostile/redirect-elsewhere", request -> Reply.redirect(302, elsewhere(request)));
        routes.get(
                "/hostile/meta-refresh",
                request -> Reply.html("<!doctype html><title>Moving</title>"
                        + "<meta http-equiv=\"refresh\" content=\"0; url=" + Template.escape(elsewhere(request))
                        + "\"><p id=\"moving\">Moving on."));
        routes.get("/hostile/status", request -> {
            int status = request.number("code", 500, 400, 599);
            return Reply.html(status, Layout.message("Status " + status, "As asked."));
        });
        routes.get(
                "/hostile/canary-worker.js",
                request ->
                        Reply.text(200, "text/javascript; charset=utf-8", Template.read("hostile/canary-worker.js")));
        routes.get(
                "/hostile/canary-cached", request -> Reply.text(200, "text/plain", "copy " + served.incrementAndGet())
                        .with("Cache-Control", "public, max-age=3600"));
        routes.get("/hostile/canary-cookie", request -> Reply.text(
                        200, "text/plain", request.cookies().getOrDefault("canary-http", ""))
                .with("Cache-Control", "no-store"));
        routes.get("/hostile/canary-leave", request -> Reply.text(204, "text/plain", "")
                .with(
                        "Set-Cookie",
                        "canary-http=" + request.parameter("value", "").replaceAll("[^\\w-]", "")
                                + "; Path=/; HttpOnly; Max-Age=86400"));
    }

    /** Another host that is still this machine, unless the test asks for a certain one. */
    private static String elsewhere(Request request) {
        return request.parameter("to", "http://elsewhere.invalid/");
    }
}
