package dev.headstream.loadgen.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headstream.loadgen.console.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SubmissionLedgerTest {
    private static final Instant NOW = Instant.parse("2026-01-31T09:00:00.123Z");
    private static final Submission A = Submission.live("a", "session \"1\"", NOW);
    private static final Submission B = new Submission("r1|b", "b", null, NOW.plusSeconds(1));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void choose() {
        file = folder.resolve("sent.jsonl");
    }

    @Test
    void read_givenWhatWasAdded_expectsTheSame() {
        try (SubmissionLedger ledger = SubmissionLedger.open(file)) {
            ledger.add(A);
            ledger.add(List.of(B, A));

            assertThat(SubmissionLedger.read(file)).as("before it is closed").containsExactly(A, B, A);
        }
    }

    @Test
    void open_givenLineThatWasCutOff_expectsItGoneAndTheRestKept() throws Exception {
        add(A);
        Files.writeString(file, "{\"executionId\":\"half", StandardOpenOption.APPEND);
        assertThat(SubmissionLedger.read(file)).containsExactly(A);

        add(B);

        assertThat(SubmissionLedger.read(file)).containsExactly(A, B);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void read_givenOnlyJobIdAndTime_expectsALiveExecution() throws Exception {
        Files.writeString(file, "{\"jobId\":\"a\",\"submittedAt\":\"2026-01-31T09:00:00.123Z\"}\n\n");

        assertThat(SubmissionLedger.read(file)).containsExactly(Submission.live("a", null, NOW));
    }

    @Test
    void read_givenBadLine_expectsFileAndLineNamed() throws Exception {
        add(A);
        Files.writeString(file, "{\"jobId\":\"b\"}\n", StandardOpenOption.APPEND);

        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> SubmissionLedger.read(file))
                .withMessageContaining(file + " line 2: jobId and submittedAt are needed");
    }

    @Test
    void read_givenNoFile_expectsItNamed() {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> SubmissionLedger.read(file))
                .withMessageContaining("cannot read the submission ledger " + file);
    }

    private void add(Submission submission) {
        try (SubmissionLedger ledger = SubmissionLedger.open(file)) {
            ledger.add(submission);
        }
    }
}
