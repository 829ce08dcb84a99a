package dev.headstream.loadgen.site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a page answers; the server decides when and on which thread it is written. */
sealed interface Reply {

    /** A complete response, written after {@code delay}. */
    record Full(int status, List<Map.Entry<String, String>> headers, Body body, Duration delay) implements Reply {

        Full with(String header, String value) {
            List<Map.Entry<String, String>> all = new ArrayList<>(headers);
            all.add(Map.entry(header, value));
            return new Full(status, all, body, delay);
        }

        Full after(Duration latency) {
            return new Full(status, headers, body, latency);
        }
    }

    /** A response whose body never ends: {@code chunk} every {@code interval} until the client goes away. */
    record Endless(String contentType, List<Map.Entry<String, String>> headers, Body chunk, Duration interval)
            implements Reply {}

    /** No response at all. */
    record Never() implements Reply {}

    static Full html(String html) {
        return html(200, html);
    }

    static Full html(int status, String html) {
        return text(status, "text/html; charset=utf-8", html).with("Cache-Control", "no-store");
    }

    static Full json(String json) {
        return text(200, "application/json", json).with("Cache-Control", "no-store");
    }

    static Full text(int status, String contentType, String text) {
        return of(status, contentType, Body.of(text));
    }

    static Full of(int status, String contentType, Body body) {
        return new Full(status, List.of(Map.entry("Content-Type", contentType)), body, Duration.ZERO);
    }

    static Full redirect(int status, String location) {
        return new Full(
                status,
                List.of(Map.entry("Location", location), Map.entry("Cache-Control", "no-store")),
                Body.NONE,
                Duration.ZERO);
    }
}
