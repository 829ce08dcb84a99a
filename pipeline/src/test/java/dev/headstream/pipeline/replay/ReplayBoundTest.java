package dev.headstream.pipeline.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.pipeline.replay.ReplayBound.Offsets;
import dev.headstream.pipeline.replay.ReplayBound.Time;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReplayBoundTest {
    private static final Instant NOW = Instant.parse("2026-01-31T09:00:00Z");

    @Test
    void parse_givenOffsets_expectsThemByPartition() {
        assertThat(parse(" 0:100, 12:0 ")).isEqualTo(new Offsets(Map.of(0, 100L, 12, 0L)));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T08:00:00Z,      2026-01-31T08:00:00Z",
        "2026-01-31T08:00Z,         2026-01-31T08:00:00Z",
        "2026-01-31T08:00:00+02:00, 2026-01-31T06:00:00Z",
        "90s,                       2026-01-31T08:58:30Z",
        "1d1h,                      2026-01-30T08:00:00Z"
    })
    void parse_givenTimeOrAge_expectsTheInstant(String text, Instant expected) {
        assertThat(parse(text)).isEqualTo(new Time(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                  | --from is empty: give PARTITION:OFFSET",
                "100                 | '100' is an offset without its partition: give it as 0:100",
                "0:                  | '0:' is no PARTITION:OFFSET such as 0:100",
                "0:1,                | '' is no PARTITION:OFFSET",
                "0:1,1               | '1' is no PARTITION:OFFSET",
                "a:1                 | 'a:1' is no PARTITION:OFFSET",
                "0:-1                | '0:-1' is no PARTITION:OFFSET",
                "0:1,0:2             | names partition 0 twice",
                "0:9999999999999999999 | is no PARTITION:OFFSET",
                "yesterday           | 'yesterday' is none of PARTITION:OFFSET",
                "2026-01-31T08:00:00 | is none of PARTITION:OFFSET",
            })
    void parse_givenNonsense_expectsWhatIsWrongAndWhatWouldBeRight(String text, String message) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--from")
                .hasMessageContaining(message);
    }

    private static ReplayBound parse(String text) {
        return ReplayBound.parse("--from", text, NOW);
    }
}
