package dev.headstream.pipeline.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.replay.ReplayPlan.Span;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ReplayProgressTest {
    private final ReplayPlan plan = new ReplayPlan(new TreeMap<>(Map.of(0, new Span(10, 20), 1, new Span(5, 8))));

    @Test
    void of_givenNothingCommitted_expectsTheBeginning() {
        assertThat(ReplayProgress.of(plan, Map.of())).isEqualTo(new ReplayProgress(Map.of(0, 10L, 1, 5L), 0, false));
    }

    @Test
    void of_givenOffsetsFinishedAboveTheWatermark_expectsThemCountedWithinTheRangeOnly() {
        BitSet above = new BitSet();
        above.set(1); // 13
        above.set(9); // 21, beyond the end
        ReplayProgress progress = ReplayProgress.of(
                plan, Map.of(0, new FinishedOffsets(12, above), 1, new FinishedOffsets(8, new BitSet())));

        assertThat(progress).isEqualTo(new ReplayProgress(Map.of(0, 12L, 1, 8L), 2 + 1 + 3, false));
    }

    @Test
    void of_givenAllWatermarksAtTheirEnds_expectsComplete() {
        ReplayProgress progress = ReplayProgress.of(
                plan, Map.of(0, new FinishedOffsets(20, new BitSet()), 1, new FinishedOffsets(8, new BitSet())));

        assertThat(progress.complete()).isTrue();
        assertThat(progress.finished()).isEqualTo(plan.offsets());
    }
}
