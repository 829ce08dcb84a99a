package dev.headstream.loadgen.submit;

import dev.headstream.v1.JobRequested;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/**
 * A file of jobs that can be read several times in constant memory: once to check all of it, once to send. Standard input is
 * copied to a temporary file for that.
 */
public final class JobFile implements AutoCloseable {
    private final Format format;
    private final Path path;
    private final boolean temporary;

    private JobFile(Format format, Path path, boolean temporary) {
        this.format = format;
        this.path = path;
        this.temporary = temporary;
    }

    /** A file that stays where it is. */
    public static JobFile of(Format format, Path path) {
        return new JobFile(format, path, false);
    }

    /** Reads a stream to its end. */
    public static JobFile spool(Format format, InputStream input) throws IOException {
        Path copy = Files.createTempFile("headstream-submit-", ".tmp");
        copy.toFile().deleteOnExit();
        Files.copy(input, copy, StandardCopyOption.REPLACE_EXISTING);
        return new JobFile(format, copy, true);
    }

    /**
     * Reads all jobs in order.
     *
     * @throws IOException if the file cannot be read
     */
    public void read(JobDefaults defaults, Instant now, Visitor visitor) throws IOException {
        switch (format) {
            case JSONL -> JsonLines.read(path, defaults, now, visitor);
            case CSV -> CsvTable.read(path, defaults, now, visitor);
        }
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            Files.deleteIfExists(path);
        }
    }

    /** How the jobs are written down. */
    public enum Format {
        /** One JSON object a line, with the fields of the event. Empty lines are skipped. */
        JSONL,
        /**
         * RFC 4180 with a heading. Columns named as the event's fields are those, {@code label.NAME} is a label, and every
         * other column ({@code NAME} or {@code input.NAME}) is an input; an empty cell is none.
         */
        CSV
    }

    /** Takes what is found. */
    public interface Visitor {
        /** A job that can be sent. */
        void job(long line, JobRequested job);

        /** Something that has to be put right first. */
        void problem(long line, String problem);
    }

    /** Hands a reading to the visitor. */
    static void visit(Visitor visitor, long line, JobFields.Reading reading) {
        if (reading instanceof JobFields.Reading.Valid valid) {
            visitor.job(line, valid.job());
        } else if (reading instanceof JobFields.Reading.Invalid invalid) {
            invalid.problems().forEach(problem -> visitor.problem(line, problem));
        }
    }
}
