package dev.headstream.schemas.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to the first of several equal endpoints that answers, beginning with the one that answered last. An
 * endpoint that cannot be reached, stays silent or answers 408, 429 or 5xx is passed over; after each round over all of
 * them follows a jittered pause, until the timeout for the whole call is used up. Requests must be idempotent, since one
 * whose answer was lost is sent again.
 *
 * <p>Redirects are never followed: they would carry the credentials to an address that nobody configured.
 *
 * <p>Thread-safe. {@link #send} blocks the calling thread and answers to interruption.
 */
public final class FailoverHttp {
    private static final Backoff DEFAULT_BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final String ACCEPT = MEDIA_TYPE + ", application/vnd.schemaregistry+json, application/json";

    private final List<URI> endpoints;
    private final @Nullable BasicCredentials credentials;
    private final Duration timeout;
    private final Duration attemptTimeout;
    private final Backoff backoff;
    private final HttpClient http;

    /** Index of the endpoint that answered last. */
    private volatile int preferred;

    /**
     * Connects on the first request only.
     *
     * @param endpoints base URLs without a trailing slash, at least one
     * @param tls null for the JVM's own trust store
     * @param timeout for one call of {@link #send}, with all its attempts and pauses
     */
    public FailoverHttp(
            List<URI> endpoints, @Nullable BasicCredentials credentials, @Nullable SSLContext tls, Duration timeout) {
        this(endpoints, credentials, tls, timeout, DEFAULT_BACKOFF);
    }

    FailoverHttp(
            List<URI> endpoints,
            @Nullable BasicCredentials credentials,
            @Nullable SSLContext tls,
            Duration timeout,
            Backoff backoff) {
        this.endpoints = List.copyOf(endpoints);
        this.credentials = credentials;
        this.timeout = timeout;
        // a silent endpoint must leave time for each of the others and for one more round
        this.attemptTimeout = timeout.dividedBy(endpoints.size() + 1L);
        this.backoff = backoff;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(attemptTimeout);
        this.http = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    /**
     * Sends until an endpoint answers.
     *
     * @param path begins with a slash and is encoded already
     * @param json the body, or null for none
     * @throws NoAnswerException if the timeout is used up
     */
    public Answer send(String method, String path, @Nullable String json)
            throws NoAnswerException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        int first = preferred;
        Map<URI, String> refusals = new LinkedHashMap<>();
        for (int attempt = 0; ; attempt++) {
            int index = (first + attempt) % endpoints.size();
            URI endpoint = endpoints.get(index);
            long remaining = remaining(deadline);
            IOException failure;
            try {
                Answer answer = sendOnce(endpoint, method, path, json, Math.min(remaining, attemptTimeout.toNanos()));
                if (!isNotNow(answer.status())) {
                    preferred = index;
                    return answer;
                }
                failure = new IOException("HTTP " + answer.status());
            } catch (IOException e) {
                failure = e;
            }
            boolean cutShort = remaining < attemptTimeout.toNanos();
            if (!cutShort || !refusals.containsKey(endpoint)) {
                // an attempt that ends with the timeout of the call says less than the one before it
                refusals.put(endpoint, reason(failure));
            }
            long pauseMillis = pauseMillis(attempt);
            if (remaining(deadline) <= TimeUnit.MILLISECONDS.toNanos(pauseMillis)) {
                throw new NoAnswerException(
                        "no answer within " + timeout.toMillis() + " ms (" + described(refusals) + ")", failure);
            }
            Thread.sleep(pauseMillis);
        }
    }

    private Answer sendOnce(URI endpoint, String method, String path, @Nullable String json, long nanos)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> pending =
                http.sendAsync(request(endpoint, method, path, json), BodyHandlers.ofString(StandardCharsets.UTF_8));
        try {
            // HttpRequest.timeout ends with the response headers; this also bounds a body that stalls
            HttpResponse<String> response = pending.get(nanos, TimeUnit.NANOSECONDS);
            String location = response.headers().firstValue("location").orElse("");
            return new Answer(endpoint, response.statusCode(), location, response.body());
        } catch (TimeoutException e) {
            throw new IOException("no response in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        } finally {
            pending.cancel(true);
        }
    }

    private HttpRequest request(URI endpoint, String method, String path, @Nullable String json) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint + path)).header("Accept", ACCEPT);
        if (credentials != null) {
            request.header("Authorization", credentials.header());
        }
        if (json == null) {
            return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
        }
        return request.header("Content-Type", MEDIA_TYPE)
                .method(method, HttpRequest.BodyPublishers.ofString(json, StandardCharsets.UTF_8))
                .build();
    }

    /** No pause before an endpoint that was not asked in this round yet. */
    private long pauseMillis(int attempt) {
        boolean roundDone = (attempt + 1) % endpoints.size() == 0;
        if (!roundDone) {
            return 0;
        }
        int round = attempt / endpoints.size();
        return backoff.pause(round, ThreadLocalRandom.current().nextDouble()).toMillis();
    }

    private static boolean isNotNow(int status) {
        return status >= 500 || status == 429 || status == 408;
    }

    private static long remaining(long deadline) {
        return deadline - System.nanoTime();
    }

    private static String described(Map<URI, String> refusals) {
        return refusals.entrySet().stream()
                .map(refusal -> refusal.getKey() + ": " + refusal.getValue())
                .collect(Collectors.joining("; "));
    }

    /** The JDK's connect failures often have no message of their own. */
    private static String reason(IOException failure) {
        if (failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure instanceof ConnectException
                ? "cannot connect"
                : failure.getClass().getSimpleName();
    }
}
