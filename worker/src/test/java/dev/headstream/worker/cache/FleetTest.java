package dev.headstream.worker.cache;

import static dev.headstream.worker.cache.CachedFlow.searchOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.CachedStep;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.cache.CacheEvents.Exchange;
import dev.headstream.worker.cache.CacheEvents.Result;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.run.FailureKind;
import dev.headstream.worker.run.StepFailureException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one worker's cache gives to another's, and how long that uses it. The topic between them is a list here. */
final class FleetTest {
    private static final String RULE = "key: \"${inputs.query}\", ttl: 10m, negativeTtl: 1m";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final FlowCatalog FLOWS = CachedFlow.withoutSecret(
                    new StepCache(new StepCache.Settings(0, false), CacheEvents.NONE), RULE)
            .catalog();

    /** A worker: its clocks, its cache, and what it gives away. */
    private static final class Worker {
        final List<CachedStep> given = new ArrayList<>();
        final List<Result> results = new ArrayList<>();
        final List<Exchange> exchanged = new ArrayList<>();
        final StepCache cache;
        Duration clockAhead = Duration.ZERO;
        Duration passed = Duration.ZERO;
        Duration suspended = Duration.ZERO;

        Worker(FlowCatalog flows) {
            this(flows, 1 << 20);
        }

        Worker(FlowCatalog flows, long maxBytes) {
            CacheEvents events = new CacheEvents() {
                @Override
                public void requested(String flow, String step, Result result) {
                    results.add(result);
                }

                @Override
                public void exchanged(Exchange what) {
                    exchanged.add(what);
                }
            };
            Fleet fleet = new Fleet(flows, "w", LONGEST, given::add, events, new WallClock());
            cache = new StepCache(new StepCache.Settings(maxBytes, true), events, fleet, () -> passed.toNanos());
        }

        final class WallClock extends Clock {
            @Override
            public Instant instant() {
                return START.plus(passed).plus(suspended).plus(clockAhead);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        }
    }

    private final Worker writer = new Worker(FLOWS);
    private final Worker reader = new Worker(FLOWS);
    private final CachedFlow there = CachedFlow.withoutSecret(writer.cache, RULE);
    private final CachedFlow here = there.at(reader.cache);

    private void exchange() {
        writer.given.forEach(reader.cache::learn);
    }

    @Test
    void run_givenAResultOfAnotherWorker_expectsItReusedAsCached() {
        Outcome first = there.run("lamp");
        exchange();

        Outcome second = here.run("lamp");

        assertThat(searchOf(second)).isEqualTo(StepOutcome.CACHED);
        assertThat(outputs(second)).isEqualTo(outputs(first)).contains("hits of run 1");
        assertThat(here.runs).hasValue(0);
        assertThat(reader.results).containsExactly(Result.SHARED);
        assertThat(reader.exchanged).containsExactly(Exchange.TAKEN);
        assertThat(reader.given).as("it is not passed on").isEmpty();
    }

