package dev.headstream.loadgen.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The submitter's own account of what it sent, outside Kafka: JSON lines {@code {"executionId", "jobId", "sessionKey",
 * "submittedAt"}}, on disk when {@link #add} returns. Add an event after the broker acknowledged it: whatever stands here
 * must come to a terminal record.
 *
 * <p>A line without its line break was being written when the submitter died. It was never added, so that reading leaves
 * it out and opening takes it away. Thread-safe.
 */
public final class SubmissionLedger implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte LINE_BREAK = '\n';

    private final Path file;
    private final FileChannel channel;

    private SubmissionLedger(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens a ledger to add to, and makes it if it is not there. */
    public static SubmissionLedger open(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.truncate(wholeLines(channel));
            channel.position(channel.size());
            return new SubmissionLedger(file, channel);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot open the submission ledger " + file, failure);
        }
    }

    /** Adds one event. */
    public void add(Submission submission) {
        add(List.of(submission));
    }

    /** Adds events with one write to the disk. */
    public synchronized void add(Collection<Submission> submissions) {
        StringBuilder lines = new StringBuilder();
        submissions.forEach(submission -> lines.append(line(submission)).append((char) LINE_BREAK));
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the submission ledger " + file, failure);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot close the submission ledger " + file, failure);
        }
    }

    /**
     * Reads a ledger.
     *
     * @throws CommandException naming the file, and the line where one is wrong
     */
    public static List<Submission> read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException failure) {
            throw new CommandException(
                    ExitCodes.NO_INPUT, "cannot read the submission ledger " + file + ": " + failure, failure);
        }
        List<Submission> submissions = new ArrayList<>();
        String whole = text.substring(0, text.lastIndexOf((char) LINE_BREAK) + 1);
        int number = 0;
        for (String line : whole.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                submissions.add(submission(line, file, number));
            }
        }
        return submissions;
    }

    private static Submission submission(String line, Path file, int number) {
        try {
            JsonNode node = JSON.readTree(line);
            String jobId = text(node, "jobId");
            String executionId = text(node, "executionId");
            String submittedAt = text(node, "submittedAt");
            if (jobId == null || submittedAt == null) {
                throw wrong(file, number, "jobId and submittedAt are needed", null);
            }
            return new Submission(
                    executionId == null ? jobId : executionId,
                    jobId,
                    text(node, "sessionKey"),
                    Instant.parse(submittedAt));
        } catch (JsonProcessingException | DateTimeParseException | IllegalArgumentException failure) {
            throw wrong(file, number, String.valueOf(failure.getMessage()), failure);
        }
    }

    private static CommandException wrong(Path file, int line, String problem, @Nullable Exception cause) {
        String message = "submission ledger " + file + " line " + line + ": " + problem;
        return cause == null
                ? new CommandException(ExitCodes.DATA, message)
                : new CommandException(ExitCodes.DATA, message, cause);
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }

    private static String line(Submission submission) {
        ObjectNode node = JSON.createObjectNode()
                .put("executionId", submission.executionId())
                .put("jobId", submission.jobId());
        if (submission.sessionKey() != null) {
            node.put("sessionKey", submission.sessionKey());
        }
        node.put("submittedAt", submission.submittedAt().toString());
        return node.toString();
    }

    /** The length of the file up to and with its last line break. */
    private static long wholeLines(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        for (long end = channel.size(); end > 0; end--) {
            one.clear();
            if (channel.read(one, end - 1) == 1 && one.get(0) == LINE_BREAK) {
                return end;
            }
        }
        return 0;
    }
}
