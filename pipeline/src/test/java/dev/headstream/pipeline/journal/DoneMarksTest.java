package dev.headstream.pipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DoneMarksTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final long START = 1_750_000_000_000L;

    private final DoneMarks marks = new DoneMarks(WEEK);

    @Test
    void contains_givenRandomAddsAndRemoves_expectsWhatASetOfTheIdsSays() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Set<String> model = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            String id = "job-" + random.nextInt(3_000);
            if (random.nextInt(4) == 0) {
                marks.remove(id);
                model.remove(id);
            } else {
                assertThat(marks.add(id, START + i)).as("seed %d", seed).isEqualTo(model.add(id));
            }
        }

        assertThat(marks.size()).as("seed %d", seed).isEqualTo(model.size());
        for (int i = 0; i < 3_000; i++) {
            assertThat(marks.contains("job-" + i))
                    .as("seed %d, job-%d", seed, i)
                    .isEqualTo(model.contains("job-" + i));
        }
    }

    @Test
    void expire_givenMarksOfTwoWeeks_expectsThoseWithinTheRetentionAndAnEighthMoreAtMost() {
        for (int hour = 0; hour < 14 * 24; hour++) {
            marks.add("at-" + hour, START + Duration.ofHours(hour).toMillis());
        }
        long now = START + Duration.ofDays(14).toMillis();

        marks.expire(now);

        int first = 7 * 24;
        int slack = first / 8 + 1;
        for (int hour = first; hour < 2 * first; hour++) {
            assertThat(marks.contains("at-" + hour)).as("hour %d", hour).isTrue();
        }
        for (int hour = 0; hour < first - slack; hour++) {
            assertThat(marks.contains("at-" + hour)).as("hour %d", hour).isFalse();
        }
        assertThat(marks.size()).isBetween(first, first + slack);
    }

    @Test
    void add_givenMoreThanAGenerationTakes_expectsTheOldestToBeForgottenAsAWhole() {
        int surplus = 10;
        for (int i = 0; i < DoneMarks.MOST_IN_A_GENERATION + surplus; i++) {
            marks.add("job-" + i, START + i);
        }
        assertThat(marks.contains("job-0")).isTrue();

        int forgotten = marks.forgetOldest();

        assertThat(forgotten).isEqualTo(DoneMarks.MOST_IN_A_GENERATION);
        assertThat(marks.size()).isEqualTo(surplus);
        assertThat(marks.contains("job-0")).isFalse();
        assertThat(marks.contains("job-" + DoneMarks.MOST_IN_A_GENERATION)).isTrue();
        assertThat(marks.forgetOldest()).isEqualTo(surplus);
        assertThat(marks.forgetOldest()).as("nothing left").isZero();
    }
}
