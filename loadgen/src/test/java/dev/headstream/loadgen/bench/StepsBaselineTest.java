package dev.headstream.loadgen.bench;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of the steps' comparison, and the guard that holds them against earlier ones. */
final class StepsBaselineTest {

    @ParameterizedTest
    @CsvSource({
        "5000, 1.00, false",
        "5000, 1.05, false", // within 10 %
        "5000, 1.30, true",
        "500,  1.30, false", // 30 %, but 150 ms
        "500,  2.00, true",
    })
    void regressions_givenASlowerStep_expectsItBeyondTenPercentAnd250Millis(
            long typical, double factor, boolean expected) {
        StepsBaseline before = baseline(samples(typical, 1, 60));
        StepsBaseline now = baseline(samples(typical, factor, 60));

        assertThat(before.regressions(now).isEmpty()).isEqualTo(!expected);
    }

    @Test
    void regressions_givenOneOutlierOfFew_expectsNoneBecauseItMayBeChance() {
        List<Long> now = new ArrayList<>(samples(5_000, 1, 20));
        now.set(0, 9_000L);
        now.set(1, 9_000L);

        assertThat(baseline(samples(5_000, 1, 20)).regressions(baseline(now))).isEmpty();
    }

    @Test
    void regressions_givenTooFewCallsOrAnUnknownStep_expectsNone() {
        StepsBaseline before = baseline(samples(5_000, 1, 60));

        assertThat(before.regressions(baseline(List.of(90_000L)))).isEmpty();
        assertThat(baseline(List.of()).regressions(before)).isEmpty();
    }

    @Test
    void read_givenWhatWasWritten_expectsTheSameJudgement(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("baseline.json");
        baseline(samples(5_000, 1, 60)).write(file);

        List<StepsBaseline.Regression> regressions =
                StepsBaseline.read(file).regressions(baseline(samples(5_000, 2, 60)));

        assertThat(regressions).singleElement().satisfies(regression -> {
            assertThat(regression.step()).isEqualTo("all/search");
            assertThat(regression.nowMillis()).isGreaterThan(regression.beforeMillis());
        });
    }

    @Test
    void of_givenResults_expectsRatesOverTheTimeOfTheJobs() {
        List<JobResult> results = List.of(result("a", 10_000, 8_000, 0), result("b", 20_000, 6_000, 10_000));

        StepsFigures figures = StepsFigures.of(StepsArm.ALL, results, SampleResults.COMPLETED.minusSeconds(10));

        // up to the end of the second at +10 s: 2 jobs with 2 steps each in 20 s
        assertThat(figures.stepsPerSecond()).isEqualTo(0.2);
        assertThat(figures.jobsPerHour()).isEqualTo(360);
        assertThat(figures.searchP95Millis()).isEqualTo(8_000);
        assertThat(figures.jobP95Millis()).isEqualTo(20_000);
        assertThat(StepsFigures.of(StepsArm.NONE, List.of(), Instant.EPOCH).jobsPerHour())
                .isZero();
    }

    @Test
    void write_givenFigures_expectsTheFrozenNames(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("steps.json");
        List<StepsFigures> figures = List.of(
                StepsFigures.of(
                        StepsArm.NONE,
                        List.of(result("a", 10_000, 8_000, 0)),
                        SampleResults.COMPLETED.minusSeconds(10)),
                StepsFigures.of(
                        StepsArm.ALL, List.of(result("a", 2_000, 1_000, 0)), SampleResults.COMPLETED.minusSeconds(2)));
        Output output = Output.plain();

        StepsReport.write(figures, file);
        StepsReport.show(figures, output.terminal());

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get(0).properties().stream().map(Map.Entry::getKey))
                .startsWith("arm", "stepsPerSecond", "jobsPerHour", "searchP95Millis", "jobP95Millis")
                .doesNotContain("stepMillis");
        assertThat(json.get(1).path("arm").asText()).isEqualTo("all");
        assertThat(output.text()).contains("x5.0");
    }

    @Test
    void query_givenManyJobs_expectsSixtyOfAHundredRepeated() {
        long repeated = IntStream.range(0, 100)
                .mapToObj(StepsLoad::query)
                .filter(query -> !query.contains(" "))
                .count();
        long different = IntStream.range(0, 100)
                .mapToObj(StepsLoad::query)
                .filter(query -> query.contains(" "))
                .distinct()
                .count();

        assertThat(repeated).isEqualTo(60);
        assertThat(different).isEqualTo(40);
        assertThat(new StepsLoad("http://x", 10, 4).all(Instant.EPOCH)).hasSize(10);
    }

    private static StepsBaseline baseline(List<Long> search) {
        return StepsBaseline.of(List.of(new StepsFigures(StepsArm.ALL, 1, 1, 1, 1, 1, 0, Map.of("search", search))));
    }

    private static List<Long> samples(long typical, double factor, int count) {
        SplittableRandom random = new SplittableRandom(7);
        return LongStream.range(0, count)
                .map(i -> Math.round(factor * (typical * 0.9 + random.nextDouble() * typical * 0.2)))
                .boxed()
                .toList();
    }

    private static JobResult result(String id, long runMillis, long searchMillis, long laterMillis) {
        Instant end = SampleResults.COMPLETED.plusMillis(laterMillis);
        return JobResult.newBuilder(SampleResults.succeeded(id, runMillis))
                .setRunMillis(runMillis)
                .setCompletedAt(end)
                .setSteps(List.of(
                        new StepReport("login", StepOutcome.RAN, end, 3_000L, 0L),
                        new StepReport("search", StepOutcome.RAN, end, searchMillis, 0L)))
                .build();
    }
}
