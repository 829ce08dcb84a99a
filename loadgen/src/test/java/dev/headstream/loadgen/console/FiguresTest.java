package dev.headstream.loadgen.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiguresTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1.0 s",
        "59949, 59.9 s",
        "59950, 1 min 00 s",
        "3599499, 59 min 59 s",
        "3599500, 1 h 00 min",
        "90000000, 1 d 01 h",
        "-1500, -1.5 s"
    })
    void duration_givenMillis_expectsTheUnitThatFits(long millis, String expected) {
        assertThat(Figures.duration(millis)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1500, 2 kB",
        "499600000, 500 MB",
        "999499999, 999 MB",
        "999500000, 1.00 GB",
    })
    void bytes_givenSize_expectsDecimalUnits(long bytes, String expected) {
        assertThat(Figures.bytes(bytes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 %", "0.001, < 1 %", "0.5, 50 %", "0.999, > 99 %", "1, 100 %"})
    void percent_givenShare_expectsNeverAllOrNoneByRounding(double share, String expected) {
        assertThat(Figures.percent(share)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0 | 0 jobs", "1 | 1 job", "12345 | 12,345 jobs"})
    void counted_givenCount_expectsTheRightNumber(long count, String expected) {
        assertThat(Figures.counted(count, "job")).isEqualTo(expected);
    }
}
