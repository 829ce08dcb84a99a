package dev.headstream.loadgen.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of checking one invariant.
 *
 * @param checked how many things were looked at; 0 means that the topics had nothing to say about it
 * @param breaches how many of them break it
 * @param examples the first breaches in words
 */
public record Finding(Invariant invariant, long checked, long breaches, List<String> examples) {
    public Finding {
        examples = List.copyOf(examples);
    }

    /** Whether the invariant held in all that was looked at. */
    public boolean holds() {
        return breaches == 0;
    }

    /** This and what another check found of the same invariant. */
    Finding and(Finding other) {
        List<String> both = new ArrayList<>(examples);
        both.addAll(other.examples());
        return new Finding(
                invariant,
                checked + other.checked(),
                breaches + other.breaches(),
                both.subList(0, Math.min(both.size(), Count.EXAMPLES)));
    }

    /** Counts while a check goes on. Confined to one thread. */
    static final class Count {
        private static final int EXAMPLES = 5;

        private final Invariant invariant;
        private final List<String> examples = new ArrayList<>();
        private long checked;
        private long breaches;

        Count(Invariant invariant) {
            this.invariant = invariant;
        }

        void checked() {
            checked++;
        }

        void breach(String words) {
            breaches++;
            if (examples.size() < EXAMPLES) {
                examples.add(words);
            }
        }

        Finding finding() {
            return new Finding(invariant, checked, breaches, examples);
        }
    }
}
