package dev.headstream.worker.flow.yaml;

import java.util.Comparator;

/**
 * Something that is wrong in a file.
 *
 * @param file the file as the user named it
 * @param line counted from 1
 * @param column counted from 1
 * @param message what is wrong and what is allowed
 */
public record Problem(String file, int line, int column, String message) implements Comparable<Problem> {
    private static final Comparator<Problem> BY_PLACE = Comparator.comparing(Problem::file)
            .thenComparingInt(Problem::line)
            .thenComparingInt(Problem::column)
            .thenComparing(Problem::message);

    @Override
    public int compareTo(Problem other) {
        return BY_PLACE.compare(this, other);
    }

    /** The form that compilers use, so that editors can jump to it. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
