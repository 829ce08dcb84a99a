package dev.headstream.loadgen.audit;

import static dev.headstream.loadgen.audit.Histories.completed;
import static dev.headstream.loadgen.audit.Histories.ran;
import static dev.headstream.loadgen.audit.Histories.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Each invariant broken once must be found, and nothing else with it. */
final class DeliveryAuditTest {

    @Test
    void judge_givenGoodHistory_expectsAllToHold() {
        AuditReport report = judge(good());

        assertThat(report.findings()).allMatch(Finding::holds);
        assertThat(report.holds()).isTrue();
        assertThat(report.findings())
                .extracting(Finding::invariant)
                .containsExactly(
                        Invariant.ONE_TERMINAL_RECORD,
                        Invariant.WATERMARK,
                        Invariant.SESSION_OVERLAP,
                        Invariant.CHECKPOINTED_STEPS,
                        Invariant.LAG,
                        Invariant.OPEN_TRANSACTIONS,
                        Invariant.NOTHING_SKIPPED);
        assertThat(report.of(Invariant.ONE_TERMINAL_RECORD).checked()).isEqualTo(4);
        assertThat(report.of(Invariant.SESSION_OVERLAP).checked()).isPositive();
        assertThat(report.of(Invariant.CHECKPOINTED_STEPS).checked()).isPositive();
    }

    @Test
    void judge_givenTwoResults_expectsOnlyA() {
        AuditReport report = judge(good().result("a", 0));

        assertOnly(report, Invariant.ONE_TERMINAL_RECORD);
        assertThat(example(report, Invariant.ONE_TERMINAL_RECORD))
                .contains(
                        "a has 2 terminal records", "result at partition 0 offset 0", "result at partition 0 offset 3");
    }

    @Test
    void judge_givenResultAndDeadLetter_expectsOnlyA() {
        assertOnly(judge(good().deadLetter(0)), Invariant.ONE_TERMINAL_RECORD);
    }

    @Test
    void judge_givenTwoDeadLettersOfOneEvent_expectsOnlyA() {
        assertOnly(judge(good().deadLetter(3)), Invariant.ONE_TERMINAL_RECORD);
    }

    @Test
    void judge_givenResultThatNamesAnothersEvent_expectsOnlyA() {
        Histories history = new Histories()
                .event(0, "a")
                .event(1, "b")
                .result("a", 1)
                .result("b", 1)
                .committed(2, 2);

        assertOnly(judge(history), Invariant.ONE_TERMINAL_RECORD);
    }

    @Test
    void judge_givenNoResultAmongTheResults_expectsOnlyA() {
        assertOnly(judge(good().noResultAt(9)), Invariant.ONE_TERMINAL_RECORD);
    }

    @Test
    void judge_givenJobLostBelowTheWatermark_expectsAAndBAndJ() {
        AuditReport report =
                judge(new Histories().event(0, "a").event(1, "b").result("a", 0).committed(2, 2));

        assertOnly(report, Invariant.ONE_TERMINAL_RECORD, Invariant.WATERMARK, Invariant.NOTHING_SKIPPED);
        assertThat(example(report, Invariant.ONE_TERMINAL_RECORD))
                .contains("b has none, its event is at partition 0 offset 1");
        assertThat(example(report, Invariant.WATERMARK)).contains("partition 0 offset 1", "commit of 2");
    }

    @Test
    void judge_givenUnfinishedOffsetMarkedInTheBitmap_expectsB() {
        Histories history = new Histories()
                .event(5, "a")
                .event(6, "b")
                .event(7, "c")
                .result("c", 7)
                .partition(0, 8, OptionalLong.of(5), bitmap(5, 0b110));

        Finding finding = judge(history).of(Invariant.WATERMARK);

        assertThat(finding.checked()).isEqualTo(2);
        assertThat(finding.examples()).singleElement().asString().contains("offset 6", "marks it as finished");
    }

    @Test
    void judge_givenBitmapOfAnotherBase_expectsItIgnored() {
        Histories history = new Histories().event(5, "a").partition(0, 6, OptionalLong.of(5), bitmap(4, 0b11));

        assertThat(judge(history).of(Invariant.WATERMARK).holds()).isTrue();
    }

    @Test
    void judge_givenSessionsOverlap_expectsOnlyD() {
        Histories history = new Histories()
                .event(0, "a", "s")
                .event(1, "b", "s")
                .result("a", 0, ran("x", 0, 4), ran("y", 4, 2))
                .result("b", 1, ran("x", 5, 4))
                .committed(2, 2);

        AuditReport report = judge(history);

        assertOnly(report, Invariant.SESSION_OVERLAP);
        assertThat(example(report, Invariant.SESSION_OVERLAP)).contains("session s of partition 0", "b ran from");
    }

    @Test
    void judge_givenEarlierAttemptOverlapsByItsCheckpoint_expectsOnlyD() {
        Histories history = new Histories()
                .event(0, "a", "s")
                .event(1, "b", "s")
                .checkpoint("a", 0, 1, 7, completed("x", 2, 5))
                .result("b", 1, ran("x", 0, 4))
                .result("a", 0, step("x", StepOutcome.RESUMED, 2, 5), ran("y", 20, 1))
                .committed(2, 2);

        assertOnly(judge(history), Invariant.SESSION_OVERLAP);
    }

