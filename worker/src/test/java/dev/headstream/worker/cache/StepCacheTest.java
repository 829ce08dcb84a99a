package dev.headstream.worker.cache;

import static dev.headstream.worker.cache.CachedFlow.searchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.cache.CacheEvents.Result;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.run.FailureKind;
import dev.headstream.worker.run.StepFailureException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is reused, for whom and how long; what happens at the same time is in {@link SingleFlightTest}. */
final class StepCacheTest {
    private static final String RULE = "key: \"${inputs.query}\", ttl: 10m";

    private final AtomicLong nanos = new AtomicLong();
    private final List<Result> results = Collections.synchronizedList(new ArrayList<>());
    private final StepCache cache = cache(1 << 20);

    private StepCache cache(long maxBytes) {
        return new StepCache(
                new StepCache.Settings(maxBytes, true),
                (flow, step, result) -> results.add(result),
                Fleet.NONE,
                nanos::get);
    }

    @Test
    void run_givenEqualJobs_expectsOneRunAndItsOutputsForBoth() {
        CachedFlow flow = CachedFlow.of(cache, RULE);

        Outcome first = flow.run("lamp");
        Outcome second = flow.run("lamp");

        assertThat(searchOf(first)).isEqualTo(StepOutcome.RAN);
        assertThat(searchOf(second)).isEqualTo(StepOutcome.CACHED);
        assertThat(outputs(second)).isEqualTo(outputs(first)).contains("hits of run 1");
        assertThat(results).containsExactly(Result.MISS, Result.HIT);
    }

    @Test
    void run_givenAnOldResult_expectsAnotherRun() {
        CachedFlow flow = CachedFlow.of(cache, RULE);
        flow.run("lamp");

        nanos.set(Duration.ofMinutes(10).minusNanos(1).toNanos());
        Outcome fresh = flow.run("lamp");
        nanos.set(Duration.ofMinutes(10).toNanos());
        Outcome old = flow.run("lamp");

        assertThat(searchOf(fresh)).isEqualTo(StepOutcome.CACHED);
        assertThat(searchOf(old)).isEqualTo(StepOutcome.RAN);
    }

    @ParameterizedTest
    @CsvSource({"desk,eu,1,1234", "lamp,us,1,1234", "lamp,eu,2,1234", "lamp,eu,1,9999"})
    void run_givenAnotherQuerySiteVersionOrSecret_expectsAnotherRun(
            String query, String region, int version, String pin) {
        CachedFlow.of(cache, RULE).run(Map.of("query", "lamp"), Map.of(), JobProgress.inMemory());

        Outcome other = CachedFlow.of(cache, version, RULE, "")
                .withSecret(cache, pin)
                .run(Map.of("query", query, "region", region), Map.of(), JobProgress.inMemory());

        assertThat(searchOf(other)).isEqualTo(StepOutcome.RAN);
    }

    @Test
    void run_givenAnInputThatTheKeyDoesNotName_expectsThatItCountsAllTheSame() {
        CachedFlow flow = CachedFlow.of(cache, "key: all, ttl: 10m");
        flow.run("lamp");

        assertThat(searchOf(flow.run("desk"))).isEqualTo(StepOutcome.RAN);
        assertThat(searchOf(flow.run("lamp"))).isEqualTo(StepOutcome.CACHED);
    }

    @ParameterizedTest
    @CsvSource({"'', RAN", "', shared: true', CACHED"})
    void run_givenAnotherSession_expectsAnotherRunUnlessShared(String shared, StepOutcome expected) {
        CachedFlow flow = CachedFlow.of(cache, 1, RULE + shared, "session: {key: \"${inputs.account}\"}");
        flow.run(Map.of("query", "lamp", "account", "ada"), Map.of(), JobProgress.inMemory());

        Outcome other = flow.run(Map.of("query", "lamp", "account", "bob"), Map.of(), JobProgress.inMemory());

        assertThat(searchOf(other)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'', bob, 1234, RAN",
        "'', ada, 9999, RAN",
        "'', ada, 1234, CACHED",
        "', shared: true', bob, 9999, CACHED",
    })
    void run_givenAnotherLoginBeforeItInAFlowWithoutSessions_expectsAnotherRunUnlessShared(
            String shared, String account, String pin, StepOutcome expected) {
        CachedFlow flow = CachedFlow.withLogin(cache, RULE + shared);
        Outcome first = flow.run(Map.of("query", "lamp", "account", "ada"), Map.of(), JobProgress.inMemory());

        Outcome other = flow.withSecret(cache, pin)
                .run(Map.of("query", "lamp", "account", account), Map.of(), JobProgress.inMemory());

        assertThat(outcomeOfSearch(first)).isEqualTo(StepOutcome.RAN);
        assertThat(outcomeOfSearch(other)).isEqualTo(expected);
    }

