package dev.headstream.loadgen.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.console.Output;
import dev.headstream.loadgen.console.Text;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class ResultViewTest {

    @Test
    void line_givenSuccess_expectsTheFrozenNamesInOrder() {
        assertThat(ResultJson.line(SampleResults.succeeded("a-1", 1_200)))
                .isEqualTo("{\"jobId\":\"a-1\",\"executionId\":\"a-1\",\"flow\":\"catalog-search\",\"flowVersion\":1,"
                        + "\"status\":\"SUCCEEDED\","
                        + "\"output\":{\"hits\":[{\"title\":\"Oak lamp\"}],\"total\":\"12.50\"},\"attempts\":1,"
                        + "\"steps\":[{\"name\":\"search\",\"outcome\":\"RAN\","
                        + "\"startedAt\":\"2026-01-31T09:00:08.800Z\",\"durationMillis\":1200,\"budgetMillis\":8000}],"
                        + "\"queuedMillis\":250,\"runMillis\":1200,"
                        + "\"source\":{\"topic\":\"headstream.jobs\",\"partition\":3,\"offset\":42},\"worker\":\"w-1\","
                        + "\"artifacts\":[{\"name\":\"page\",\"uri\":\"file:/tmp/page.png\","
                        + "\"contentType\":\"image/png\",\"bytes\":1234}],"
                        + "\"completedAt\":\"2026-01-31T09:00:10Z\"}");
    }

    @Test
    void line_givenFailure_expectsTheErrorAndNoOutput() {
        assertThat(ResultJson.line(SampleResults.failed("a-2")))
                .contains("\"status\":\"FAILED\"")
                .contains("\"error\":{\"kind\":\"ACTION_TIMEOUT\","
                        + "\"message\":\"waitFor #results li: nothing after 15 s\",\"step\":\"search\"}")
                .doesNotContain("\"output\"");
    }

    @Test
    void show_givenResults_expectsTableWithin100Columns() {
        Output output = Output.plain();
        ResultRows rows = new ResultRows(output.terminal(), ZoneOffset.UTC);
        rows.add(SampleResults.succeeded("order-" + "7".repeat(150), 1_200));
        rows.add(SampleResults.failed("a-2"));

        rows.show();

        assertThat(output.lines()).hasSize(3).allSatisfy(line -> assertThat(Text.width(line))
                .isLessThanOrEqualTo(100));
        assertThat(output.lines().get(0)).startsWith("completed").endsWith("error");
        assertThat(output.lines().get(1))
                .startsWith("01-31 09:00:10  order-777")
                .contains("SUCCEEDED", "1.2 s");
        assertThat(output.lines().get(2)).contains("a-2", "FAILED", "15.0 s", "ACTION_TIMEOUT");
    }

    @Test
    void show_givenMoreLater_expectsOneHeadingAndTheSameColumns() {
        Output output = Output.plain();
        ResultRows rows = new ResultRows(output.terminal(), ZoneOffset.UTC);
        rows.add(SampleResults.succeeded("a-1", 1_200));
        rows.show();
        rows.add(SampleResults.succeeded("a-much-longer-id", 1_200));

        rows.show();

        assertThat(output.lines()).hasSize(3);
        assertThat(output.lines().get(2).indexOf("SUCCEEDED"))
                .isEqualTo(output.lines().get(1).indexOf("SUCCEEDED"));
    }

    @Test
    void detail_givenFailure_expectsErrorStepAndPlaceInKafka() {
        Output output = Output.plain();

        ResultDetail.show(output.terminal(), SampleResults.failed("a-2"));

        assertThat(output.text())
                .contains("a-2  FAILED")
                .contains("headstream.jobs, partition 3, offset 42")
                .contains("ACTION_TIMEOUT in step search\n  waitFor #results li: nothing after 15 s\n")
                .contains("search  FAILED   15.0 s   8.0 s");
    }

    @Test
    void detail_givenOutput_expectsItIndented() {
        Output output = Output.plain();

        ResultDetail.show(output.terminal(), SampleResults.succeeded("a-1", 1_200));

        assertThat(output.text()).contains("  \"total\" : \"12.50\"\n");
    }
}
