package dev.headstream.worker.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pages with lists on several pages, frames, popups, files, dialogs: what the language has groups and gestures for. */
final class LanguagePages implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);

    private static final Map<String, String> PAGES = Map.ofEntries(
            Map.entry(
                    "/",
                    "<h1>Hello</h1><p id=kind></p><button id=search-button>Search</button>"
                            + "<input name=query><button class=x>One</button><button class=x>Two</button>"),
            Map.entry(
                    "/banner",
                    "<h1>Hello</h1><div id=banner>Cookies <button id=accept onclick=\"banner.remove();"
                            + "document.body.append('accepted')\">OK</button></div>"),
            Map.entry(
                    "/pages",
                    "<ul id=list></ul><button id=next onclick='go(page + 1)'>Next</button><script>"
                            + "let page = 0; const go = n => { setTimeout(() => { page = n; list.innerHTML ="
                            + " [1, 2].map(i => `<li>item ${n * 2 + i}</li>`).join(''); next.disabled = n == 2; }, 60) }; go(0);"
                            + "</script>"),
            Map.entry(
                    "/more",
                    "<div id=n>0</div><button id=more onclick='n.textContent = +n.textContent + 1;"
                            + " if (n.textContent == 3) this.remove()'>more</button>"),
            Map.entry("/frames", "<iframe name=pay src=/pay></iframe>"),
            Map.entry(
                    "/pay",
                    "<input id=iban><button id=b onclick=\"out.textContent = iban.value\">Pay</button>"
                            + "<p id=out></p><iframe src=/inner></iframe>"),
            Map.entry("/inner", "<p id=deep>deepest</p>"),
            Map.entry("/opener", "<a id=open href=/help target=_blank>Help</a>"),
            Map.entry(
                    "/foreign",
                    "<iframe name=pay></iframe><button id=open onclick='window.open(away + \"/help\")'>Help</button><script>"
                            + "const away = 'http://localhost:' + location.port;"
                            + " document.querySelector('iframe').src = away + '/pay'</script>"),
            Map.entry("/help", "<h1>Help</h1><button id=done onclick='window.close()'>Done</button>"),
            Map.entry(
                    "/upload",
                    "<input type=file id=f multiple><button id=pick onclick='f2.click()'>Pick</button>"
                            + "<input type=file id=f2 hidden><p id=out></p><script>for (const i of [f, f2]) i.onchange = async"
                            + " () => { out.textContent = (await Promise.all([...i.files].map(async x =>"
                            + " x.name + ':' + x.type + ':' + await x.text()))).join('|') }</script>"),
            Map.entry(
                    "/files",
                    "<a id=csv href=/report.csv>CSV</a><a id=tab href=/report.csv target=_blank>CSV</a>"
                            + "<a id=hung href=/hung.csv>hung</a>"),
            Map.entry(
                    "/dialogs",
                    "<p id=out></p><button id=ask onclick=\"out.textContent = confirm('Sure?')\">ask"
                            + "</button><button id=name onclick=\"out.textContent = prompt('Name?')\">name</button>"),
            Map.entry(
                    "/drag",
                    "<div id=a draggable=true style='width:60px;height:40px;background:red'>a</div>"
                            + "<div id=b style='width:90px;height:60px;background:blue' ondragover='event.preventDefault()'"
                            + " ondrop=\"this.textContent = 'dropped'\">b</div>"),
            Map.entry(
                    "/endless",
                    "<div id=rows></div><script>let n = 0; const add = () => { for (let i = 0; i < 10; i++)"
                            + " { rows.insertAdjacentHTML('beforeend', `<p class=row style='height:80px'>${++n}</p>`) } }; add();"
                            + " onscroll = () => { if (n < 40 && innerHeight + scrollY >= document.body.scrollHeight - 5)"
                            + " setTimeout(add, 50) }</script>"),
            Map.entry(
                    "/fetch",
                    "<p id=out></p><button id=go onclick=\"fetch('/slow').then(r => r.text()).then(t =>"
                            + " out.textContent = t)\">go</button>"),
            Map.entry(
                    "/where",
                    "<p id=out></p><script>navigator.geolocation.getCurrentPosition(p => out.textContent ="
                            + " [navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.userAgent,"
                            + " innerWidth + 'x' + innerHeight, p.coords.latitude, p.coords.longitude].join('|'),"
                            + " e => out.textContent = e.message)</script>"),
            Map.entry(
                    "/noisy",
                    "<script>console.error('bad token hush-hush'); console.log('chatter');"
                            + " setTimeout(() => { throw new Error('broken') })</script><p>noisy</p>"),
            Map.entry(
                    "/flood", "<p>flood</p><script>for (let i = 0; i < 3000; i++) console.error('drop ' + i)</script>"),
            Map.entry("/otp", "<input id=code onchange=\"out.textContent = 'got ' + this.value\"><p id=out></p>"),
            Map.entry(
                    "/fields",
                    "<select id=s><option>a<option>b</select><input id=t value=ab><input id=d type=date>"
                            + "<script>t.onkeydown = e => t.title += e.key</script>"));

    LanguagePages() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        PAGES.forEach((path, html) -> server.createContext(
                path, exchange -> respond(exchange, "text/html; charset=utf-8", "<!doctype html>" + html)));
        server.createContext("/report.csv", exchange -> {
            exchange.getResponseHeaders().add("Content-Disposition", "attachment; filename=\"report.csv\"");
            respond(exchange, "text/csv", "a,b\n1,2\n");
        });
        server.createContext("/hung.csv", this::hang);
        server.createContext("/private", LanguagePages::askForLogin);
        server.createContext("/slow", exchange -> {
            respondLater(exchange);
        });
        server.start();
    }

    /** Lets in who has HTTP's own login of robot with the password hush-hush. */
    private static void askForLogin(HttpExchange exchange) throws IOException {
        String given = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String right =
                "Basic " + Base64.getEncoder().encodeToString("robot:hush-hush".getBytes(StandardCharsets.UTF_8));
        if (given.equals(right)) {
            respond(exchange, "text/html", "<!doctype html><h1>inside</h1>");
        } else {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=private");
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        }
    }

    /** Sends the beginning of a file, and never its end. */
    private void hang(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Disposition", "attachment; filename=\"hung.csv\"");
        exchange.sendResponseHeaders(200, 1_000_000);
        OutputStream body = exchange.getResponseBody();
        body.write(new byte[100_000]);
        body.flush();
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void respondLater(HttpExchange exchange) throws IOException {
        try {
            if (!closing.await(300, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                respond(exchange, "text/plain", "slow answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void respond(HttpExchange exchange, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        executor.shutdownNow();
    }
}
