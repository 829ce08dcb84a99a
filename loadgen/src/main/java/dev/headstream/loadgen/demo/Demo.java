package dev.headstream.loadgen.demo;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.loadgen.stack.StackException;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.v1.JobResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/**
 * One run of the demo, wired: scratch folder, stack, portal, worker, jobs, results, figures. Whatever it starts is ended and
 * whatever it writes is gone when {@link #run} returns or the process is stopped, except for what the user asked to keep.
 */
public final class Demo {
    private static final Duration POLL = Duration.ofMillis(250);
    /** A little more than the worker's own bound. */
    private static final Duration DRAIN = Duration.ofSeconds(35);

    private final DemoOptions options;
    private final Terminal out;
    private final Cleanup cleanup = new Cleanup();

    public Demo(DemoOptions options, Terminal out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 only if every job has exactly one SUCCEEDED result
     * @throws CommandException if something that is needed cannot be started
     */
    public int run() throws Exception {
        cleanup.closeAtExit();
        try {
            return runStages();
        } catch (Cleanup.StoppedException stopped) {
            return ExitCodes.INTERRUPTED;
        } catch (Exception failure) {
            if (cleanup.isClosing()) {
                // what fails while it is taken down from outside is no news
                return ExitCodes.INTERRUPTED;
            }
            throw failure;
        } finally {
            out.endLive();
            cleanup.close();
        }
    }

    private int runStages() throws Exception {
        ScratchFolder folder = cleanup.open("folder", this::folder);
        Deployment deployment = startStack(folder);
        DemoSite site = cleanup.open("demo portal", DemoSite::start);
        say("Demo portal", site.url());
        DemoJobs jobs = new DemoJobs(DemoJobs.newRun(new Random()), options.jobs(), site.url());
        try (ResultReader reader = ResultReader.open(deployment)) {
            reader.fromEnd();
            WorkerSupervisor supervisor = startWorker(deployment, folder);
            long workerStarted = supervisor.worker().startedMillis();
            WorkerWatch watch = cleanup.open(
                    "watch", () -> WorkerWatch.start(() -> supervisor.worker().managementPort()));
            send(deployment, jobs);
            out.line();
            boolean all = follow(reader, supervisor, watch, jobs, workerStarted);
            double wallSeconds = (System.currentTimeMillis() - workerStarted) / 1000.0;
            out.endLive();
            if (!all) {
                complain(supervisor);
            }
            watch.close();
            // its last transaction must be finished before duplicates are counted
            supervisor.drain(DRAIN);
            DemoResults results = readBack(deployment, jobs);
            DemoFigures figures = DemoFigures.of(
                    new DemoFigures.Run(
                            jobs.run(),
                            options.jobs(),
                            options.contexts(),
                            workerStarted,
                            wallSeconds,
                            supervisor.restarts()),
                    results,
                    watch.pssPeakBytes(),
                    watch.pssPeakByProcess());
            return report(figures, results, folder);
        }
    }

    private ScratchFolder folder() throws IOException {
        return options.data() == null ? ScratchFolder.create() : ScratchFolder.kept(options.data());
    }

    private Deployment startStack(ScratchFolder folder) throws Exception {
        out.line(out.paint(Style.DIM, "starting Kafka and a schema registry in this process ..."));
        LocalStack stack = cleanup.open(
                "stack",
                () -> LocalStack.prepare(LocalStack.Options.defaults()
                        .withDataDirectory(folder.path())
                        .withPartitions(options.partitions())));
        try {
            stack.start();
        } catch (StackException failure) {
            cleanup.throwIfClosing();
            throw new CommandException(ExitCodes.UNAVAILABLE, String.valueOf(failure.getMessage()), failure);
        }
        say("Kafka", stack.bootstrap());
        say("Registry", stack.registryUrl());
        return new Deployment(stack.bootstrap(), stack.registryUrl(), stack.topics(), Map.of());
    }

    private WorkerSupervisor startWorker(Deployment deployment, ScratchFolder folder) throws Exception {
        Path work = cleanup.open("worker's folder", ScratchFolder::createShort).path();
        Path log = folder.path().resolve("worker.log");
        // settings by environment: every key of the worker's configuration has its variable
        Map<String, String> settings = Map.ofEntries(
                Map.entry("HEADSTREAM_NAME", "demo-worker"),
                Map.entry("HEADSTREAM_KAFKA_BOOTSTRAP_SERVERS", deployment.bootstrap()),
                Map.entry("HEADSTREAM_REGISTRY_URLS", deployment.registry()),
                Map.entry("HEADSTREAM_FLOWS", options.flows().toString()),
                Map.entry("HEADSTREAM_CONTEXTS_MAX", String.valueOf(options.contexts())),
                Map.entry("HEADSTREAM_MANAGEMENT_PORT", "0"),
                Map.entry("HEADSTREAM_WORK_DIRECTORY", work.toString()),
                Map.entry("HEADSTREAM_ARTIFACTS", folder.folder("artifacts").toString()),
                Map.entry("HEADSTREAM_BUILD", "skip"),
                Map.entry("HEADSTREAM_SETUP", "skip"));
        WorkerSupervisor supervisor = WorkerSupervisor.start(
                new WorkerProcess.Start(options.workerCommand(), settings, work, log),
                cleanup,
                line -> out.line(out.paint(Style.YELLOW, line)),
                System::nanoTime);
        say(
                "Worker",
                "process " + supervisor.worker().pid() + ", " + Figures.counted(options.contexts(), "context")
                        + (folder.temporary() ? "" : ", says more in " + log));
        return supervisor;
    }

    private void send(Deployment deployment, DemoJobs jobs) {
        cleanup.throwIfClosing();
        try (JobSender sender = JobSender.open(deployment)) {
            jobs.all(Instant.now()).forEach(sender::send);
            sender.flush();
        }
        say("Jobs", Figures.counted(jobs.count(), "job") + " sent, " + jobs.run() + "-1 and on");
    }

    /** Shows how the results come in until all are there; false if they stopped coming. */
    private boolean follow(
            ResultReader reader, WorkerSupervisor supervisor, WorkerWatch watch, DemoJobs jobs, long workerStarted)
            throws Exception {
        DemoResults results = new DemoResults();
        OptionalInt console = OptionalInt.empty();
        DemoProgress progress = new DemoProgress(out, options.jobs(), options.contexts());
        long lastNews = System.nanoTime();
        while (results.jobs() < options.jobs()) {
            cleanup.throwIfClosing();
            for (JobResult result : reader.poll(POLL)) {
                if (jobs.owns(result.getJobId())) {
                    results.add(result);
                    lastNews = System.nanoTime();
                }
            }
            supervisor.tend();
            console = nameConsole(console, supervisor.worker().managementPort());
            progress.show(results, watch.latest(), watch.pssPeakBytes(), System.currentTimeMillis() - workerStarted);
            if (System.nanoTime() - lastNews > options.patience().toNanos()) {
                return false;
            }
        }
        return true;
    }

    /** Says where the worker's page is, as soon as it is there, and again if a restart put it elsewhere. */
    private OptionalInt nameConsole(OptionalInt named, OptionalInt port) {
        if (port.isEmpty() || port.equals(named)) {
            return named;
        }
        out.endLive();
        say("Console", "http://127.0.0.1:" + port.getAsInt() + "/ while the worker runs");
        return port;
    }

    private void complain(WorkerSupervisor supervisor) {
        out.line(out.paint(
                Style.RED,
                "No new result for " + Figures.duration(options.patience()) + ": giving up. The worker's last lines:"));
        supervisor.worker().lastLines(15).forEach(line -> out.line("  " + line));
        out.line();
    }

    private DemoResults readBack(Deployment deployment, DemoJobs jobs) {
        cleanup.throwIfClosing();
        DemoResults results = new DemoResults();
        try (ResultReader reader = ResultReader.open(deployment)) {
            ResultReader.End end = reader.end();
            while (!reader.isAt(end)) {
                cleanup.throwIfClosing();
                for (JobResult result : reader.poll(POLL)) {
                    if (jobs.owns(result.getJobId())) {
                        results.add(result);
                    }
                }
            }
        }
        return results;
    }

    private int report(DemoFigures figures, DemoResults results, ScratchFolder folder) throws IOException {
        DemoReport report = new DemoReport(out);
        report.show(figures, results.unsuccessful());
        report.showNext(!folder.temporary(), folder.path().toString(), figures.run() + "-1");
        if (options.json() != null) {
            figures.write(options.json());
            out.line();
            out.line("Figures as JSON: " + options.json());
        }
        return figures.passed() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void say(String what, String text) {
        out.line(String.format("%-13s", what) + text);
    }
}