    @Test
    void run_givenTheLabelNoCache_expectsARunThatRefreshesTheOthers() {
        CachedFlow flow = CachedFlow.of(cache, RULE);
        flow.run("lamp");

        Outcome wanted = flow.run(Map.of("query", "lamp"), Map.of("no-cache", "true"), JobProgress.inMemory());
        Outcome after = flow.run("lamp");

        assertThat(searchOf(wanted)).isEqualTo(StepOutcome.RAN);
        assertThat(outputs(after)).contains("hits of run 2");
        assertThat(results).containsExactly(Result.MISS, Result.BYPASS, Result.HIT);
    }

    @ParameterizedTest
    @CsvSource({
        "ASSERTION_FAILED,   ', negativeTtl: 1m', 1",
        "OUTPUT_INVALID,     ', negativeTtl: 1m', 1",
        "HTTP_STATUS,        ', negativeTtl: 1m', 1",
        "SELECTOR_NOT_FOUND, ', negativeTtl: 1m', 2",
        "PAGE_CRASHED,       ', negativeTtl: 1m', 2",
        "ASSERTION_FAILED,   '',                  2",
    })
    void run_givenAFailure_expectsItReusedOnlyIfItIsAnAnswerAndTheFlowSaysSo(
            FailureKind kind, String negative, int runs) {
        CachedFlow flow = CachedFlow.withoutSecret(cache, RULE + negative).does(scope -> {
            throw new StepFailureException(kind, "nothing about " + scope.value(new Reference.Secret("pin")));
        });
        flow.run("lamp");

        Outcome second = flow.run("lamp");

        assertThat(flow.runs).hasValue(runs);
        Outcome.Failed failed = (Outcome.Failed) second;
        assertThat(failed.error().getKind()).isEqualTo(kind.code());
        assertThat(failed.error().getMessage()).contains("nothing about ***").doesNotContain("1234");
        if (runs == 1) {
            assertThat(results).containsExactly(Result.MISS, Result.NEGATIVE);
            nanos.set(Duration.ofMinutes(1).toNanos());
            flow.run("lamp");
            assertThat(flow.runs).hasValue(2);
        }
    }

    @Test
    void run_givenAFailureInASessionThatAJobLeft_expectsItNotReused() {
        CachedFlow flow = CachedFlow.of(cache, 1, RULE + ", negativeTtl: 1m", "session: {key: \"${inputs.account}\"}")
                .does(scope -> {
                    throw new StepFailureException(FailureKind.HTTP_STATUS, "403");
                });
        flow.runWarm("lamp");

        flow.run("lamp");
        flow.run("lamp");

        assertThat(flow.runs).as("the second is kept, the first is not").hasValue(2);
    }

    @Test
    void run_givenASecretOnThePage_expectsItMaskedForWhoeverReusesIt() {
        CachedFlow flow = CachedFlow.withoutSecret(cache, RULE)
                .does(scope -> Map.of("hits", TextNode.valueOf("pin " + scope.value(new Reference.Secret("pin")))));
        flow.run("lamp");

        assertThat(outputs(flow.run("lamp"))).contains("pin ***");
    }

    @Test
    void run_givenADecimal_expectsEveryDigitOfItAgain() {
        CachedFlow flow = CachedFlow.of(cache, RULE)
                .does(scope -> Map.of("hits", DecimalNode.valueOf(new BigDecimal("1234567890123456789.50"))));
        flow.run("lamp");

        assertThat(outputs(flow.run("lamp"))).contains("1234567890123456789.50");
    }

    @Test
    void run_givenMoreThanFits_expectsTheBoundKept() {
        StepCache small = cache(10_000);
        CachedFlow flow = CachedFlow.of(small, RULE).does(scope -> Map.of("hits", TextNode.valueOf("x".repeat(1_000))));

        for (int query = 0; query < 50; query++) {
            flow.run("query " + query);
        }

        assertThat(small.bytes()).isBetween(1L, 10_000L);
    }

    @Test
    void run_givenNothingMayBeKept_expectsEveryJobToRun() {
        CachedFlow flow = CachedFlow.of(cache(0), RULE);

        flow.run("lamp");
        flow.run("lamp");

        assertThat(flow.runs).hasValue(2);
    }

    @Test
    void run_givenAJobThatEntersThroughTheStepAgain_expectsThePageAndNotTheResult() {
        CachedFlow flow = CachedFlow.of(cache, 1, RULE, "entry: search");
        flow.run("lamp");
        JobProgress progress = JobProgress.inMemory();
        progress.complete(new CompletedStep("search", "{\"hits\":\"as before\"}", Instant.EPOCH, 1L, 0L), 1, null)
                .block(Duration.ofSeconds(1));

        Outcome resumed = flow.run(Map.of("query", "lamp"), Map.of(), progress);

        assertThat(searchOf(resumed)).isEqualTo(StepOutcome.RAN);
    }

    @Test
    void settings_givenANegativeSize_expectsRefusal() {
        assertThatThrownBy(() -> new StepCache.Settings(-1, true)).hasMessageContaining("must be 0 or more");
    }

    private static StepOutcome outcomeOfSearch(Outcome outcome) {
        return outcome.trace().steps().get(1).getOutcome();
    }

    private static String outputs(Outcome outcome) {
        return String.valueOf(((Outcome.Succeeded) outcome).outputJson());
    }
}