    @Test
    void judge_givenOverlapWithinTheTolerance_expectsItToHold() {
        Histories history = new Histories()
                .event(0, "a", "s")
                .event(1, "b", "s")
                .result("a", 0, ran("x", 0, 5))
                .result("b", 1, ran("x", 4, 4))
                .committed(2, 2);
        DeliveryAudit.Options tolerant =
                new DeliveryAudit.Options("g", null, Set.of(), Duration.ofSeconds(1), Duration.ZERO, null, null);

        assertThat(DeliveryAudit.judge(history.history(), tolerant).holds()).isTrue();
    }

    @Test
    void judge_givenReplayBesideLiveWork_expectsNoOverlap() {
        Histories history = new Histories()
                .event(0, "a", "s")
                .event(1, "b", "s")
                .result("a", 0, ran("x", 0, 5))
                .result("b", 1, ran("x", 5, 5))
                .replayed("r1", "a", 0, ran("x", 6, 5))
                .committed(2, 2);

        assertThat(judge(history).holds()).isTrue();
    }

    @Test
    void judge_givenCheckpointedStepRunAgain_expectsOnlyE() {
        AuditReport report = judge(resumed(1, ran("login", 30, 2), ran("search", 32, 1)));

        assertOnly(report, Invariant.CHECKPOINTED_STEPS);
        assertThat(example(report, Invariant.CHECKPOINTED_STEPS)).contains("step login of a was run again");
    }

    @Test
    void judge_givenCheckpointedStepResumedOrReentered_expectsItToHold() {
        Histories reentered = resumed(1, ran("login", 30, 2), ran("search", 32, 1));
        DeliveryAudit.Options entry =
                new DeliveryAudit.Options("g", null, Set.of("login"), Duration.ZERO, Duration.ZERO, null, null);

        assertThat(judge(resumed(1, step("login", StepOutcome.RESUMED, 0, 2), ran("search", 32, 1)))
                        .holds())
                .isTrue();
        assertThat(judge(resumed(2, ran("login", 30, 2))).holds())
                .as("another version of the flow starts over")
                .isTrue();
        assertThat(DeliveryAudit.judge(reentered.history(), entry).holds()).isTrue();
    }

    @Test
    void judge_givenStepCompletedTwiceInTheJournal_expectsOnlyEOnce() {
        Histories history = new Histories()
                .event(0, "a")
                .checkpoint("a", 0, 1, 3, completed("login", 0, 2))
                .checkpoint("a", 0, 1, 13, completed("login", 0, 2), completed("login", 10, 2))
                .checkpoint("a", 0, 1, 20, completed("login", 0, 2), completed("login", 10, 2))
                .result("a", 0)
                .committed(1, 1);

        AuditReport report = judge(history);

        assertOnly(report, Invariant.CHECKPOINTED_STEPS);
        assertThat(report.of(Invariant.CHECKPOINTED_STEPS).breaches()).isEqualTo(1);
    }

    @Test
    void judge_givenJournalGoesOnAfterDone_expectsOnlyE() {
        Histories history = new Histories()
                .event(0, "a")
                .done("a", 0)
                .checkpoint("a", 0, 1, 70, completed("login", 65, 2))
                .result("a", 0)
                .committed(1, 1);

        assertOnly(judge(history), Invariant.CHECKPOINTED_STEPS);
    }

    @Test
    void judge_givenLag_expectsOnlyG() {
        AuditReport report = judge(good().partition(0, 9, OptionalLong.of(7), ""));

        assertOnly(report, Invariant.LAG);
        assertThat(example(report, Invariant.LAG)).contains("ends at 9", "committed is 7");
    }

    @Test
    void judge_givenNothingCommitted_expectsG() {
        AuditReport report = judge(new Histories().partition(0, 3, OptionalLong.empty(), ""));

        assertOnly(report, Invariant.LAG);
    }

    @Test
    void judge_givenCommittedBeyondTheEnd_expectsOnlyG() {
        assertOnly(judge(good().partition(0, 7, OptionalLong.of(8), "")), Invariant.LAG);
    }

    @Test
    void judge_givenEmptyUntouchedPartition_expectsNoLag() {
        assertThat(judge(new Histories().partition(4, 4, OptionalLong.empty(), ""))
                        .holds())
                .isTrue();
    }

    @Test
    void judge_givenOpenTransaction_expectsOnlyH() {
        AuditReport report = judge(good().openTransaction("results-0: producer 7"));

        assertOnly(report, Invariant.OPEN_TRANSACTIONS);
        assertThat(example(report, Invariant.OPEN_TRANSACTIONS)).isEqualTo("results-0: producer 7");
    }

    @Test
    void judge_givenSubmissionThatNeverArrived_expectsAAndJ() {
        AuditReport report = judge(good().submitted("a", "b", "c", "gone"));

        assertOnly(report, Invariant.ONE_TERMINAL_RECORD, Invariant.NOTHING_SKIPPED);
        assertThat(example(report, Invariant.NOTHING_SKIPPED)).startsWith("gone, submitted 2026-01-31T09:00:00Z");
    }

