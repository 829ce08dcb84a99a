package dev.headstream.worker.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The last so many of something. Bounded; thread-safe. */
final class Recent<T> {
    private final int most;
    private final Deque<T> kept = new ArrayDeque<>();

    Recent(int most) {
        this.most = most;
    }

    synchronized void add(T one) {
        if (kept.size() >= most) {
            kept.removeFirst();
        }
        kept.addLast(one);
    }

    /** Oldest first. */
    synchronized List<T> all() {
        return List.copyOf(kept);
    }

    List<T> newestFirst() {
        List<T> all = new ArrayList<>(all());
        Collections.reverse(all);
        return all;
    }

    /** The newest of those that are meant. */
    Optional<T> newest(Predicate<T> which) {
        return newestFirst().stream().filter(which).findFirst();
    }
}
