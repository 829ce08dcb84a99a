package dev.headstream.loadgen.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.TopicReport;
import dev.headstream.schemas.setup.TopicReport.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

final class StackCommandTest {

    @Test
    void options_givenNone_expectsTheUsersOwnDirectory() {
        LocalStack.Options options = parse().options(Map.of());

        assertThat(options.dataDirectory()).isEqualTo(Path.of(System.getProperty("user.home"), ".headstream", "stack"));
        assertThat(options.partitions()).isEqualTo(4);
        assertThat(options.topics().jobs()).isEqualTo("headstream.jobs");
    }

    @Test
    void options_givenAHomeInTheEnvironment_expectsTheDirectoryThere() {
        assertThat(parse().options(Map.of("HEADSTREAM_HOME", "/srv/hs")).dataDirectory())
                .isEqualTo(Path.of("/srv/hs/stack"));
    }

    @Test
    void options_givenSeveralMistakes_expectsAllOfThemInOneLine() {
        StackCommand command = parse(
                "--port",
                "0",
                "--registry-port",
                "70000",
                "--partitions",
                "0",
                "--prefix",
                "a b",
                "--bootstrap",
                "k:1");

        assertThatThrownBy(() -> command.options(Map.of()))
                .isInstanceOf(ParameterException.class)
                .hasMessageContainingAll("--port", "--registry-port", "--partitions", "--prefix")
                .hasMessageContaining("give one of them")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void topics_givenLongNames_expectsLinesThatFitInto100Columns() {
        List<TopicReport> reports = Topics.withPrefix("a-rather-long-prefix").definitions(12, (short) 1).stream()
                .map(topic -> new TopicReport(topic.name(), State.MATCHES, topic.partitions(), List.of()))
                .toList();

        List<String> lines = StackCommand.topics(reports);

        assertThat(lines).hasSizeGreaterThan(1).allMatch(line -> line.length() <= 88);
        assertThat(String.join(" ", lines))
                .startsWith("a-rather-long-prefix.jobs (12), a-rather-long-prefix.results (12), ")
                .endsWith(", a-rather-long-prefix.cache (1)");
    }

    @Test
    void options_givenPartsElsewhere_expectsThemUsed() {
        LocalStack.Options options =
                parse("--bootstrap", "k:9092", "--registry", "http://r:8081").options(Map.of());

        assertThat(options.bootstrap()).isEqualTo("k:9092");
        assertThat(options.registryUrl()).isEqualTo("http://r:8081");
        assertThat(options.embedsNothing()).isTrue();
    }

    private static StackCommand parse(String... arguments) {
        StackCommand command = new StackCommand();
        new CommandLine(command).parseArgs(arguments);
        return command;
    }
}
