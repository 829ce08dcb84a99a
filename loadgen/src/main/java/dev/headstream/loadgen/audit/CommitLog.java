package dev.headstream.loadgen.audit;

import java.util.List;
import java.util.Map;

/**
 * What a group's coordinator has on record of who owned what and who committed what, in the order in which it was decided.
 *
 * @param entries generations where the coordinator recorded them, commits where their transaction was committed
 */
record CommitLog(List<Entry> entries) {
    CommitLog {
        entries = List.copyOf(entries);
    }

    /** One thing on record. */
    sealed interface Entry {}

    /** Who owns which partition from here on, by client id. */
    record Generation(int number, Map<Integer, String> owners) implements Entry {
        Generation {
            owners = Map.copyOf(owners);
        }
    }

    /**
     * A commit.
     *
     * @param writer the client id of the producer in whose transaction it was; empty if it was in none
     * @param during the generation in which it was accepted
     */
    record Commit(String writer, int partition, long offset, int metadataLength, Generation during) implements Entry {}
}
