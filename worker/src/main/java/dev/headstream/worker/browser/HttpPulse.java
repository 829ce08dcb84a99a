package dev.headstream.worker.browser;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Signs of life of a server from its HTTP side, which answers from the same event loop as its WebSockets. One question is
 * under way at a time. Thread-safe.
 */
final class HttpPulse {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http;
    private final HttpRequest question;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();

    /** @param endpoint the server's WebSocket; its token is not used */
    HttpPulse(HttpClient http, URI endpoint) {
        this.http = http;
        this.question = HttpRequest.newBuilder(URI.create("http://" + endpoint.getAuthority() + "/"))
                .timeout(PATIENCE)
                .build();
    }

    /** Asks, unless an answer is still missing. Does not wait. */
    void ask() {
        if (asking.compareAndSet(false, true)) {
            CompletableFuture<?> unused = http.sendAsync(question, BodyHandlers.discarding())
                    .whenComplete((answer, failure) -> {
                        if (failure == null) {
                            answers.incrementAndGet();
                        }
                        asking.set(false);
                    });
        }
    }

    /** How many answers have come. */
    long answers() {
        return answers.get();
    }
}
