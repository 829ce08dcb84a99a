package dev.headstream.worker.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.WaitUntilState;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.browser.LaneSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hostile page on an allowed host tries to reach another one by every way that the web has. The same attacks in a browser
 * without rules show that they are real.
 */
final class EgressAttackIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** After the last attack; a request on loopback takes a few. */
    private static final int LINGER_MILLIS = 1_500;

    /** Statements of JavaScript by the name of their attack; {@code URL} is replaced by where they want to get. */
    private static final Map<String, String> WITHIN_A_PAGE = withinAPage();

    /** The same for those that leave the page: each gets one of its own. */
    private static final Map<String, String> LEAVING = leaving();

    /** Ways to write an address of this machine, or a name of it. */
    private static final List<String> HOSTS = List.of(
            "127.0.0.1",
            "localhost",
            "localhost.",
            "any.localhost",
            "ip6-localhost",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.2",
            "0.0.0.0",
            "0",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::]",
            "①②⑦.0.0.1",
            "127。0。0。1");

    private static Map<String, String> withinAPage() {
        Map<String, String> attacks = new LinkedHashMap<>();
        attacks.put("fetch", "fetch('URL', {mode: 'no-cors'})");
        attacks.put("fetch-redirected", "fetch('/redirect?URL', {mode: 'no-cors'})");
        attacks.put("fetch-keepalive", "fetch('URL', {mode: 'no-cors', keepalive: true, method: 'POST', body: 'x'})");
        attacks.put("xhr", "const x = new XMLHttpRequest(); x.open('GET', 'URL'); x.send()");
        attacks.put("beacon", "navigator.sendBeacon('URL', 'x')");
        attacks.put("event-source", "new EventSource('URL')");
        attacks.put("web-socket", "new WebSocket('URL'.replace('http', 'ws'))");
        attacks.put("image", "new Image().src = 'URL'");
        attacks.put("image-redirected", "new Image().src = '/redirect?URL'");
        attacks.put("script", "add('script', {src: 'URL'})");
        attacks.put("module", "import('URL')");
        attacks.put("style", "add('link', {rel: 'stylesheet', href: 'URL'})");
        attacks.put("style-image", "document.body.style.backgroundImage = 'url(URL)'");
        attacks.put("font", "document.fonts.add(new FontFace('f', 'url(URL)')); document.fonts.load('1em f')");
        attacks.put("media", "add('video', {src: 'URL', preload: 'auto'})");
        attacks.put("object", "add('object', {data: 'URL', type: 'text/html'})");
        attacks.put("embed", "add('embed', {src: 'URL', type: 'text/html'})");
        attacks.put("frame", "add('iframe', {src: 'URL'})");
        attacks.put("frame-redirected", "add('iframe', {src: '/redirect?URL'})");
        attacks.put("frame-refresh", "add('iframe', {src: '/refresh?URL'})");
        attacks.put("frame-form", "const f = add('iframe', {name: 'f1'}); form('URL', 'f1').submit()");
        attacks.put(
                "frame-data-fetch",
                "add('iframe', {src: 'data:text/html,<script>fetch(\"URL\",{mode:\"no-cors\"})</scr' + 'ipt>'})");
        attacks.put(
                "frame-blob-fetch",
                "add('iframe', {src: blob('text/html', '<script>fetch(\"URL\",{mode:\"no-cors\"})</scr' + 'ipt>')})");
        attacks.put("frame-srcdoc", "add('iframe', {srcdoc: '<img src=\"URL\">'})");
        attacks.put("frame-sandboxed", "add('iframe', {sandbox: 'allow-scripts', src: 'URL'})");
        attacks.put("worker", "new Worker(blob('text/javascript', 'fetch(\"URL\",{mode:\"no-cors\"})'))");
        attacks.put("shared-worker", "new SharedWorker(blob('text/javascript', 'fetch(\"URL\",{mode:\"no-cors\"})'))");
        attacks.put("service-worker", "navigator.serviceWorker.register('/sw.js?URL')");
        attacks.put("link-prefetch", "add('link', {rel: 'prefetch', href: 'URL'})");
        attacks.put("link-preload", "add('link', {rel: 'preload', as: 'image', href: 'URL'})");
        attacks.put("link-module-preload", "add('link', {rel: 'modulepreload', href: 'URL'})");
        attacks.put("link-icon", "add('link', {rel: 'icon', href: 'URL'})");
        attacks.put("link-manifest", "add('link', {rel: 'manifest', href: 'URL'})");
        attacks.put("link-preconnect", "add('link', {rel: 'preconnect', href: 'URL'})");
        attacks.put("link-dns-prefetch", "add('link', {rel: 'dns-prefetch', href: 'URL'})");
        attacks.put("ping", "const a = add('a', {href: '#', ping: 'URL'}); a.click()");
        attacks.put(
                "speculation",
                "add('script', {type: 'speculationrules', text: JSON.stringify({prefetch:"
                        + " [{source: 'list', urls: ['URL'], eagerness: 'immediate'}]})})");
        attacks.put(
                "web-rtc-stun",
                "const p = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]});"
                        + " p.createDataChannel('d'); p.createOffer().then(o => p.setLocalDescription(o))");
        attacks.put(
                "web-rtc-turn-tcp",
                "const p = new RTCPeerConnection({iceServers: [{urls: 'turn:127.0.0.1:PORT?transport=tcp',"
                        + " username: 'u', credential: 'c'}]});"
                        + " p.createDataChannel('d'); p.createOffer().then(o => p.setLocalDescription(o))");
        attacks.put(
                "web-rtc-candidate",
                "const p = new RTCPeerConnection(), q = new RTCPeerConnection(); p.createDataChannel('d');"
                        + " p.createOffer().then(async o => { await p.setLocalDescription(o);"
                        + " await q.setRemoteDescription(o); const a = await q.createAnswer();"
                        + " await q.setLocalDescription(a); await p.setRemoteDescription(a);"
                        + " for (const proto of ['udp', 'tcp']) await p.addIceCandidate({sdpMid: '0', candidate:"
                        + " `candidate:1 1 ${proto} 2122260223 127.0.0.1 PORT typ host`"
                        + " + (proto === 'tcp' ? ' tcptype passive' : '')}); })");
        attacks.put("web-transport", "new WebTransport('URL'.replace('http', 'https'))");
        return attacks;
    }

    private static Map<String, String> leaving() {
        Map<String, String> attacks = new LinkedHashMap<>();
        attacks.put("location", "location = 'URL'");
        attacks.put("location-redirected", "location = '/redirect?URL'");
        attacks.put("meta-refresh", "location = '/refresh?URL'");
        attacks.put("form-post", "form('URL', '_self').submit()");
        attacks.put("form-blank", "form('URL', '_blank').submit()");
        attacks.put("anchor-blank", "add('a', {href: 'URL', target: '_blank'}).click()");
        attacks.put("anchor-noopener", "add('a', {href: 'URL', target: '_blank', rel: 'noopener'}).click()");
        attacks.put("window-open", "window.open('URL')");
        attacks.put("window-open-noopener", "window.open('URL', '_blank', 'noopener')");
        attacks.put("window-open-then-move", "const w = window.open('/'); setTimeout(() => w.location = 'URL', 300)");
        attacks.put(
                "window-blank-fetch",
                "const w = window.open('about:blank'); w.document.write('<script>fetch(\"URL\","
                        + "{mode:\"no-cors\"})</scr' + 'ipt>')");
        attacks.put(
                "location-blob",
                "location = blob('text/html', '<script>fetch(\"URL\",{mode:\"no-cors\"})</scr' + 'ipt>')");
        attacks.put("view-source", "window.open('view-source:URL')");
        return attacks;
    }

    @Test
    void attack_givenAPageOnAnAllowedHost_expectsNobodyElseReached(@TempDir Path folder) throws Exception {
        try (Canary canary = new Canary();
                Site site = new Site()) {
            BrowserConfig free = BrowserConfig.defaults().withWorkDirectory(folder);
            Set<String> real = new TreeSet<>(attack(free, site, canary));
            canary.reached().clear();

            Set<String> reached = attack(free.withAllowedHosts(List.of("127.0.0.1:" + site.port())), site, canary);

            assertThat(reached).as("attacks that got through").isEmpty();
            assertThat(real)
                    .as("attacks that get through where there are no rules")
                    .hasSizeGreaterThan(50)
                    .contains("fetch", "web-socket", "frame-data-fetch", "service-worker", "window-open-noopener")
                    .contains("host-localhost", "host-2130706433", "host-[::ffff:127.0.0.1]")
                    .contains("datagram", "silent connection");
        }
    }

    /** Which attacks the canary saw. */
    private static Set<String> attack(BrowserConfig config, Site site, Canary canary) throws Exception {
        try (LanePool pool = LanePool.start(config, 1, BrowserEvents.NONE)) {
            Boolean done = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                        all(session, site, canary.port());
                        return true;
                    })
                    .block(DEADLINE);
            assertThat(done).isTrue();
        }
        return canary.reached();
    }

    private static void all(LaneSession session, Site site, int port) {
        Page page = session.page();
        page.navigate(site.url("/"));
        StringBuilder within = new StringBuilder();
        WITHIN_A_PAGE.forEach((name, script) -> within.append(attempt(script, "127.0.0.1", port, name)));
        for (String host : HOSTS) {
            within.append(attempt("fetch('URL', {mode: 'no-cors'})", host, port, "host-" + host));
            within.append(attempt("add('iframe', {src: 'URL'})", host, port, "host-" + host));
        }
        run(page, within.toString());
        LEAVING.forEach((name, script) -> {
            Page own = session.context().newPage();
            own.navigate(site.url("/"), new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT));
            run(own, attempt(script, "127.0.0.1", port, name));
        });
        page.waitForTimeout(LINGER_MILLIS);
    }

    private static String attempt(String script, String host, int port, String name) {
        String body = script.replace("URL", "http://" + host + ":" + port + "/" + name)
                .replace("PORT", String.valueOf(port));
        return "try { " + body + " } catch (e) { console.log(e) }\n";
    }

    private static void run(Page page, String body) {
        try {
            page.evaluate("() => { " + Site.TOOLS + body + " return true }");
        } catch (PlaywrightException e) {
            // the page was left before it could answer
        }
    }

    @Test
    void navigate_givenFilesAndTheBrowsersOwnPages_expectsAPageNotToGetThere(@TempDir Path folder) throws Exception {
        try (Site site = new Site();
                LanePool pool = LanePool.start(
                        BrowserConfig.defaults()
                                .withWorkDirectory(folder)
                                .withAllowedHosts(List.of("127.0.0.1:" + site.port())),
                        1,
                        BrowserEvents.NONE)) {
            List<String> seen = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                        Page page = session.page();
                        for (String to : List.of(
                                "file:///etc/passwd",
                                "chrome://version/",
                                "view-source:" + site.url("/"),
                                "chrome://gpu")) {
                            page.navigate(site.url("/"));
                            page.evaluate(
                                    "to => { window.open(to); const f = document.createElement('iframe');"
                                            + " f.src = to; document.body.append(f); const a = document.createElement('a');"
                                            + " a.href = to; a.target = '_blank'; document.body.append(a); a.click();"
                                            + " setTimeout(() => location = to, 50) }",
                                    to);
                            page.waitForTimeout(400);
                        }
                        return session.context().pages().stream()
                                .flatMap(open -> open.frames().stream())
                                .map(Frame::url)
                                .toList();
                    })
                    .block(DEADLINE);

            assertThat(seen)
                    .isNotEmpty()
                    .allMatch(url -> url.matches("|about:blank|chrome-error:.*|http://127\\.0\\.0\\.1:.*"));
        }
    }

    /** The host that is allowed, whose pages are the attacker's. */
    private static final class Site implements AutoCloseable {
        private static final String TOOLS =
                """
                const add = (tag, attributes) => {
                  const element = Object.assign(document.createElement(tag), attributes);
                  if (attributes.ping) element.setAttribute('ping', attributes.ping);
                  document.body.append(element);
                  return element;
                };
                const blob = (type, text) => window.URL.createObjectURL(new Blob([text], {type}));
                const form = (action, target) => add('form', {action, target, method: 'post'});
                """;

        private final HttpServer server;
        private final ExecutorService executor = Executors.newFixedThreadPool(4);

        Site() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(executor);
            server.createContext("/", exchange -> send(exchange, "text/html", "<!doctype html><body>home"));
            server.createContext("/redirect", exchange -> {
                exchange.getResponseHeaders().add("Location", target(exchange));
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            });
            server.createContext(
                    "/refresh",
                    exchange -> send(
                            exchange,
                            "text/html",
                            "<!doctype html><meta http-equiv=refresh content=\"0;url=" + target(exchange) + "\">"));
            server.createContext(
                    "/sw.js",
                    exchange ->
                            send(exchange, "text/javascript", "fetch('" + target(exchange) + "', {mode: 'no-cors'})"));
            server.start();
        }

        private static String target(HttpExchange exchange) {
            return URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
        }

        private static void send(HttpExchange exchange, String type, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", type + "; charset=utf-8");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        }

        int port() {
            return server.getAddress().getPort();
        }

        String url(String path) {
            return "http://127.0.0.1:" + port() + path;
        }

        @Override
        public void close() {
            server.stop(0);
            executor.shutdownNow();
        }
    }
}