    @Test
    void run_givenAFailureOfAnotherWorker_expectsItReusedForItsOwnTime() {
        there.does(scope -> {
            throw new StepFailureException(FailureKind.HTTP_STATUS, "404");
        });
        there.run("lamp");
        exchange();

        Outcome.Failed failed = (Outcome.Failed) here.run("lamp");

        assertThat(here.runs).hasValue(0);
        assertThat(failed.error().getKind()).isEqualTo("HTTP_STATUS");
        reader.passed = Duration.ofMinutes(1).minus(Fleet.ALLOWANCE);
        here.run("lamp");
        assertThat(here.runs).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 594, CACHED", "0, 595, RAN", "-5, 599, CACHED", "-5, 600, RAN", "60, 534, CACHED", "60, 535, RAN"})
    void run_givenClocksThatDiffer_expectsNoUseAfterTheEnd(long secondsAhead, long age, StepOutcome expected) {
        there.run("lamp");
        reader.clockAhead = Duration.ofSeconds(secondsAhead);
        exchange();

        reader.passed = Duration.ofSeconds(age);

        assertThat(searchOf(here.run("lamp"))).isEqualTo(expected);
    }

    @Test
    void learn_givenAStampFromFurtherAheadThanClocksMayDiffer_expectsItLeftOut() {
        there.run("lamp");
        reader.clockAhead = Fleet.ALLOWANCE.plusMillis(1).negated();

        exchange();

        assertThat(reader.exchanged).containsExactly(Exchange.UNTIMELY);
        assertThat(searchOf(here.run("lamp"))).isEqualTo(StepOutcome.RAN);
    }

    @Test
    void learn_givenAnExpiredEntry_expectsItLeftOut() {
        there.run("lamp");
        reader.passed = Duration.ofMinutes(10).minus(Fleet.ALLOWANCE);

        exchange();

        assertThat(reader.exchanged).containsExactly(Exchange.UNTIMELY);
        assertThat(reader.cache.bytes()).isZero();
    }

    @Test
    void run_givenAMachineThatWasSuspended_expectsTheTimeToCount() {
        there.run("lamp");
        exchange();

        reader.suspended = Duration.ofMinutes(10);

        assertThat(searchOf(here.run("lamp"))).isEqualTo(StepOutcome.RAN);
    }

    @Test
    void learn_givenAnEntryThatSaysToLiveLonger_expectsTheFlowsOwnTime() {
        there.run("lamp");
        reader.cache.learn(changed(entry -> entry.setExpiresAt(START.plus(Duration.ofDays(365)))));

        reader.passed = Duration.ofMinutes(10).minus(Fleet.ALLOWANCE);

        assertThat(searchOf(here.run("lamp"))).isEqualTo(StepOutcome.RAN);
    }

    @Test
    void run_givenTheLabelNoCache_expectsARunThatRefreshesTheOthersToo() {
        there.run("lamp");
        exchange();
        writer.passed = Duration.ofSeconds(1);
        reader.passed = Duration.ofSeconds(1);
        there.run(Map.of("query", "lamp"), Map.of("no-cache", "true"), JobProgress.inMemory());

        Outcome unwilling = here.run(Map.of("query", "lamp"), Map.of("no-cache", "true"), JobProgress.inMemory());
        exchange();
        Outcome own = here.run("lamp");

        assertThat(searchOf(unwilling)).isEqualTo(StepOutcome.RAN);
        assertThat(writer.given).hasSize(2);
        assertThat(outputs(own)).as("its own, as new as the other").contains("hits of run 1");
        Worker third = new Worker(FLOWS);
        third.passed = Duration.ofSeconds(1);
        List.of(writer.given.get(1), writer.given.get(0)).forEach(third.cache::learn);
        assertThat(outputs(there.at(third.cache).run("lamp")))
                .as("the later in the topic, whatever the stamps say")
                .contains("hits of run 1");
    }

    @Test
    void offer_givenAStepThatRefersToASecret_expectsItNotShared() {
        CachedFlow.of(writer.cache, RULE).run("lamp");

        assertThat(writer.given).isEmpty();
        assertThat(writer.exchanged).containsExactly(Exchange.SECRET);
    }

    @ParameterizedTest
    @CsvSource({"'', 0", "', shared: true', 1"})
    void offer_givenALoginWithASecretBeforeIt_expectsItSharedOnlyIfTheKeyLeavesTheLoginOut(String shared, int given) {
        CachedFlow.withLogin(writer.cache, RULE + shared).run("lamp");

        assertThat(writer.given).hasSize(given);
    }

    @ParameterizedTest
    @CsvSource({"pin 1234", "pin ***"})
    void offer_givenAPageThatShowsASecretOfTheFlow_expectsItNotShared(String shown) {
        CachedFlow.withLogin(writer.cache, RULE + ", shared: true")
                .does(scope -> Map.of("hits", TextNode.valueOf(shown)))
                .run("lamp");

        assertThat(writer.given).isEmpty();
        assertThat(writer.exchanged).containsExactly(Exchange.SECRET);
    }

    @Test
    void offer_givenAFailureThatShowsASecret_expectsItNotShared() {
        CachedFlow.withLogin(writer.cache, RULE + ", shared: true")
                .does(scope -> {
                    throw new StepFailureException(
                            FailureKind.HTTP_STATUS, "403 for " + scope.value(new Reference.Secret("pin")));
                })
                .run("lamp");

        assertThat(writer.given).isEmpty();
        assertThat(writer.exchanged).containsExactly(Exchange.SECRET);
    }

    @Test
    void offer_givenMoreThanTheCap_expectsItKeptHereAndNotShared() {
        there.does(scope -> Map.of("hits", TextNode.valueOf("ä".repeat(Fleet.MAX_BYTES / 2))));
        there.run("lamp");

        assertThat(writer.given).isEmpty();
        assertThat(writer.exchanged).containsExactly(Exchange.OVERSIZED);
        assertThat(searchOf(there.run("lamp"))).isEqualTo(StepOutcome.CACHED);
    }

    @Test
    void offer_givenAFailureThatMayNotBeReused_expectsItNotShared() {
        there.does(scope -> {
            throw new StepFailureException(FailureKind.PAGE_CRASHED, "gone");
        });
        there.run("lamp");

        assertThat(writer.given).isEmpty();
    }

    @Test
    void learn_givenEntriesThatNoStepOfThisWorkerCanHaveMade_expectsThemLeftOut() {
        there.run("lamp");
        List<CachedStep> foreign = List.of(
                changed(entry -> entry.setFlow("another")),
                changed(entry -> entry.setFlowVersion(2)),
                changed(entry -> entry.setStep("look")), // not cached
                changed(entry -> entry.setStep("nowhere")),
                changed(entry -> entry.setValuesJson("{\"token\":\"x\"}")),
                changed(entry -> entry.setValuesJson("{}")), // a required value is missing
                changed(entry -> entry.setValuesJson("{\"hits\":null}")),
                changed(entry -> entry.setValuesJson("{\"hits\":7}")), // declared as a string
                changed(entry -> entry.setValuesJson("{\"hits\":[\"x\"]}")),
                changed(entry -> entry.setValuesJson("[]")),
                changed(entry -> entry.setValuesJson("{\"hits\":")),
                changed(entry -> entry.setValuesJson("{\"hits\":\"" + "x".repeat(Fleet.MAX_BYTES) + "\"}")),
                changed(entry -> entry.setValuesJson(null)),
                changed(entry ->
                        entry.setValuesJson(null).setFailureKind("PAGE_CRASHED").setFailureMessage("x")),
                changed(entry -> entry.setValuesJson(null).setFailureKind("NEW").setFailureMessage("x")));

        foreign.forEach(reader.cache::learn);

        assertThat(reader.exchanged).hasSize(foreign.size()).containsOnly(Exchange.UNKNOWN);
        assertThat(reader.cache.bytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"''", "abc", "0123456789ABCDEF", "_"})
    void learn_givenWhatIsNoDigest_expectsItLeftOut(String part) {
        there.run("lamp");

        reader.cache.learn(changed(entry -> entry.setDigest(part.repeat(part.length() == 1 ? 1 << 20 : 4))));

        assertThat(reader.exchanged).containsExactly(Exchange.UNREADABLE);
        assertThat(reader.cache.bytes()).isZero();
    }

    @Test
    void run_givenAFlowThatWasChangedUnderTheSameVersion_expectsTheStepToRun() {
        there.run("lamp");
        CachedFlow edited = CachedFlow.edited(reader.cache, RULE);
        exchange();

        assertThat(searchOf(edited.run("lamp"))).isEqualTo(StepOutcome.RAN);
        assertThat(searchOf(here.run("lamp"))).isEqualTo(StepOutcome.CACHED);
    }

    @Test
    void learn_givenMoreThanFits_expectsTheBoundKept() {
        Worker small = new Worker(FLOWS, 10_000);
        there.does(scope -> Map.of("hits", TextNode.valueOf("x".repeat(1_000))));
        for (int query = 0; query < 50; query++) {
            there.run("query " + query);
        }

        writer.given.forEach(small.cache::learn);

        assertThat(small.exchanged).hasSize(50);
        assertThat(small.cache.bytes()).isBetween(1L, 10_000L);
    }

    @Test
    void forget_givenAnEntryThatIsTakenBack_expectsTheStepToRun() {
        there.run("lamp");
        exchange();

        reader.cache.forget(writer.given.get(0).getDigest());

        assertThat(searchOf(here.run("lamp"))).isEqualTo(StepOutcome.RAN);
    }

    @Test
    void offer_givenNoFleet_expectsNothingExchanged() {
        List<Exchange> exchanged = new ArrayList<>();
        CacheEvents events = new CacheEvents() {
            @Override
            public void requested(String flow, String step, Result result) {}

            @Override
            public void exchanged(Exchange what) {
                exchanged.add(what);
            }
        };
        StepCache alone = new StepCache(new StepCache.Settings(1 << 20, true), events);

        CachedFlow.of(alone, RULE).run("lamp");

        assertThat(exchanged).isEmpty();
    }

    private CachedStep changed(UnaryOperator<CachedStep.Builder> change) {
        return change.apply(CachedStep.newBuilder(writer.given.get(0))).build();
    }

    private static String outputs(Outcome outcome) {
        return String.valueOf(((Outcome.Succeeded) outcome).outputJson());
    }
}
