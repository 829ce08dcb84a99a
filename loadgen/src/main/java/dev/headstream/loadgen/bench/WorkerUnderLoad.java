package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.demo.WorkerProcess;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A portal, Kafka and a worker as a process of its own, which is kept busy with searches. All load stays on loopback. What
 * it starts ends with the {@link Cleanup} that it is given. Confined to one thread.
 */
public final class WorkerUnderLoad {
    /** What the portal is asked for at the beginning of each job. */
    public static final String PAGE = "/search";

    private static final String FLOW = "search.yaml";
    private static final Duration DONE = Duration.ofMinutes(2);

    private final Cleanup cleanup;
    private final String prefix;
    private final Consumer<JobResult> finished;
    private final Path work;
    private final Path temporary;
    private final DemoSite site;
    private final JobSender sender;
    private final ResultReader results;
    private final WorkerProcess worker;
    private final ProcessTree tree;
    private long sent;
    private long received;
    private long looked;

    /**
     * Starts all of it; does not wait for the worker.
     *
     * @param prefix the jobs' ids begin with it and a hyphen
     * @param settings of the worker, beside those without which it cannot work
     * @param finished told of each result
     */
    public WorkerUnderLoad(
            Cleanup cleanup, Path launcher, String prefix, Map<String, String> settings, Consumer<JobResult> finished)
            throws Exception {
        this.cleanup = cleanup;
        this.prefix = prefix;
        this.finished = finished;
        Path folder = cleanup.open("folder", ScratchFolder::create).path();
        this.work = cleanup.open("work folder", ScratchFolder::createShort).path();
        this.temporary = Files.createDirectory(folder.resolve("tmp"));
        this.site = cleanup.open("portal", DemoSite::start);
        LocalStack stack = cleanup.open(
                "stack",
                () -> LocalStack.start(LocalStack.Options.defaults()
                        .withDataDirectory(folder.resolve("kafka"))
                        .withPartitions(1)));
        Deployment deployment = new Deployment(stack.bootstrap(), stack.registryUrl(), stack.topics(), Map.of());
        this.sender = cleanup.open("sender", () -> JobSender.open(deployment));
        this.results = cleanup.open("results", () -> ResultReader.open(deployment));
        results.fromEnd();
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("kafka.bootstrapServers", deployment.bootstrap());
        all.put("registry.urls", deployment.registry());
        all.put("flows", flows(folder).toString());
        all.put("workDirectory", work.toString());
        all.put("artifacts", folder.resolve("artifacts").toString());
        all.put("management.port", "0");
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "worker"));
        all.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        Map<String, String> environment =
                Map.of("HEADSTREAM_BUILD", "skip", "HEADSTREAM_SETUP", "skip", "TMPDIR", temporary.toString());
        WorkerProcess.Start start = new WorkerProcess.Start(command, environment, work, folder.resolve("log"));
        this.worker = cleanup.open("worker", () -> WorkerProcess.start(start));
        this.tree = new ProcessTree(worker.pid());
    }

    private static Path flows(Path folder) throws IOException {
        Path flows = Files.createDirectories(folder.resolve("flows"));
        try (InputStream in = WorkerUnderLoad.class.getResourceAsStream(FLOW)) {
            if (in == null) {
                throw new IOException("has no " + FLOW + " in its jar");
            }
            Files.write(flows.resolve(FLOW), in.readAllBytes());
        }
        return flows;
    }

    public WorkerProcess process() {
        return worker;
    }

    /** The worker and what it has started, as of the last {@link #check}. */
    public ProcessTree tree() {
        return tree;
    }

    /** The folder that the worker has for itself while it runs. */
    public Path workFolder() {
        return work;
    }

    /** Where its processes put their temporary files. */
    public Path temporaryFolder() {
        return temporary;
    }

    /** How often jobs have opened their page. */
    public long openedPages() {
        return site.stats().requests(PAGE);
    }

    /** Jobs that were sent. */
    public long sent() {
        return sent;
    }

    /** Jobs whose result has been seen. */
    public long received() {
        return received;
    }

    /** Takes the results that there are, and sends jobs until so many are under way, or so many were sent in all. */
    public void keepBusy(int ahead, long most) {
        take(Duration.ZERO);
        for (; sent - received < ahead && sent < most; sent++) {
            sender.send(JobRequested.newBuilder()
                    .setJobId(prefix + "-" + sent)
                    .setFlow("bench-search")
                    .setInputs(Map.of("site", site.url(), "query", "lamp"))
                    .setSubmittedAt(Instant.now())
                    .setTestRecord(true)
                    .build());
        }
    }

    /** Takes the results that come within a time. */
    public void take(Duration patience) {
        for (JobResult result : results.poll(patience)) {
            if (result.getJobId().startsWith(prefix + "-")) {
                received++;
                finished.accept(result);
            }
        }
    }

    /** Waits until all jobs that were sent have their result, and nothing is under way. */
    public void runEmpty() throws IOException, InterruptedException {
        sender.flush();
        long until = System.nanoTime() + DONE.toNanos();
        while (received < sent) {
            take(Duration.ofMillis(20));
            check(until, "did not finish its jobs within " + DONE.toSeconds() + " s");
        }
        TimeUnit.MILLISECONDS.sleep(500); // the last context closes after its result
    }

    /**
     * Looks whether all is well.
     *
     * @param until by {@link System#nanoTime}
     * @throws IOException with the problem and the worker's last lines, if the time is over or the worker has ended
     */
    public void check(long until, String problem) throws IOException {
        cleanup.throwIfClosing();
        long now = System.nanoTime();
        if (now - looked > TimeUnit.MILLISECONDS.toNanos(250)) {
            looked = now;
            tree.refresh(); // who is seen once is known also as an orphan
        }
        if (!worker.isAlive()) {
            throw new IOException("has ended" + tail());
        }
        if (now > until) {
            throw new IOException(problem + tail());
        }
    }

    /** The worker's last lines, to be put behind a problem. */
    public String tail() {
        return ":\n  " + String.join("\n  ", worker.lastLines(12));
    }
}
