package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One browser for all lanes, driven by the DevTools protocol without Playwright and Node. Does what the job needs and
 * nothing else: no waiting for actionability, no selectors but CSS, no isolation of the page's script from ours.
 */
final class DevToolsLanes implements Lanes {
    private static final String LISTENING = "DevTools listening on ";
    private static final String SEARCH =
            """
            (query => new Promise(resolve => {
              document.getElementById('q').value = query;
              document.getElementById('go').click();
              const list = document.getElementById('results');
              const read = () => Array.from(list.children, item => ({
                title: item.querySelector('.title').textContent,
                price: item.querySelector('.price').textContent,
                url: item.querySelector('a').getAttribute('href'),
              }));
              new MutationObserver((_, observer) => {
                if (list.children.length > 0) { observer.disconnect(); resolve(read()); }
              }).observe(list, { childList: true });
            }))""";

    private final Process browser;
    private final DevTools devTools;

    private DevToolsLanes(Process browser, DevTools devTools) {
        this.browser = browser;
        this.devTools = devTools;
    }

    /** Starts the browser; its profile is made in the folder for temporary files, which the bench removes. */
    static DevToolsLanes start(Path chromium) throws IOException {
        Path profile = Files.createTempDirectory("raw-cdp-profile");
        List<String> command = new ArrayList<>(List.of(
                chromium.toString(),
                "--headless",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-gpu",
                "--disable-extensions",
                "--disable-breakpad",
                "--disable-component-update",
                "--disable-background-networking",
                "--mute-audio",
                "--hide-scrollbars",
                "--js-flags=--max-old-space-size=256"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--no-sandbox"); // Chromium refuses to start as root with it
        }
        Process browser = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new DevToolsLanes(browser, DevTools.connect(address(browser)));
        } catch (IOException | RuntimeException e) {
            browser.destroyForcibly();
            throw e;
        }
    }

    private static URI address(Process browser) throws IOException {
        BufferedReader said = browser.errorReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        while (line != null && !line.startsWith(LISTENING)) {
            line = said.readLine();
        }
        if (line == null) {
            throw new IOException("the browser ended before it listened");
        }
        Thread drain = new Thread(() -> said.lines().forEach(ignored -> {}), "browser-stderr");
        drain.setDaemon(true);
        drain.start();
        return URI.create(line.substring(LISTENING.length()).strip());
    }

    @Override
    public Lane open() {
        return new SharedBrowser();
    }

    @Override
    public void close() {
        try {
            var unused = devTools.send("Browser.close", Map.of());
            if (browser.waitFor(5, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            System.err.println("the browser did not end when asked to: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            devTools.close();
        }
        browser.destroyForcibly();
    }

    private final class SharedBrowser implements Lane {
        @Override
        public int search(String url, String query) throws IOException, InterruptedException {
            String context = text(devTools.send("Target.createBrowserContext", Map.of()), "browserContextId");
            try {
                return search(context, url, query);
            } finally {
                var unused = devTools.send("Target.disposeBrowserContext", Map.of("browserContextId", context));
            }
        }

        private int search(String context, String url, String query) throws IOException, InterruptedException {
            Map<String, Object> blank = Map.of("url", "about:blank", "browserContextId", context);
            String target = text(devTools.send("Target.createTarget", blank), "targetId");
            String session = text(
                    devTools.send("Target.attachToTarget", Map.of("targetId", target, "flatten", true)), "sessionId");
            var enabled = devTools.send(session, "Page.enable", Map.of());
            CompletableFuture<JsonNode> loaded = devTools.next(session, "Page.loadEventFired");
            var navigated = devTools.send(session, "Page.navigate", Map.of("url", url));
            var unused = DevTools.await(loaded, "load event of " + url + " after " + navigated + enabled);
            JsonNode found = devTools.send(
                    session,
                    "Runtime.evaluate",
                    Map.of(
                            "expression",
                            SEARCH + "(" + quoted(query) + ")",
                            "awaitPromise",
                            true,
                            "returnByValue",
                            true));
            return found.path("result").path("value").size();
        }

        @Override
        public void close() {
            // a lane holds nothing between jobs
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String text(JsonNode answer, String field) throws IOException {
        @Nullable JsonNode value = answer.get(field);
        if (value == null) {
            throw new IOException("no " + field + " in the browser's answer " + answer);
        }
        return value.asText();
    }
}
