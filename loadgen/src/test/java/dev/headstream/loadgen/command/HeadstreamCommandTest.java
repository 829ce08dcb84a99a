package dev.headstream.loadgen.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.connection.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class HeadstreamCommandTest {

    @Test
    void help_givenRoot_expectsTheMapOfAllCommandsWithin100Columns() {
        Captured help = Captured.run("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains(
                        "demo", "stack", "submit", "results", "cancel", "topics", "audit", "worker", "replay", "flow",
                        "site");
        assertThat(help.outLines()).allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "submit", "results", "cancel", "topics", "audit", "site", "stack"})
    void help_givenCommand_expectsItWithin100Columns(String command) {
        Captured help = Captured.run(command, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.outLines()).allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense                                    | Unmatched argument at index 0: 'nonsense'",
                "submit                                      | name the FLOW to run",
                "submit f --jsonl a --csv b                  | give --jsonl or --csv, not both",
                "submit --jsonl a --job-id x                 | --job-id is for one job",
                "submit f --deadline soon                    | --deadline: 'soon' is neither",
                "submit f --deadline 2020-01-01T00:00:00Z    | has passed already",
                "submit f --max-attempts 0                   | --max-attempts must be 1 to 100, not 0",
                "submit f --timeout 5                        | '5' is not a time such as 500ms",
                "results --since 1h --from-beginning         | give --from-beginning or --since, not both",
                "results --since lately                      | --since: 'lately' is neither",
                "results --status DONE                       | expected one of [SUCCEEDED, FAILED",
                "topics                                      | say what to do",
                "topics create --partitions 0                | --partitions must be 1 to 10000, not 0",
                "cancel                                      | Missing required parameter: 'JOB_ID'",
                "cancel a --timeout 5                        | '5' is not a time such as 500ms",
                "bench browser --jobs 0                      | the number of jobs is from 1 to 100000, not 0",
                "bench browser --designs nope                | 'nope'",
                "bench browser --json /nowhere/a.json        | --json /nowhere/a.json cannot be written",
                "bench pages --lanes 65                      | the number of lanes is from 1 to 64, not 65",
                "bench pages --arms images,images            | name at least one arm, and none of them twice",
                "bench pages --arms scripts                  | expected one of [NONE, IMAGES, FONTS, MEDIA",
                "bench pages --json /nowhere/a.json          | --json /nowhere/a.json cannot be written",
                "bench pipeline --rounds 0                   | rounds",
                "bench kills --kills many                    | 'many' is not an int",
                "bench kills --json /nowhere/a.json          | --json /nowhere/a.json cannot be written",
                "bench restore --markers many                | 'many' is not an int",
                "bench steps --duration 5                    | '5' is not a time such as 500ms",
                "bench steps --arms nope                     | expected one of [NONE, CACHE",
                "replay --from 0:1                           | start it with deploy/headstream replay",
                "worker --config x                           | start it with deploy/headstream worker",
            })
    void execute_givenBadUsage_expectsOneTellingLineAnd64(String arguments, String message) {
        Captured ended = Captured.run(arguments.strip().split(" +"));

        assertThat(ended.exitCode()).isEqualTo(64);
        assertThat(ended.err().lines().findFirst().orElse("")).contains(message);
        assertThat(ended.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"browser", "pages", "pipeline", "restore", "kills", "soak", "steps"})
    void help_givenABench_expectsItWithin100Columns(String bench) {
        Captured help = Captured.run("bench", bench, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.outLines()).allMatch(line -> line.length() <= 100);
        assertThat(help.out()).contains("--json=FILE");
    }

    @Test
    void submit_givenBrokenFile_expectsAllLinesAnd65WithoutAskingForABroker(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(folder.resolve("jobs.jsonl"), "{\"jobId\":1}\nnonsense\n{\"maxAttempts\":\"x\"}\n");

        Captured ended = Captured.run("submit", "f", "--jsonl", file.toString(), "--bootstrap", "127.0.0.1:1");

        assertThat(ended.exitCode()).isEqualTo(65);
        assertThat(ended.err())
                .contains("2 problems in " + file + ", nothing was sent:", "line 2: is no JSON", "line 3: maxAttempts");
    }

    @Test
    void submit_givenNoFile_expects66() {
        Captured ended = Captured.run("submit", "f", "--csv", "/nowhere/jobs.csv");

        assertThat(ended.exitCode()).isEqualTo(66);
        assertThat(ended.err()).isEqualTo("headstream: /nowhere/jobs.csv is no file that can be read\n");
    }

    @Test
    void audit_givenNoLedgerFile_expects66WithoutAskingForABroker() {
        Captured ended = Captured.run("audit", "--ledger", "/nowhere/sent.jsonl", "--bootstrap", "127.0.0.1:1");

        assertThat(ended.exitCode()).isEqualTo(66);
        assertThat(ended.err()).contains("cannot read the submission ledger /nowhere/sent.jsonl");
    }

    @Test
    void submit_givenEmptyInput_expects65() {
        Captured ended = Captured.runWithInput("", "submit", "f", "--csv", "-");

        assertThat(ended.exitCode()).isEqualTo(65);
        assertThat(ended.err()).contains("there is no job in standard input");
    }

    @Test
    void deployment_givenOptionEnvironmentAndFile_expectsThatOrder(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("client.properties"), "bootstrap.servers=file:1\nsecurity.protocol=SASL_SSL\n");
        Map<String, String> environment = Map.of("HEADSTREAM_BOOTSTRAP", "env:1", "HEADSTREAM_PREFIX", "team");

        Deployment byOption = options("--bootstrap", "option:1", "--client-config", file.toString())
                .deployment(environment);
        Deployment byEnvironment = options("--client-config", file.toString()).deployment(environment);
        Deployment byFile = options("--client-config", file.toString()).deployment(Map.of());

        assertThat(byOption.bootstrap()).isEqualTo("option:1");
        assertThat(byOption.client()).containsEntry("security.protocol", "SASL_SSL");
        assertThat(byEnvironment.bootstrap()).isEqualTo("env:1");
        assertThat(byEnvironment.topics().jobs()).isEqualTo("team.jobs");
        assertThat(byFile.bootstrap()).isEqualTo("file:1");
        assertThat(byFile.registry()).isEqualTo("http://127.0.0.1:8081");
        assertThat(options().deployment(Map.of()).bootstrap()).isEqualTo("127.0.0.1:9092");
    }

    private static ConnectionOptions options(String... arguments) {
        ConnectionOptions options = new ConnectionOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("connection", spec(options)))
                .registerConverter(java.time.Duration.class, new DurationConverter())
                .parseArgs(arguments);
        return options;
    }

    private static CommandLine.Model.CommandSpec spec(ConnectionOptions options) {
        return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
    }
}
