package dev.headstream.loadgen.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TextTest {

    @Test
    void oneLine_givenControlCharacters_expectsHarmlessText() {
        assertThat(Text.oneLine("a\nb\tc\u001B[31md\u0007")).isEqualTo("a b c.[31md.");
    }

    @Test
    void oneLine_givenDirectionOverride_expectsItTakenOut() {
        assertThat(Text.oneLine("user\u202Egpj.exe")).isEqualTo("user.gpj.exe");
    }

    @Test
    void width_givenColoursAndWideCharacters_expectsCellsOfTheTerminal() {
        assertThat(Text.width(Style.RED.on("fail"))).isEqualTo(4);
        assertThat(Text.width("東京")).isEqualTo(4);
        assertThat(Text.width("e\u0301")).isEqualTo(1);
    }

    @Test
    void fit_givenTextThatFits_expectsItUnchanged() {
        assertThat(Text.fit("12345", 5)).isEqualTo("12345");
    }

    @Test
    void fit_givenLongerText_expectsExactlyTheWidthWithEllipsis() {
        assertThat(Text.fit("1234567", 5)).isEqualTo("1234…");
        assertThat(Text.width(Text.fit("東京大阪", 6))).isLessThanOrEqualTo(6);
    }

    @Test
    void fit_givenColouredText_expectsColourEndedBeforeTheCut() {
        String cut = Text.fit(Style.GREEN.on("abcdef"), 4);

        assertThat(cut).isEqualTo("\u001B[32mabc…\u001B[0m");
    }
}
