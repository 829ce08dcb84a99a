package dev.headstream.loadgen.offender;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.console.Output;
import dev.headstream.loadgen.results.SampleResults;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OffendersTest {
    private static final Instant END = SampleResults.COMPLETED;

    private final Offenders.Collector collector = new Offenders.Collector();

    @Test
    void offenders_givenOneSlowStep_expectsItFirstWithWhatRemovingItGives() {
        job("a", 10_000, step("login", 1_000, 4_000), step("search", 9_000, 8_000));
        job("b", 10_000, step("login", 3_000, 4_000), step("search", 7_000, 8_000));

        Offenders offenders = collector.offenders(4);

        StepFigures top = offenders.steps().get(0);
        assertThat(top.name()).hasToString("portal / search");
        assertThat(offenders.share(top)).isEqualTo(0.8);
        assertThat(offenders.callsPerJob(top)).isEqualTo(1);
        assertThat(top.p50Millis()).isEqualTo(7_000);
        assertThat(top.p95Millis()).isEqualTo(9_000);
        assertThat(top.overBudgetMillis()).isEqualTo(1_000);
        assertThat(offenders.capacity().jobsPerHour()).isEqualTo(1_440); // 4 x 3600 / 10
        assertThat(offenders.jobsPerHourWithout(top)).hasValue(7_200); // 4 x 3600 / 2
    }

    @Test
    void offenders_givenCachedAndCoalescedCalls_expectsTheirShares() {
        job("a", 4_000, step("search", 4_000, 8_000));
        job("b", 3_000, new StepReport("search", StepOutcome.COALESCED, END, 3_000L, 8_000L));
        job("c", 1, new StepReport("search", StepOutcome.CACHED, END, 1L, 8_000L));
        job("d", 1, new StepReport("search", StepOutcome.CACHED, END, 1L, 8_000L));

        StepFigures search = collector.offenders(1).steps().get(0);

        assertThat(search.calls()).isEqualTo(4);
        assertThat(search.cached()).isEqualTo(2);
        assertThat(search.coalesced()).isEqualTo(1);
        assertThat(search.sparedShare()).isEqualTo(0.75);
    }

    @Test
    void offenders_givenOverlappingJobs_expectsContextsAndBusyOnesFromThem() {
        job("a", 10_000, step("search", 10_000, 0));
        job("b", 10_000, step("search", 10_000, 0));
        job("c", 5_000, step("search", 5_000, 0));

        Offenders offenders = collector.offenders(0);

        assertThat(offenders.capacity().contexts()).isEqualTo(3);
        assertThat(offenders.busyContexts()).isEqualTo(2.5); // 25 job seconds in 10 s
    }

    @Test
    void offenders_givenADuplicate_expectsItCountedOnce() {
        job("a", 1_000, step("search", 1_000, 0));
        job("a", 9_000, step("search", 9_000, 0));

        assertThat(collector.offenders(1).jobs()).isEqualTo(1);
    }

    @Test
    void without_givenAStepThatIsAllOfAJob_expectsNoNumber() {
        job("a", 1_000, step("search", 1_000, 0));
        Offenders offenders = collector.offenders(1);

        assertThat(offenders.jobsPerHourWithout(offenders.steps().get(0))).isEmpty();
    }

    @Test
    void offenders_givenNothing_expectsZeros() {
        Offenders offenders = collector.offenders(0);

        assertThat(offenders.steps()).isEmpty();
        assertThat(offenders.capacity().jobsPerHour()).isZero();
    }

    @Test
    void show_givenOffenders_expectsTheWorstFirstAndTheCapacityLine(@TempDir Path folder) throws Exception {
        job("a", 10_000, step("login", 1_000, 4_000), step("search", 9_000, 8_000));
        OffenderReport report = new OffenderReport(collector.offenders(2));
        Output output = Output.plain();

        report.show(output.terminal());
        report.write(folder.resolve("offenders.json"));

        assertThat(output.text())
                .contains(
                        "Top offender: portal / search takes 90 % of all step time; removing it gives 7,200 jobs/hour")
                .contains("Capacity: 2 contexts x 3600 / 10.00 s a job = 720 jobs/hour; of the contexts 1.0 were busy");
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("offenders.json").toFile());
        assertThat(json.path("steps").path(0).path("step").asText()).isEqualTo("search");
        assertThat(json.path("steps").path(0).path("jobsPerHourWithout").asLong())
                .isEqualTo(7_200);
    }

    @Test
    void parse_givenAWorkersMetrics_expectsTheSameRanking() {
        MetricsText text = MetricsText.parse(
                """
                # HELP headstream_step_duration_seconds Time of one step of an attempt
                headstream_contexts{state="max"} 4.0
                headstream_contexts{state="used"} 3.0
                headstream_job_duration_seconds_count{flow="portal",outcome="succeeded"} 10
                headstream_job_duration_seconds_sum{flow="portal",outcome="succeeded"} 50.0
                headstream_step_duration_seconds_bucket{flow="portal",outcome="ran",step="search",le="4.0"} 2
                headstream_step_duration_seconds_bucket{flow="portal",outcome="ran",step="search",le="8.0"} 4
                headstream_step_duration_seconds_bucket{flow="portal",outcome="ran",step="search",le="+Inf"} 4
                headstream_step_duration_seconds_count{flow="portal",outcome="ran",step="search"} 4
                headstream_step_duration_seconds_sum{flow="portal",outcome="ran",step="search"} 24.0
                headstream_step_duration_seconds_bucket{flow="portal",outcome="cached",step="search",le="4.0"} 6
                headstream_step_duration_seconds_bucket{flow="portal",outcome="cached",step="search",le="8.0"} 6
                headstream_step_duration_seconds_bucket{flow="portal",outcome="cached",step="search",le="+Inf"} 6
                headstream_step_duration_seconds_count{flow="portal",outcome="cached",step="search"} 6
                headstream_step_duration_seconds_sum{flow="portal",outcome="cached",step="search"} 0.0
                headstream_step_duration_seconds_count{flow="portal",outcome="ran",step="login"} 10
                headstream_step_duration_seconds_sum{flow="portal",outcome="ran",step="login"} 6.0
                headstream_step_over_budget_seconds_total{flow="portal",step="search"} 2.5
                jvm_memory_used_bytes{area="heap"} 1.0
                """);

        Offenders offenders = text.offenders(0);

        StepFigures top = offenders.steps().get(0);
        assertThat(top.name()).hasToString("portal / search");
        assertThat(top.calls()).isEqualTo(10);
        assertThat(top.cached()).isEqualTo(6);
        assertThat(top.overBudgetMillis()).isEqualTo(2_500);
        assertThat(top.p50Millis()).isEqualTo(2_500); // the fifth of eight within 0 to 4 s
        assertThat(top.p95Millis()).isEqualTo(7_000); // 9.5 of 10: three quarters of 4 to 8 s
        assertThat(offenders.share(top)).isEqualTo(0.8);
        assertThat(offenders.capacity().jobsPerHour()).isEqualTo(2_880); // 4 x 3600 / 5
        assertThat(offenders.jobsPerHourWithout(top)).hasValue(5_538); // 4 x 3600 / 2.6
    }

    @Test
    void since_givenTwoTexts_expectsWhatWasBetween() {
        MetricsText before = text(10, 100);
        MetricsText after = text(12, 160);

        Offenders offenders = after.since(before).offenders(1);

        assertThat(offenders.jobs()).isEqualTo(2);
        assertThat(offenders.steps().get(0).millis()).isEqualTo(60_000);
        assertThat(MetricsText.together(List.of(before, after)).offenders(1).jobs())
                .isEqualTo(22);
    }

    private static MetricsText text(int jobs, double seconds) {
        return MetricsText.parse(
                """
                headstream_job_duration_seconds_count{flow="f",outcome="succeeded"} %1$d
                headstream_job_duration_seconds_sum{flow="f",outcome="succeeded"} %2$f
                headstream_step_duration_seconds_count{flow="f",outcome="ran",step="s"} %1$d
                headstream_step_duration_seconds_sum{flow="f",outcome="ran",step="s"} %2$f
                """
                        .formatted(jobs, seconds));
    }

    private static StepReport step(String name, long millis, long budget) {
        return new StepReport(name, StepOutcome.RAN, END, millis, budget);
    }

    private void job(String id, long runMillis, StepReport... steps) {
        collector.add(JobResult.newBuilder(SampleResults.succeeded(id, runMillis))
                .setFlow("portal")
                .setRunMillis(runMillis)
                .setSteps(Arrays.asList(steps))
                .build());
    }
}
