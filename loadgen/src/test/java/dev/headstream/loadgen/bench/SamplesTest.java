package dev.headstream.loadgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SamplesTest {

    @Test
    void quantile_givenHundredSamples_expectsNearestRank() {
        List<Long> samples =
                LongStream.rangeClosed(1, 100).map(i -> 101 - i).boxed().toList();

        assertThat(Samples.quantile(samples, 0.5)).isEqualTo(50);
        assertThat(Samples.quantile(samples, 0.95)).isEqualTo(95);
        assertThat(Samples.quantile(samples, 1)).isEqualTo(100);
    }

    @Test
    void quantile_givenFewSamples_expectsOneOfThem() {
        assertThat(Samples.quantile(List.of(7L), 0.95)).isEqualTo(7);
        assertThat(Samples.quantile(List.of(9L, 1L), 0.5)).isEqualTo(1);
        assertThat(Samples.quantile(List.of(9L, 1L), 0.95)).isEqualTo(9);
        assertThat(Samples.quantile(List.of(), 0.5)).isZero();
    }

    @Test
    void median_givenOddAndEvenNumbers_expectsMiddle() {
        assertThat(Samples.median(5, 1, 100)).isEqualTo(5);
        assertThat(Samples.median(4, 1, 2, 100)).isEqualTo(3);
        assertThat(Samples.median()).isNaN();
    }
}
