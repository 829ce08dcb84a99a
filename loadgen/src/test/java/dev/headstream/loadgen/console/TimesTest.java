package dev.headstream.loadgen.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimesTest {
    private static final Instant NOW = Instant.parse("2026-01-31T09:00:00Z");

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "8s, PT8S", "1m30s, PT1M30S", "2h, PT2H", "7d, PT168H"})
    void duration_givenUnits_expectsTheirSum(String text, Duration expected) {
        assertThat(Times.duration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "-5s", "s", "1.5h", "1m 30s"})
    void duration_givenAnythingElse_expectsMessageWithExamples(String text) {
        assertThatThrownBy(() -> Times.duration(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not a time such as 500ms, 30s, 1m30s or 2h");
    }

    @Test
    void pastAndFuture_givenDuration_expectsDistanceFromNow() {
        assertThat(Times.past("1h", NOW)).isEqualTo("2026-01-31T08:00:00Z");
        assertThat(Times.future("1h", NOW)).isEqualTo("2026-01-31T10:00:00Z");
    }

    @Test
    void past_givenInstant_expectsIt() {
        assertThat(Times.past("2025-12-24T18:00:00Z", NOW)).isEqualTo("2025-12-24T18:00:00Z");
    }

    @Test
    void future_givenNeither_expectsMessageWithBothForms() {
        assertThatThrownBy(() -> Times.future("tomorrow", NOW))
                .hasMessageContaining("10m")
                .hasMessageContaining("Z");
    }
}
