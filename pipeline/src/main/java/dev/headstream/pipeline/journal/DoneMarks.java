package dev.headstream.pipeline.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.agrona.collections.Long2LongHashMap;

/**
 * The ids of finished executions, each as 128 bits of its SHA-256: about 25 to 50 bytes whatever the length of the id.
 * Ids come from outside, so the hash must be one that nobody can make collide: two ids with the same 128 bits would be one
 * job run and one skipped.
 *
 * <p>Marks are kept in generations, in the order in which they came: a generation is given up as a whole once its youngest
 * mark is older than the retention, so a mark lives at least that long and an eighth longer at most. Where two ids share
 * the first 64 of the 128 bits, the older is forgotten; among ten million marks that is one case in 400,000.
 *
 * <p>Not thread-safe.
 */
final class DoneMarks {
    /** What 2^19 slots take: a generation costs 8 MB at most, and growing it never copies more. */
    static final int MOST_IN_A_GENERATION = 340_000;

    private static final int GENERATIONS_IN_A_RETENTION = 8;
    /** Stands for "no mark" in the map: a hash that is the same by chance gives way. */
    private static final long ABSENT = 0;

    private final long retentionMillis;
    private final MessageDigest digest = sha256();
    private final Deque<Generation> generations = new ArrayDeque<>();
    private int size;

    /** Marks by the first half of their hash, with the second half as value. */
    private static final class Generation {
        private final Long2LongHashMap marks = new Long2LongHashMap(ABSENT);
        private final long oldestMillis;
        private long youngestMillis;

        Generation(long oldestMillis) {
            this.oldestMillis = oldestMillis;
            this.youngestMillis = oldestMillis;
        }
    }

    private record Hash(long first, long second) {}

    /** @param retention how long a mark is of use */
    DoneMarks(Duration retention) {
        this.retentionMillis = retention.toMillis();
    }

    /** Adds a mark that was made at a time of the wall clock; false if it is there already. */
    boolean add(String executionId, long madeAtMillis) {
        Hash hash = hash(executionId);
        if (contains(hash)) {
            return false;
        }
        Generation generation = generationFor(madeAtMillis);
        generation.youngestMillis = Math.max(generation.youngestMillis, madeAtMillis);
        if (generation.marks.put(hash.first(), hash.second()) == ABSENT) {
            size++;
        }
        return true;
    }

    boolean contains(String executionId) {
        return size > 0 && contains(hash(executionId));
    }

    void remove(String executionId) {
        Hash hash = hash(executionId);
        for (Generation generation : generations) {
            if (generation.marks.remove(hash.first(), hash.second())) {
                size--;
            }
        }
    }

    int size() {
        return size;
    }

    /** Forgets what is older than the retention. */
    void expire(long nowMillis) {
        while (!generations.isEmpty() && nowMillis - generations.getFirst().youngestMillis > retentionMillis) {
            forgetOldest();
        }
    }

    /** When the youngest mark of the oldest generation was made. */
    OptionalLong oldestMillis() {
        return generations.isEmpty() ? OptionalLong.empty() : OptionalLong.of(generations.getFirst().youngestMillis);
    }

    /** Forgets the oldest generation; returns how many marks that were. */
    int forgetOldest() {
        Generation oldest = generations.pollFirst();
        int forgotten = oldest == null ? 0 : oldest.marks.size();
        size -= forgotten;
        return forgotten;
    }

    private boolean contains(Hash hash) {
        for (Generation generation : generations) {
            if (generation.marks.get(hash.first()) == hash.second()) {
                return true;
            }
        }
        return false;
    }

    private Generation generationFor(long madeAtMillis) {
        Generation latest = generations.peekLast();
        if (latest == null
                || latest.marks.size() >= MOST_IN_A_GENERATION
                || madeAtMillis - latest.oldestMillis > retentionMillis / GENERATIONS_IN_A_RETENTION) {
            latest = new Generation(madeAtMillis);
            generations.addLast(latest);
        }
        return latest;
    }

    private Hash hash(String executionId) {
        ByteBuffer bytes = ByteBuffer.wrap(digest.digest(executionId.getBytes(StandardCharsets.UTF_8)));
        long first = bytes.getLong();
        long second = bytes.getLong();
        return new Hash(first, second == ABSENT ? 1 : second);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
