package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class ReplayCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from 100                    | 64 | --from: '100' is an offset without its partition",
                "--to 0:x                      | 64 | --to: '0:x' is no PARTITION:OFFSET",
                "--only done                   | 64 | --only: 'done' is none of failed, timed_out",
                "--id a/b                      | 64 | --id: 'a/b' must be 1 to 60 letters",
                "--contexts 0                  | 64 | --contexts: '0' is neither a number from 1 to 256",
                "--contexts 101%               | 64 | --contexts: '101%' is neither",
                "--flow catalog-serch          | 64 | --flow: unknown flow 'catalog-serch'",
                "--set kafka.groupID=x         | 78 | kafka.groupID",
            })
    void execute_givenBadUsage_expectsOneTellingMessage(String arguments, int exitCode, String message) {
        Ended ended =
                run(("replay --flows ../deploy/flows " + arguments).strip().split(" +"));

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
        assertThat(ended.err()).contains(message);
    }

    @Test
    void help_expectsTheExitCodesAndTheShareOfContexts() {
        Ended ended = run("replay", "--help");

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).contains("65", "75", "--allow-effects", "25%").doesNotContain("%%");
    }

    private static Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = WorkerMain.commandLine();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Ended(line.execute(arguments), out.toString(), err.toString());
    }

    private record Ended(int exitCode, String out, String err) {}
}
