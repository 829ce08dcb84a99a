package dev.headstream.pipeline.offset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The ledger against a model that keeps everything and computes everything anew. */
final class OffsetLedgerTest {
    private static final int HISTORIES = 3_000;
    private static final int STEPS = 60;

    @Test
    void ledger_givenRandomHistories_expectsWhatANaiveModelSays() {
        long first = Long.getLong("headstream.seed", System.nanoTime());
        for (long seed = first; seed < first + HISTORIES; seed++) {
            try {
                new History(new Random(seed)).run();
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(
                        "history of -Dheadstream.seed=" + seed + " failed: " + failure.getMessage(), failure);
            }
        }
    }

    @Test
    void pointWith_givenOneStuckOffsetUnderAFullBitmap_expectsTheGateClosedAndEverythingRecorded() {
        OffsetLedger ledger = restored();
        List<Long> offsets = new ArrayList<>();
        for (long offset = 7; ledger.mayFetch(); offset++) {
            ledger.polled(List.of(offset), offset + 1);
            offsets.add(offset);
        }

        CommitPoint point = ledger.pointWith(offsets.subList(1, offsets.size()));

        assertThat(point.offset()).isEqualTo(7);
        assertThat(point.metadata()).hasSizeLessThanOrEqualTo(2_740);
        FinishedOffsets read = CompletedOffsets.decode(point.offset(), point.metadata());
        assertThat(read.contains(7)).isFalse();
        assertThat(offsets.subList(1, offsets.size())).allMatch(read::contains);
    }

    @Test
    void mayFetch_givenTheStuckOffsetFinishes_expectsTheGateOpenAgain() {
        OffsetLedger ledger = restored();
        ledger.polled(List.of(0L), CompletedOffsets.MAX_AHEAD);
        assertThat(ledger.mayFetch()).isFalse();

        ledger.complete(List.of(0L));

        assertThat(ledger.mayFetch()).isTrue();
        assertThat(ledger.pointWith(List.of())).isEqualTo(new CommitPoint(CompletedOffsets.MAX_AHEAD, ""));
    }

    @Test
    void hasReached_givenALastOwnerWhoCommittedTheEnd_expectsNothingLeftToFetch() {
        OffsetLedger ledger = new OffsetLedger();

        ledger.restore(new FinishedOffsets(10, new BitSet()));

        assertThat(ledger.hasReached(10)).isTrue();
        assertThat(ledger.hasReached(11)).isFalse();
    }

    @Test
    void isReady_givenPolledButNotRestored_expectsNothingToCommit() {
        OffsetLedger ledger = new OffsetLedger();
        ledger.polled(List.of(3L), 4);

        assertThat(ledger.isReady()).isFalse();
        assertThat(ledger.moved()).isFalse();
        assertThat(ledger.mayFetch()).isFalse();
    }

    @Test
    void moved_givenOnlyMarkersPassed_expectsTrueUntilCommitted() {
        OffsetLedger ledger = restored();
        ledger.polled(List.of(), 12);
        assertThat(ledger.moved()).isTrue();

        ledger.committed(ledger.pointWith(List.of()));

        assertThat(ledger.moved()).isFalse();
    }

    private static OffsetLedger restored() {
        OffsetLedger ledger = new OffsetLedger();
        ledger.restore(FinishedOffsets.none());
        return ledger;
    }

    /** One partition over several assignments of it, with its log and the truth about what is finished. */
    private static final class History {
        private final Random random;

        /** Offsets that poll returns; what lies between them are markers, aborted records and compacted ones. */
        private final NavigableSet<Long> log = new TreeSet<>();

        /** All that was ever finished, recorded in a commit or not. */
        private final NavigableSet<Long> finished = new TreeSet<>();

        private CommitPoint committed = new CommitPoint(0, "");
        private NavigableSet<Long> finishedAtCommit = new TreeSet<>();
        private NavigableSet<Long> knownAtCommit = new TreeSet<>();
        private long end;

        private OffsetLedger ledger = restored();

        /** What this assignment knows as finished: less than the truth where a commit had no room for it. */
        private NavigableSet<Long> known = new TreeSet<>();

        private NavigableSet<Long> polled = new TreeSet<>();
        private OptionalLong position = OptionalLong.empty();
        private long committedHere = Long.MIN_VALUE;