    @Test
    void judge_givenSubmissionThatCannotBeDecoded_expectsItsDeadLetterToDo() {
        assertThat(judge(good().submitted("a", "b", "c", "poison")).holds()).isTrue();
    }

    @Test
    void judge_givenUndecodableEventWithoutDeadLetter_expectsAAndBAndJ() {
        assertOnly(
                judge(new Histories().poison(0, "k").committed(1, 1)),
                Invariant.ONE_TERMINAL_RECORD,
                Invariant.WATERMARK,
                Invariant.NOTHING_SKIPPED);
    }

    @Test
    void judge_givenReplaySubmittedWithoutResult_expectsA() {
        Submission live = Submission.live("a", null, Histories.START);
        Submission replay = new Submission("r1|a", "a", null, Histories.START);

        AuditReport report = judge(good().submitted(live, replay));

        assertOnly(report, Invariant.ONE_TERMINAL_RECORD);
        assertThat(example(report, Invariant.ONE_TERMINAL_RECORD)).startsWith("r1|a has none");
    }

    @Test
    void judge_givenTwoResultsOfOneReplay_expectsOnlyA() {
        assertOnly(judge(good().replayed("r1", "a", 0).replayed("r1", "a", 0)), Invariant.ONE_TERMINAL_RECORD);
        assertThat(judge(good().replayed("r1", "a", 0).replayed("r2", "a", 0)).holds())
                .isTrue();
    }

    @Test
    void judge_givenDuplicateEvent_expectsOneResultToDo() {
        Histories history =
                new Histories().event(0, "a").event(1, "a").result("a", 0).committed(2, 2);

        assertThat(judge(history).holds()).isTrue();
    }

    @Test
    void judge_givenResultOfAnExpiredEvent_expectsItToHold() {
        Histories history = new Histories().result("a", 3).partition(10, 10, OptionalLong.of(10), "");

        assertThat(judge(history).holds()).isTrue();
    }

    @Test
    void report_givenBreaches_expectsThemCountedInWordsAndInJson() throws Exception {
        Histories history = new Histories();
        for (int i = 0; i < 8; i++) {
            history.event(i, "job-" + i);
        }
        AuditReport report = judge(history.committed(0, 8));

        List<String> lines = report.lines(terminal());
        JsonNode json = new ObjectMapper().readTree(report.json());

        assertThat(lines).allMatch(line -> line.length() <= 100);
        assertThat(String.join("\n", lines))
                .contains("A  one terminal record per execution", "broken", "job-0 has none", "and 3 more", "8 events");
        assertThat(json.path("holds").asBoolean(true)).isFalse();
        assertThat(json.path("read").path("events").asInt()).isEqualTo(8);
        assertThat(json.path("findings").get(0).path("invariant").asText()).isEqualTo("A");
        assertThat(json.path("findings").get(0).path("breaches").asInt()).isEqualTo(8);
        assertThat(json.path("findings").get(0).path("examples")).hasSize(5);
    }

    /** Three jobs, a duplicate, an undecodable event, two sessions in turn, and a job that was resumed. */
    private static Histories good() {
        return new Histories()
                .event(0, "a", "s")
                .event(1, "b", "s")
                .event(2, "a", "s")
                .poison(3, "poison")
                .event(5, "c")
                .checkpoint("c", 5, 1, 12, completed("login", 10, 2))
                .done("c", 5)
                .result("a", 0, ran("x", 0, 4))
                .result("b", 1, ran("x", 4, 4))
                .result("c", 5, step("login", StepOutcome.RESUMED, 10, 2), ran("search", 20, 2))
                .deadLetter(3)
                .committed(7, 7);
    }

    /** A job of flow version 1 whose login was checkpointed under a version of the flow. */
    private static Histories resumed(int checkpointVersion, StepReport... steps) {
        return new Histories()
                .event(0, "a")
                .checkpoint("a", 0, checkpointVersion, 3, completed("login", 0, 2))
                .result("a", 0, steps)
                .committed(1, 1);
    }

    private static AuditReport judge(Histories history) {
        return DeliveryAudit.judge(history.history(), DeliveryAudit.Options.of("g"));
    }

    private static String example(AuditReport report, Invariant invariant) {
        return report.of(invariant).examples().get(0);
    }

    private static void assertOnly(AuditReport report, Invariant... broken) {
        assertThat(report.findings().stream()
                        .filter(finding -> !finding.holds())
                        .map(Finding::invariant))
                .containsExactly(broken);
        assertThat(report.holds()).isFalse();
    }

    private static String bitmap(long base, int bits) {
        byte[] map = {(byte) bits};
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(8).putLong(base).flip());
        crc.update(map);
        ByteBuffer out = ByteBuffer.allocate(6)
                .put((byte) 1)
                .putInt((int) crc.getValue())
                .put(map);
        return Base64.getEncoder().withoutPadding().encodeToString(out.array());
    }

    private static Terminal terminal() {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new Terminal(out, false, false, 100, System::nanoTime);
    }
}
