package dev.headstream.pipeline.offset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CompletedOffsetsTest {
    private static final long BASE = 5_000_000_000L;

    @Test
    void decode_givenRandomSets_expectsWhatWasEncoded() {
        long seed = Long.getLong("headstream.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            long base = random.nextLong(1L << 40);
            int span = 1 + random.nextInt(CompletedOffsets.MAX_AHEAD);
            NavigableSet<Long> done = new TreeSet<>();
            for (int n = random.nextInt(200); n > 0; n--) {
                done.add(base + random.nextInt(span));
            }

            FinishedOffsets read = CompletedOffsets.decode(base, CompletedOffsets.encode(base, done));

            assertThat(ahead(read)).as("-Dheadstream.seed=%d", seed).isEqualTo(done);
            assertThat(read.base()).isEqualTo(base);
        }
    }

    @Test
    void encode_givenNothingAbove_expectsEmptyText() {
        assertThat(CompletedOffsets.encode(BASE, new TreeSet<>())).isEmpty();
        assertThat(CompletedOffsets.encode(BASE, set(BASE - 3, BASE - 1))).isEmpty();
        assertThat(ahead(CompletedOffsets.decode(BASE, ""))).isEmpty();
    }

    @Test
    void encode_givenEverythingAheadFinished_expectsTextUnderTheBrokersLimit() {
        NavigableSet<Long> all = LongStream.range(BASE, BASE + CompletedOffsets.MAX_AHEAD + 100)
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));

        String text = CompletedOffsets.encode(BASE, all);

        assertThat(text).hasSizeLessThanOrEqualTo(2_740);
        FinishedOffsets read = CompletedOffsets.decode(BASE, text);
        assertThat(ahead(read)).isEqualTo(all.headSet(BASE + CompletedOffsets.MAX_AHEAD, false));
        assertThat(read.contains(BASE + CompletedOffsets.MAX_AHEAD - 1)).isTrue();
        assertThat(read.contains(BASE + CompletedOffsets.MAX_AHEAD)).isFalse();
        assertThat(read.contains(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void decode_givenAnotherBase_expectsNothingAheadAndAllBelowFinished() {
        String text = CompletedOffsets.encode(BASE, set(BASE + 1, BASE + 9));

        FinishedOffsets read = CompletedOffsets.decode(BASE + 1, text);

        assertThat(ahead(read)).isEmpty();
        assertThat(read.contains(BASE)).isTrue();
        assertThat(read.contains(BASE + 1)).isFalse();
    }

    @Test
    void decode_givenAnyFlippedBit_expectsNothingAhead() {
        byte[] bytes = Base64.getDecoder().decode(CompletedOffsets.encode(BASE, set(BASE + 1, BASE + 70)));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));

            String text = Base64.getEncoder().withoutPadding().encodeToString(damaged);

            assertThat(ahead(CompletedOffsets.decode(BASE, text)))
                    .as("bit %d flipped", bit)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"not base64!", "AA", "AQAAAA", "AQAAAAA", "somebody elses note", "éè", "{\"leader\":3}"})
    void decode_givenForeignText_expectsNothingAhead(String text) {
        assertThat(ahead(CompletedOffsets.decode(BASE, text))).isEmpty();
    }

    @Test
    void decode_givenTruncatedOrTooLongText_expectsNothingAhead() {
        String text = CompletedOffsets.encode(BASE, set(BASE + 100));

        assertThat(ahead(CompletedOffsets.decode(BASE, text.substring(0, text.length() - 4))))
                .isEmpty();
        assertThat(ahead(CompletedOffsets.decode(BASE, "A".repeat(4_000)))).isEmpty();
    }

    private static NavigableSet<Long> ahead(FinishedOffsets finished) {
        return finished.above().stream()
                .mapToObj(bit -> finished.base() + bit)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static NavigableSet<Long> set(long... offsets) {
        return LongStream.of(offsets).boxed().collect(Collectors.toCollection(TreeSet::new));
    }
}
