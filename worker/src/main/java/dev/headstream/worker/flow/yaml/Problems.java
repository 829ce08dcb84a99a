package dev.headstream.worker.flow.yaml;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects what is wrong in one file, so that all of it is reported together. Not thread-safe. */
public final class Problems {
    private final String file;
    private final TreeSet<Problem> found = new TreeSet<>();

    public Problems(String file) {
        this.file = file;
    }

    /** The file that is read. */
    public String file() {
        return file;
    }

    void add(Optional<Mark> mark, String message) {
        found.add(new Problem(
                file,
                mark.map(Mark::getLine).orElse(0) + 1,
                mark.map(Mark::getColumn).orElse(0) + 1,
                message));
    }

    /** Adds a problem that concerns the file as a whole. */
    public void add(String message) {
        add(Optional.empty(), message);
    }

    /** True if nothing is wrong so far. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** What is wrong, in the order of the file. */
    public List<Problem> list() {
        return List.copyOf(found);
    }
}
