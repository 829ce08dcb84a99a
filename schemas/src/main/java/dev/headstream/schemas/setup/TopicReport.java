package dev.headstream.schemas.setup;

import java.util.List;

/**
 * What became of one topic.
 *
 * @param partitions how many there are; 0 where the topic is missing
 * @param differences from the definition, each with what is, what should be and what to do; empty where none
 */
public record TopicReport(String topic, State state, int partitions, List<String> differences) {
    public TopicReport {
        differences = List.copyOf(differences);
    }

    /** How a topic stands to its definition. */
    public enum State {
        /** Made by this call. */
        CREATED,
        /** Was there, as defined. */
        MATCHES,
        /** Was there, and is not as defined. */
        DIFFERS,
        MISSING
    }

    /** Whether the topic can be used as it is: it exists and is as defined. */
    public boolean asDefined() {
        return state == State.CREATED || state == State.MATCHES;
    }

    /** For a person to read, for example {@code headstream.jobs: created, 12 partitions}. */
    @Override
    public String toString() {
        return switch (state) {
            case CREATED -> topic + ": created, " + partitions + " partitions";
            case MATCHES -> topic + ": as it should be, " + partitions + " partitions";
            case DIFFERS -> topic + ": differs: " + String.join("; ", differences);
            case MISSING -> topic + ": missing";
        };
    }
}
