package dev.headstream.schemas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.schemas.StubRegistry;
import dev.headstream.schemas.StubRegistry.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailoverHttpTest {
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(1), Duration.ofMillis(4));

    private StubRegistry first;
    private StubRegistry second;

    @BeforeEach
    void start() throws Exception {
        first = new StubRegistry((request, count) -> Reply.json(200, "first"));
        second = new StubRegistry((request, count) -> Reply.json(200, "second"));
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void send_givenFirstUnreachable_expectsSecondAndThenSecondAtOnce() throws Exception {
        FailoverHttp http = http(Duration.ofSeconds(30), "http://127.0.0.1:1", second.url());

        assertThat(http.send("GET", "/a", null).body()).isEqualTo("second");
        assertThat(http.send("GET", "/b", null).endpoint()).isEqualTo(URI.create(second.url()));

        assertThat(second.requests()).hasSize(2);
    }

    @Test
    void send_givenPreferredFailsLater_expectsReturnToTheOther() throws Exception {
        FailoverHttp http = http(Duration.ofSeconds(30), first.url(), second.url());
        first.behave((request, count) -> Reply.json(count == 1 ? 503 : 200, "first"));
        assertThat(http.send("GET", "/a", null).body()).isEqualTo("second");

        second.behave((request, count) -> Reply.json(500, ""));

        assertThat(http.send("GET", "/b", null).body()).isEqualTo("first");
        assertThat(http.send("GET", "/c", null).body()).isEqualTo("first");
        assertThat(second.requests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void send_givenNotNow_expectsRetryUntilItAnswers(int status) throws Exception {
        first.behave((request, count) -> Reply.json(count < 4 ? status : 200, "at last"));

        Answer answer = http(Duration.ofSeconds(30), first.url()).send("POST", "/a", "{}");

        assertThat(answer.body()).isEqualTo("at last");
        assertThat(first.requests()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 401, 404, 409, 422})
    void send_givenRefusal_expectsItAtOnce(int status) throws Exception {
        first.behave((request, count) -> Reply.json(status, "no"));

        assertThat(http(Duration.ofSeconds(30), first.url(), second.url())
                        .send("POST", "/a", "{}")
                        .status())
                .isEqualTo(status);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void send_givenNobodyAnswers_expectsReasonOfEachWithinTheTimeout() {
        first.behave((request, count) -> Reply.json(503, ""));
        FailoverHttp http = new FailoverHttp(
                List.of(URI.create(first.url()), URI.create("http://127.0.0.1:1")),
                null,
                null,
                Duration.ofSeconds(3),
                new Backoff(Duration.ofMillis(100), Duration.ofMillis(500)));
        long start = System.nanoTime();

        assertThatThrownBy(() -> http.send("GET", "/a", null))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("within 3000 ms")
                .hasMessageContaining(first.url() + ": HTTP 503")
                .hasMessageContaining("http://127.0.0.1:1: cannot connect");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void send_givenFirstSilent_expectsSecondBeforeTheTimeout() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        first.behave((request, count) -> {
            awaitQuietly(released);
            return Reply.json(200, "late");
        });

        Answer answer = http(Duration.ofSeconds(9), first.url(), second.url()).send("GET", "/a", null);

        assertThat(answer.body()).isEqualTo("second");
        released.countDown();
    }

    @Test
    void send_givenInterrupt_expectsItToEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        first.behave((request, count) -> {
            asked.countDown();
            awaitQuietly(released);
            return Reply.json(200, "");
        });
        FailoverHttp http = http(Duration.ofSeconds(30), first.url());
        AtomicReference<Throwable> thrown = new AtomicReference<>(new AssertionError("nothing thrown"));
        Thread caller = new Thread(() -> {
            try {
                http.send("GET", "/a", null);
            } catch (NoAnswerException | InterruptedException e) {
                thrown.set(e);
            }
        });
        caller.start();
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

        caller.interrupt();
        caller.join(10_000);

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        released.countDown();
    }

    @Test
    void pause_givenRounds_expectsDoublingWithinHalfAndWhole() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(1000));

        assertThat(backoff.pause(0, 0)).isEqualTo(Duration.ofMillis(50));
        assertThat(backoff.pause(2, 0.5)).isEqualTo(Duration.ofMillis(300));
        assertThat(backoff.pause(3, 0.999)).isLessThanOrEqualTo(Duration.ofMillis(800));
        assertThat(backoff.pause(500, 0)).isEqualTo(Duration.ofMillis(500));
    }

    private static FailoverHttp http(Duration timeout, String... urls) {
        List<URI> endpoints = Stream.of(urls).map(URI::create).toList();
        return new FailoverHttp(endpoints, null, null, timeout, QUICK);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
