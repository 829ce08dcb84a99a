package dev.headstream.loadgen.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TerminalTest {

    @Test
    void live_givenTerminal_expectsBlockDrawnOverItself() {
        Output output = Output.live(80);

        output.terminal().live(List.of("1 of 2", "4 contexts"), "plain");
        output.terminal().live(List.of("2 of 2", "4 contexts"), "plain");

        assertThat(output.text()).isEqualTo("1 of 2\n4 contexts\n\u001B[2A\u001B[J2 of 2\n4 contexts\n");
    }

    @Test
    void line_givenLiveBlock_expectsLineAboveIt() {
        Output output = Output.live(80);
        output.terminal().live(List.of("progress"), "plain");

        output.terminal().line("news");

        assertThat(output.text()).isEqualTo("progress\n\u001B[1A\u001B[Jnews\nprogress\n");
    }

    @Test
    void live_givenLineWiderThanTerminal_expectsItCutSoThatItCannotWrap() {
        Output output = Output.live(40);

        output.terminal().live(List.of("x".repeat(60)), "plain");

        assertThat(output.lines().get(0)).hasSize(39).endsWith("…");
    }

    @Test
    void endLive_givenBlock_expectsItTakenAway() {
        Output output = Output.live(80);
        output.terminal().live(List.of("progress"), "plain");

        output.terminal().endLive();
        output.terminal().line("done");

        assertThat(output.text()).endsWith("\u001B[1A\u001B[Jdone\n");
    }

    @Test
    void live_givenNoTerminal_expectsPlainLineEveryTenSeconds() {
        Output output = Output.plain();

        output.terminal().live(List.of("a", "b"), "first");
        output.pass(9);
        output.terminal().live(List.of("a", "b"), "too soon");
        output.pass(1);
        output.terminal().live(List.of("a", "b"), "second");

        assertThat(output.lines()).containsExactly("first", "second");
    }

    @Test
    void paint_givenNoTerminal_expectsNoColours() {
        assertThat(Output.plain().terminal().paint(Style.RED, "bad")).isEqualTo("bad");
        assertThat(Output.live(80).terminal().paint(Style.RED, "bad")).isEqualTo("\u001B[31mbad\u001B[0m");
    }

    @Test
    void of_givenNoColor_expectsCursorButNoColours() {
        Terminal terminal = terminal(true, Map.of("NO_COLOR", "1"));

        assertThat(terminal.isLive()).isTrue();
        assertThat(terminal.paint(Style.RED, "bad")).isEqualTo("bad");
    }

    @Test
    void of_givenDumbTerminal_expectsPlainLines() {
        assertThat(terminal(true, Map.of("TERM", "dumb")).isLive()).isFalse();
        assertThat(terminal(false, Map.of("TERM", "xterm")).isLive()).isFalse();
    }

    @Test
    void columns_givenNoTerminal_expects100() {
        assertThat(terminal(false, Map.of()).columns()).isEqualTo(100);
        assertThat(terminal(true, Map.of()).columns()).isEqualTo(132);
    }

    private static Terminal terminal(boolean tty, Map<String, String> environment) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return Terminal.of(nowhere, tty, 132, environment);
    }
}
