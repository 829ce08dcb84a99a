package dev.headstream.loadgen.audit;

import java.util.Comparator;

/** A place in one of the topics. */
record Position(int partition, long offset) implements Comparable<Position> {
    private static final Comparator<Position> ORDER =
            Comparator.comparingInt(Position::partition).thenComparingLong(Position::offset);

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "partition " + partition + " offset " + offset;
    }
}
