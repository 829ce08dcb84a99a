package dev.headstream.pipeline.metrics;

import static dev.headstream.pipeline.metrics.PipelineMetrics.TransactionOutcome.ABORTED;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headstream.v1.JobStatus;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PipelineMetricsTest {
    private static final KnownFlows FLOWS = KnownFlows.none()
            .with("search", Map.of("login", Duration.ZERO, "find", Duration.ofMillis(3_500)))
            .with("export", Map.of());

    private enum Kind {
        UNDECODABLE
    }

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PipelineMetrics metrics = new PipelineMetrics(registry, FLOWS);

    @Test
    void record_givenEveryVerb_expectsEveryDeclaredMeterWithItsUnitAndTagsAndNoOther() {
        recordEverything();

        Map<String, MeterSpec> declared = Arrays.stream(Meters.values())
                .map(Meters::spec)
                .collect(Collectors.toMap(MeterSpec::name, spec -> spec));
        assertThat(meters())
                .extracting(meter -> meter.getId().getName())
                .containsOnly(declared.keySet().toArray(String[]::new));
        for (Meter meter : meters()) {
            MeterSpec spec = requireNonNull(declared.get(meter.getId().getName()));
            assertThat(meter.getId().getTags())
                    .extracting(tag -> tag.getKey())
                    .containsExactlyInAnyOrderElementsOf(spec.tags());
            assertThat(meter.getId().getDescription()).isEqualTo(spec.description());
        }
    }

    @Test
    void spec_givenAllMeters_expectsOneVocabulary() {
        Set<String> vocabulary = Set.of("flow", "step", "outcome", "kind");

        for (Meters meter : Meters.values()) {
            MeterSpec spec = meter.spec();
            assertThat(spec.name()).matches("headstream(\\.[a-z]+)+");
            assertThat(vocabulary).containsAll(spec.tags());
            assertThat(spec.description()).isNotBlank();
            assertThat(spec.buckets()).isSorted().doesNotHaveDuplicates();
            assertThat(spec.buckets().isEmpty()).isEqualTo(spec.type() != MeterSpec.Type.TIMER);
        }
        assertThat(Meters.STEP_DURATION.spec().buckets()).contains(Duration.ofSeconds(8), Duration.ofSeconds(60));
        assertThat(Meters.JOB_DURATION.spec().buckets()).contains(Duration.ofSeconds(8), Duration.ofSeconds(60));
    }

    @Test
    void jobEnded_givenManyUnknownFlows_expectsOneSeries() {
        IntStream.range(0, 1_000)
                .forEach(index -> metrics.jobEnded("made-up-" + index, JobStatus.REJECTED, Duration.ZERO));
        IntStream.range(0, 1_000).forEach(index -> metrics.stepsEnded("search", List.of(step("made-up-" + index, 1))));

        assertThat(registry.get("headstream.jobs").tag("flow", "unknown").counters())
                .hasSize(1);
        assertThat(registry.get("headstream.jobs")
                        .tags("flow", "unknown", "outcome", "rejected")
                        .counter()
                        .count())
                .isEqualTo(1_000);
        assertThat(registry.get("headstream.step.duration").timers()).hasSize(1);
    }

    @Test
    void jobs_givenNothingHappened_expectsZeroForEachFlowAndOutcome() {
        assertThat(registry.get("headstream.jobs").counters()).hasSize(10).allMatch(counter -> counter.count() == 0);
    }

    @Test
    void stepsEnded_givenBudgets_expectsThemAmongTheBuckets() {
        metrics.stepsEnded("search", List.of(step("find", 3_499), step("find", 3_501), step("find", 61_000)));

        var histogram = registry.get("headstream.step.duration")
                .tags("flow", "search", "step", "find", "outcome", "ran")
                .timer()
                .takeSnapshot();
        Map<Double, Double> counts = Arrays.stream(histogram.histogramCounts())
                .collect(Collectors.toMap(bucket -> bucket.bucket(TimeUnit.MILLISECONDS), CountAtBucket::count));
        assertThat(counts)
                .containsEntry(3_500.0, 1.0)
                .containsEntry(8_000.0, 2.0)
                .containsEntry(60_000.0, 2.0);
        assertThat(histogram.count()).isEqualTo(3);
    }

    @Test
    void watchOffsets_givenChangingFigures_expectsThemAtEachReading() {
        AtomicLong lag = new AtomicLong(5);
        metrics.watchOffsets(lag::get, () -> 2);

        lag.set(7);

        assertThat(registry.get("headstream.offsets.lag").gauge().value()).isEqualTo(7);
        assertThat(registry.get("headstream.offsets.done.ahead").gauge().value())
                .isEqualTo(2);
    }

    @Test
    void spec_givenWrongUse_expectsRefusal() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Meters.JOBS.spec().counter(registry, "search"))
                .withMessageContaining("[flow, outcome]");
        assertThatIllegalStateException().isThrownBy(() -> Meters.JOBS.spec().timer(registry, "search", "failed"));
    }

    /** Without the gauges that the simple registry makes of each bucket. */
    private List<Meter> meters() {
        return registry.getMeters().stream()
                .filter(meter -> !meter.getId().getName().endsWith(".histogram"))
                .toList();
    }

    @Test
    void stepsEnded_givenABudget_expectsOnlyWhatIsBeyondItCounted() {
        metrics.stepsEnded("search", List.of(step("find", 3_000), step("find", 4_000), step("find", 5_500)));

        assertThat(registry.get("headstream.step.over.budget.seconds")
                        .tags("flow", "search", "step", "find")
                        .counter()
                        .count())
                .isEqualTo(2.5);
    }

    private void recordEverything() {
        metrics.watchOffsets(() -> 0, () -> 0);
        metrics.watchJournal(() -> 0);
        metrics.restored(Duration.ofMillis(40));
        metrics.jobStarted(Duration.ofMillis(20));
        metrics.jobEnded("search", JobStatus.SUCCEEDED, Duration.ofSeconds(2));
        metrics.stepsEnded("search", List.of(step("find", 1_200), step("find", 3_600)));
        metrics.jobRetried("search");
        metrics.jobInterrupted("search");
        metrics.jobDeduplicated();
        metrics.deadLettered(Kind.UNDECODABLE);
        metrics.checkpointsWritten(2);
        metrics.checkpointResumed();
        metrics.transactionEnded(ABORTED, Duration.ofMillis(30));
        metrics.drained(Duration.ofSeconds(3));
    }

    private static StepReport step(String name, long millis) {
        return StepReport.newBuilder()
                .setName(name)
                .setOutcome(StepOutcome.RAN)
                .setStartedAt(Instant.EPOCH)
                .setDurationMillis(millis)
                .setBudgetMillis(3_500)
                .build();
    }
}
