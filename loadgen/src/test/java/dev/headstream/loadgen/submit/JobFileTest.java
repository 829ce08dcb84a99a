package dev.headstream.loadgen.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.submit.JobFile.Format;
import dev.headstream.v1.JobRequested;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobFileTest {
    private static final Instant NOW = Instant.parse("2026-01-31T09:00:00Z");
    private static final JobDefaults DEFAULTS = JobDefaults.ofFlow("catalog-search");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Found found = new Found();

    @Test
    void jsonl_givenAllFields_expectsThemInTheEvent() throws IOException {
        read(
                Format.JSONL,
                JobDefaults.ofFlow(null),
                """
                {"jobId":"a-1","flow":"order","inputs":{"query":"shoes","count":2,"gift":true,"note":null},\
                "sessionKey":"s","deadline":"10m","maxAttempts":5,"labels":{"team":"web"},"testRecord":true}
                """);

        JobRequested job = found.only();
        assertThat(job.getJobId()).isEqualTo("a-1");
        assertThat(job.getFlow()).isEqualTo("order");
        assertThat(job.getInputs()).isEqualTo(Map.of("query", "shoes", "count", "2", "gift", "true"));
        assertThat(job.getSessionKey()).isEqualTo("s");
        assertThat(job.getDeadline()).isEqualTo("2026-01-31T09:10:00Z");
        assertThat(job.getMaxAttempts()).isEqualTo(5);
        assertThat(job.getLabels()).isEqualTo(Map.of("team", "web"));
        assertThat(job.getTestRecord()).isTrue();
        assertThat(job.getSubmittedAt()).isEqualTo(NOW);
    }

    @Test
    void jsonl_givenDefaults_expectsThemWhereAJobSaysNothing() throws IOException {
        JobDefaults defaults =
                new JobDefaults("order", Map.of("site", "x", "query", "any"), "all", null, 7, Map.of("run", "1"), true);

        read(Format.JSONL, defaults, "{\"jobId\":\"a\",\"inputs\":{\"query\":\"own\"}}\n\n{}\n");

        assertThat(found.problems).isEmpty();
        JobRequested own = found.jobs.get(0);
        assertThat(own.getInputs()).isEqualTo(Map.of("site", "x", "query", "own"));
        assertThat(own.getSessionKey()).isEqualTo("all");
        assertThat(own.getMaxAttempts()).isEqualTo(7);
        assertThat(own.getTestRecord()).isTrue();
        assertThat(found.jobs.get(1).getJobId()).isNotBlank().isNotEqualTo("a");
    }

    @Test
    void jsonl_givenManyMistakes_expectsAllWithTheirLines() throws IOException {
        read(
                Format.JSONL,
                JobDefaults.ofFlow(null),
                """
                {"jobId":"fine","flow":"f"}
                {"jobId":"","flow":"f","colour":"red","maxAttempts":0}
                not json
                [1,2]
                {"jobId":"x","flow":"f","inputs":{"list":[1]},"deadline":"yesterday"}
                {"jobId":"y","flow":"f","deadline":"2020-01-01T00:00:00Z"}
                {"jobId":"z"}
                {"jobId":"d","jobId":"e","flow":"f"}
                """);

        assertThat(found.jobs).hasSize(1);
        assertThat(found.problems)
                .satisfiesExactlyInAnyOrder(
                        p -> assertThat(p).isEqualTo("2: jobId must have 1 to 200 characters"),
                        p -> assertThat(p).startsWith("2: unknown field colour"),
                        p -> assertThat(p).isEqualTo("2: maxAttempts must be a number from 1 to 100, not 0"),
                        p -> assertThat(p).startsWith("3: is no JSON"),
                        p -> assertThat(p).startsWith("4: must be a JSON object"),
                        p -> assertThat(p).startsWith("5: inputs.list must be text"),
                        p -> assertThat(p).startsWith("5: deadline: 'yesterday' is neither"),
                        p -> assertThat(p).isEqualTo("6: deadline 2020-01-01T00:00:00Z has passed already"),
                        p -> assertThat(p).startsWith("7: flow is missing"),
                        p -> assertThat(p).startsWith("8: is no JSON"));
    }

    @Test
    void csv_givenColumns_expectsFieldsLabelsAndInputs() throws IOException {
        read(
                Format.CSV,
                DEFAULTS,
                """
                jobId,query,label.team,input.flow,maxAttempts
                a-1,"red, ""big""\nshoes",web,x,2
                a-2,,,,
                """);

        assertThat(found.problems).isEmpty();
        JobRequested first = found.jobs.get(0);
        assertThat(first.getInputs()).isEqualTo(Map.of("query", "red, \"big\"\nshoes", "flow", "x"));
        assertThat(first.getLabels()).isEqualTo(Map.of("team", "web"));
        assertThat(first.getMaxAttempts()).isEqualTo(2);
        assertThat(first.getFlow()).isEqualTo("catalog-search");
        assertThat(found.jobs.get(1).getInputs()).isEmpty();
    }

    @Test
    void csv_givenByteOrderMark_expectsFirstColumnByItsName() throws IOException {
        read(Format.CSV, DEFAULTS, "\uFEFFjobId,query\na-1,shoes\n");

        assertThat(found.only().getJobId()).isEqualTo("a-1");
    }

    @Test
    void csv_givenRowsOfOtherLength_expectsTheirLines() throws IOException {
        read(Format.CSV, DEFAULTS, "jobId,query\na-1,\"two\nlines\"\na-2\na-3,x,y\n");

        assertThat(found.problems)
                .containsExactly(
                        "4: has 1 cells where the heading has 2 columns",
                        "5: has 3 cells where the heading has 2 columns");
    }

    @Test
    void csv_givenDoubleColumn_expectsHeadingRefused() throws IOException {
        read(Format.CSV, DEFAULTS, "query,query,\na,b,c\n");

        assertThat(found.jobs).isEmpty();
        assertThat(found.problems)
                .containsExactly("1: two columns are named query", "1: column 3 of the heading has no name");
    }

    @Test
    void spool_givenStream_expectsItReadableTwiceAndGoneAfterwards() throws IOException {
        byte[] text = "{\"jobId\":\"a\"}\n".getBytes(StandardCharsets.UTF_8);
        try (JobFile file = JobFile.spool(Format.JSONL, new ByteArrayInputStream(text))) {
            file.read(DEFAULTS, NOW, found);
            file.read(DEFAULTS, NOW, found);
        }

        assertThat(found.jobs).hasSize(2);
    }

    @Test
    void describe_givenManyProblems_expectsTwentyAndTheNumberOfAll() {
        InputProblems problems = new InputProblems();
        for (int line = 1; line <= 25; line++) {
            problems.problem(line, "is bad");
        }

        assertThat(problems.describe("jobs.csv"))
                .startsWith("25 problems in jobs.csv, nothing was sent:\n  line 1: is bad\n")
                .endsWith("  line 20: is bad\n  and 5 more");
    }

    private void read(Format format, JobDefaults defaults, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("jobs"), text);
        try (JobFile jobs = JobFile.of(format, file)) {
            jobs.read(defaults, NOW, found);
        }
    }

    private static final class Found implements JobFile.Visitor {
        private final List<JobRequested> jobs = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();

        @Override
        public void job(long line, JobRequested job) {
            jobs.add(job);
        }

        @Override
        public void problem(long line, String problem) {
            problems.add(line + ": " + problem);
        }

        JobRequested only() {
            assertThat(problems).isEmpty();
            assertThat(jobs).hasSize(1);
            return jobs.get(0);
        }
    }
}
