package dev.headstream.loadgen.command;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.console.Text;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.submit.JobFile;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.loadgen.submit.JobSender.SendFailedException;
import dev.headstream.loadgen.submit.ResultWait;
import dev.headstream.v1.JobRequested;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends checked jobs, shows how far it is and waits for the results if asked to. Results go to {@code out} alone. */
final class Submission {
    /** Under this many jobs the sending is over before a person could read of its progress. */
    private static final long PROGRESS_FROM = 500;

    private final Deployment deployment;
    private final Duration patience;
    private final Terminal out;
    private final Terminal err;
    private final ResultFormat format;

    Submission(Deployment deployment, Duration patience, Terminal out, Terminal err, ResultFormat format) {
        this.deployment = deployment;
        this.patience = patience;
        this.out = out;
        this.err = err;
        this.format = format;
    }

    /**
     * Sends all jobs.
     *
     * @param ownIds whether the ids are the user's: then a job may have run before, and its result may be there already
     * @param timeout how long to wait for results after sending; null not to wait
     * @return the exit code
     */
    int run(long count, boolean ownIds, Jobs jobs, @Nullable Duration timeout) throws IOException {
        String results = deployment.topics().results();
        if (timeout == null) {
            deployment.require(patience, deployment.topics().jobs());
            send(count, jobs, null);
            return ExitCodes.OK;
        }
        deployment.require(patience, deployment.topics().jobs(), results);
        try (ResultReader reader = ResultReader.open(deployment)) {
            if (!ownIds) {
                // fixed before sending, so that no result can slip through in between
                reader.fromEnd();
            }
            ResultWait waiting = new ResultWait(reader, System::nanoTime);
            send(count, jobs, waiting);
            return await(waiting, timeout);
        }
    }

    private void send(long count, Jobs jobs, @Nullable ResultWait waiting) throws IOException {
        long start = System.nanoTime();
        try (JobSender sender = JobSender.open(deployment)) {
            Sending sending = new Sending(sender, count, start, waiting);
            jobs.forEach(sending);
            sender.flush();
            err.endLive();
            if (count == 1 && waiting == null) {
                out.line(sending.lastId);
                err.line("sent to " + sender.lastPosition() + "; its result: headstream results --follow --job "
                        + sending.lastId);
            } else {
                err.line("sent " + Figures.counted(sender.acknowledged(), "job") + " to "
                        + deployment.topics().jobs() + " in "
                        + Figures.duration((System.nanoTime() - start) / 1_000_000));
            }
        } catch (SendFailedException failed) {
            err.endLive();
            throw new CommandException(ExitCodes.UNAVAILABLE, String.valueOf(failed.getMessage()), failed);
        }
    }

    private int await(ResultWait waiting, Duration timeout) {
        ResultPrinter printer = new ResultPrinter(out, format);
        waiting.await(
                timeout,
                result -> {
                    // both streams may be the same terminal: the rows must not end up inside the live block
                    err.endLive();
                    printer.add(result);
                },
                () -> {
                    printer.show();
                    progress(waiting);
                });
        err.endLive();
        printer.show();
        long finished = waiting.succeeded() + waiting.others();
        List<String> open = waiting.open().stream().limit(3).map(Text::oneLine).toList();
        err.line(err.paint(
                waiting.others() + waiting.open().size() == 0 ? Style.GREEN : Style.RED,
                Figures.count(waiting.succeeded()) + " of "
                        + Figures.counted(finished + waiting.open().size(), "job") + " succeeded"));
        if (!open.isEmpty()) {
            err.line("no result within " + Figures.duration(timeout) + " for "
                    + Figures.counted(waiting.open().size(), "job") + ", for example "
                    + open.stream().collect(Collectors.joining(", "))
                    + ": is a worker running (headstream worker)?");
        }
        return waiting.others() == 0 && open.isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void progress(ResultWait waiting) {
        long finished = waiting.succeeded() + waiting.others();
        String line = "waiting: " + Figures.count(finished) + " of "
                + Figures.count(finished + waiting.open().size()) + " results";
        err.live(List.of(line), line);
    }

    /** The jobs, in order; called once. */
    interface Jobs {
        void forEach(JobFile.Visitor visitor) throws IOException;
    }

    private final class Sending implements JobFile.Visitor {
        private final JobSender sender;
        private final long count;
        private final long start;
        private final @Nullable ResultWait waiting;
        private long sent;
        private String lastId = "";

        Sending(JobSender sender, long count, long start, @Nullable ResultWait waiting) {
            this.sender = sender;
            this.count = count;
            this.start = start;
            this.waiting = waiting;
        }

        @Override
        public void job(long line, JobRequested job) {
            if (waiting != null) {
                waiting.expect(job.getJobId());
            }
            sender.send(job);
            lastId = job.getJobId();
            sent++;
            if (count >= PROGRESS_FROM && sent % 100 == 0) {
                long acknowledged = sender.acknowledged();
                long seconds = Math.max(1, (System.nanoTime() - start) / 1_000_000_000);
                String text = "sending: " + Figures.count(acknowledged) + " of " + Figures.count(count) + ", "
                        + Figures.count(acknowledged / seconds) + " a second";
                err.live(List.of(text), text);
            }
        }

        @Override
        public void problem(long line, String problem) {
            throw new CommandException(
                    ExitCodes.DATA,
                    "the file has changed while it was read; line " + line + ": " + problem + " ("
                            + Figures.counted(sent, "job") + " before it were sent)");
        }
    }
}