        History(Random random) {
            this.random = random;
            this.end = random.nextInt(3);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> poll();
                    case 3, 4 -> finish(pick());
                    case 5 -> commit(pick());
                    case 6 -> tryPoint(pick());
                    default -> reassignSometimes();
                }
                check();
            }
        }

        private void poll() {
            if (!ledger.mayFetch()) {
                return;
            }
            long from = position.orElse(committed.offset());
            int count = random.nextInt(12);
            List<Long> records = new ArrayList<>(
                    log.tailSet(from, true).stream().limit(count).toList());
            while (records.size() < count) {
                end += gap();
                records.add(end);
                log.add(end);
                end++;
            }
            boolean behind = !records.isEmpty() && log.higher(records.get(count - 1)) != null;
            long after = records.isEmpty() ? from : records.get(count - 1) + 1;
            if (!behind && log.tailSet(after, true).isEmpty()) {
                end = Math.max(end, after) + (random.nextInt(4) == 0 ? gap() : 0);
                after = end;
            }
            ledger.polled(records, after);
            records.stream().filter(offset -> !known.contains(offset)).forEach(polled::add);
            position = OptionalLong.of(after);
        }

        private long gap() {
            return switch (random.nextInt(150)) {
                case 0 -> random.nextInt(20_000);
                case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> random.nextInt(40);
                default -> random.nextInt(10) == 0 ? 1 : 0;
            };
        }

        /** Some of what runs, in any order. */
        private List<Long> pick() {
            List<Long> running = new ArrayList<>(polled);
            running.removeAll(known);
            Collections.shuffle(running, random);
            return running.subList(0, running.isEmpty() ? 0 : random.nextInt(running.size() + 1));
        }

        private void finish(List<Long> finishing) {
            if (position.isEmpty()) {
                return;
            }
            CommitPoint promised = ledger.pointWith(finishing);
            ledger.complete(finishing);
            known.addAll(finishing);
            finished.addAll(finishing);
            assertThat(ledger.pointWith(List.of()))
                    .as("complete + point equals pointWith")
                    .isEqualTo(promised);
        }

        private void commit(List<Long> finishing) {
            if (!ledger.isReady()) {
                return;
            }
            CommitPoint point = ledger.pointWith(finishing);
            assertThat(point.offset()).as("a watermark never goes back").isGreaterThanOrEqualTo(committed.offset());
            finish(finishing);
            ledger.committed(point);
            assertThat(ledger.moved()).isFalse();
            committed = point;
            committedHere = point.offset();
            finishedAtCommit = new TreeSet<>(finished);
            knownAtCommit = new TreeSet<>(known);
        }

        private void tryPoint(Collection<Long> finishing) {
            if (position.isEmpty()) {
                return;
            }
            CommitPoint before = ledger.pointWith(List.of());
            checkPoint(ledger.pointWith(finishing), finishing);
            assertThat(ledger.pointWith(List.of()))
                    .as("pointWith changes nothing")
                    .isEqualTo(before);
        }

        /** The partition goes to a worker that knows the last commit only; what was finished after it never happened. */
        private void reassignSometimes() {
            if (random.nextInt(3) != 0) {
                return;
            }
            finished.clear();
            finished.addAll(finishedAtCommit);
            known = new TreeSet<>(
                    knownAtCommit.subSet(committed.offset(), committed.offset() + CompletedOffsets.MAX_AHEAD));
            polled = new TreeSet<>();
            position = OptionalLong.empty();
            committedHere = Long.MIN_VALUE;
            ledger = new OffsetLedger();
            assertThat(ledger.mayFetch())
                    .as("nothing is fetched before the restore")
                    .isFalse();
            ledger.restore(CompletedOffsets.decode(committed.offset(), committed.metadata()));
            for (long offset : log.tailSet(committed.offset(), true)) {
                assertThat(ledger.isDone(offset)).as("restored %d", offset).isEqualTo(known.contains(offset));
            }
        }

        private void check() {
            assertThat(ledger.isReady()).isEqualTo(position.isPresent());
            if (position.isEmpty()) {
                assertThat(ledger.mayFetch()).isTrue();
                return;
            }
            long watermark = watermark(known);
            assertThat(ledger.mayFetch())
                    .isEqualTo(position.getAsLong() - watermark < CompletedOffsets.MAX_AHEAD - 512);
            assertThat(ledger.unfinishedCount()).isEqualTo((int)
                    polled.stream().filter(offset -> !known.contains(offset)).count());
            assertThat(ledger.moved()).isEqualTo(watermark > committedHere);
            checkPoint(ledger.pointWith(List.of()), List.of());
        }

        private void checkPoint(CommitPoint point, Collection<Long> finishing) {
            NavigableSet<Long> done = new TreeSet<>(known);
            done.addAll(finishing);
            long watermark = watermark(done);
            assertThat(point.offset()).as("watermark").isEqualTo(watermark);
            NavigableSet<Long> truth = new TreeSet<>(finished);
            truth.addAll(finishing);
            assertThat(truth.containsAll(log.headSet(watermark, false)))
                    .as("all below the watermark %d is finished", watermark)
                    .isTrue();
            assertThat(point.metadata()).hasSizeLessThanOrEqualTo(2_740);
            FinishedOffsets read = CompletedOffsets.decode(point.offset(), point.metadata());
            NavigableSet<Long> ahead = new TreeSet<>();
            read.above().stream().forEach(bit -> ahead.add(point.offset() + bit));
            assertThat(ahead)
                    .as("finished above the watermark")
                    .isEqualTo(done.subSet(watermark, watermark + CompletedOffsets.MAX_AHEAD));
        }

        private long watermark(NavigableSet<Long> done) {
            return polled.stream()
                    .filter(offset -> !done.contains(offset))
                    .findFirst()
                    .orElse(position.orElseThrow());
        }
    }
}
