package dev.headstream.worker.rehearsal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What happened in the outside world, told apart from Kafka: a line for every beginning and end of a step, appended by all
 * workers to one file. A line is written by one call to a file that is open for appending, so that lines of several
 * processes do not mix and outlive a process that is killed. Thread-safe.
 *
 * <p>A line: {@code begin|end|fail|stop}, execution id, step, attempt, microseconds since the epoch, process id; tabs between.
 */
public interface Evidence extends AutoCloseable {

    /** Notes a moment of a step. */
    void note(String moment, String executionId, String step, int attempt);

    @Override
    default void close() {}

    /** Notes nothing. */
    static Evidence none() {
        return (moment, executionId, step, attempt) -> {};
    }

    /**
     * Appends to a file, which is made where there is none.
     *
     * @throws IOException if it cannot be opened
     */
    static Evidence appendingTo(Path file, Clock clock) throws IOException {
        return new EvidenceFile(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), clock);
    }

    /** The file. */
    final class EvidenceFile implements Evidence {
        private final FileChannel channel;
        private final Clock clock;
        private final long pid = ProcessHandle.current().pid();

        EvidenceFile(FileChannel channel, Clock clock) {
            this.channel = channel;
            this.clock = clock;
        }

        @Override
        public void note(String moment, String executionId, String step, int attempt) {
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
            String line = String.join(
                            "\t",
                            moment,
                            executionId,
                            step,
                            String.valueOf(attempt),
                            String.valueOf(micros),
                            String.valueOf(pid))
                    + "\n";
            try {
                channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot append to the evidence", e);
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the evidence", e);
            }
        }
    }
}
