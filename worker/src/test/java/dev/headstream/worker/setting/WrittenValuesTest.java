package dev.headstream.worker.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenValuesTest {

    @ParameterizedTest
    @CsvSource({"500ms, 500", "8s, 8000", "1m30s, 90000", "10m, 600000", "6h, 21600000", "2d, 172800000", "0ms, 0"})
    void duration_givenText_expectsItReadAndWrittenTheSame(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(DurationText.of(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "s", "8 s", "-1s", "1.5s", "8sec", "99999999999s"})
    void duration_givenNoDuration_expectsRefusal(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DurationText.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "512MiB, 536870912",
        "2Gi, 2147483648",
        "1 GiB, 1073741824",
        "800MB, 800000000",
        "64ki, 65536",
        "12, 12",
        "7B, 7"
    })
    void size_givenText_expectsBytes(String text, long bytes) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes));
        assertThat(DataSize.parse(new DataSize(bytes).toString())).isEqualTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1MB", "1.5GB", "5 parsecs", "999999999999999GiB"})
    void size_givenNoSize_expectsRefusal(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DataSize.parse(text));
    }

    @Test
    void yaml_givenDuplicateAndBrokenKeys_expectsProblemsWithLines() {
        YamlSettings twice = YamlSettings.of("w.yaml", "a: {b: 1}\na.b: 2\nlist:\n  - [nested]\n");
        YamlSettings broken = YamlSettings.of("w.yaml", "a: 1\n b: 2\n");
        YamlSettings scalar = YamlSettings.of("w.yaml", "just text");

        assertThat(twice.problems())
                .extracting(SettingProblem::toString)
                .containsExactly(
                        "a.b: (w.yaml line 2) is given a second time; the first is in w.yaml line 1",
                        "list: (w.yaml line 4) has a list item that is not plain text");
        assertThat(broken.problems()).singleElement().satisfies(problem -> assertThat(problem.reason())
                .contains("is not valid YAML", "line 2"));
        assertThat(scalar.problems()).hasSize(1);
    }

    @Test
    void yaml_givenNothingAndNulls_expectsNoValues() {
        assertThat(YamlSettings.of("w.yaml", "").values()).isEmpty();
        assertThat(YamlSettings.of("w.yaml", "# only a comment\n").values()).isEmpty();
        assertThat(YamlSettings.of("w.yaml", "kafka:\nname: ~\n").values()).isEmpty();
    }

    @Test
    void list_givenYamlListWithCommas_expectsItemsKeptWhole() {
        SettingType<java.util.List<String>> type = SettingType.list(SettingType.text("--.*", "switches"));
        Given list = YamlSettings.of("w.yaml", "a: ['--x=1,2', --y]").values().get("a");

        assertThat(type.parse(java.util.Objects.requireNonNull(list))).containsExactly("--x=1,2", "--y");
        assertThat(type.parse(Given.scalar("--x, --y", "here"))).containsExactly("--x", "--y");
    }
}
