package dev.headstream.loadgen.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LatencyRangeTest {

    @ParameterizedTest
    @CsvSource({
        "500ms,500,500",
        "3s,3000,3000",
        "1.5s,1500,1500",
        "2m,120000,120000",
        "1s..3s,1000,3000",
        "0ms .. 1s,0,1000"
    })
    void parse_givenDuration_expectsBounds(String text, long min, long max) {
        assertThat(LatencyRange.parse(text)).isEqualTo(LatencyRange.ofMillis(min, max));
        assertThat(LatencyRange.parse(LatencyRange.parse(text).toString())).isEqualTo(LatencyRange.ofMillis(min, max));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3 sec", "-1s", "1s..", "s", "1s...3s", "1,5s", "1h"})
    void parse_givenSomethingElse_expectsMessageWithAnExample(String text) {
        assertThatThrownBy(() -> LatencyRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a duration")
                .hasMessageContaining("500ms");
    }

    @Test
    void parse_givenRangeBackwards_expectsMessageWithBoth() {
        assertThatThrownBy(() -> LatencyRange.parse("3s..1s")).hasMessageContaining("from 3000 ms to 1000 ms");
    }

    @Test
    void searchLatency_givenManyDraws_expectsRangeFilledEvenly() {
        Faults faults = new Faults(
                DemoSite.Options.defaults().withSearchLatency(LatencyRange.ofMillis(0, 1_000)), new Counters());

        int[] tenths = new int[10];
        for (int i = 0; i < 100; i++) {
            tenths[(int) (faults.searchLatency().toMillis() / 100)]++;
        }

        assertThat(Arrays.stream(tenths)).allMatch(count -> count >= 9 && count <= 11);
        assertThat(faults.searchLatency()).isBetween(Duration.ZERO, Duration.ofSeconds(1));
    }
}
