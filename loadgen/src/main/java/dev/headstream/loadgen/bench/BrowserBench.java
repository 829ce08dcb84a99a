package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.site.SiteStats;
import dev.headstream.loadgen.stack.LocalStack;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the same browser jobs in different designs and measures them. The designs take turns: every round runs each of
 * them once, each time beginning with another one, so that a machine that gets slower or busier treats them alike.
 *
 * <p>A job opens the demo portal's search page in a fresh context (HTML, CSS, about 90 KB of script, twelve pictures),
 * fills the field, clicks, waits for results that the portal fetches within 200 to 1000 ms, reads them and closes the
 * context. All load stays on loopback. Confined to one thread, but for {@link #close}.
 */
public final class BrowserBench implements AutoCloseable {
    private static final String SITE = "demo-search";
    private static final String QUERY = "lamp";
    private static final String FLOW = "search.yaml";

    private final Settings settings;
    private final Workplace workplace;
    private final Listener listener;
    private final Path folder;
    private final DemoSite site;
    private @Nullable LocalStack stack;
    private volatile @Nullable Arm current;
    private volatile boolean closed;

    /**
     * What is run.
     *
     * @param jobs jobs a round and design
     * @param lanes jobs at a time
     */
    public record Settings(int jobs, int lanes, int rounds, List<Design> designs) {
        public Settings {
            designs = List.copyOf(designs);
            within("jobs", jobs, 1, 100_000);
            within("lanes", lanes, 1, 64);
            within("rounds", rounds, 1, 100);
            if (designs.isEmpty() || designs.stream().distinct().count() != designs.size()) {
                throw new IllegalArgumentException("name at least one design, and none of them twice");
            }
        }

        static void within(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        "the number of " + name + " is from " + least + " to " + most + ", not " + value);
            }
        }
    }

    /** Told how the bench gets on; called on the bench's thread. */
    public interface Listener {
        /** An arm is at work. */
        void working(int round, Design design, long openedPages);

        /** An arm has done its round. */
        void measured(int round, Design design, String summary);

        /** An arm failed; its design is left out from here on. */
        void failed(int round, Design design, String problem);
    }

    /**
     * What came out.
     *
     * @param designs those that did all their rounds, in the order in which they were asked for
     * @param problems what kept others from it, by design
     */
    public record Outcome(List<DesignResult> designs, Map<Design, String> problems) {
        public Outcome {
            designs = List.copyOf(designs);
            problems = Map.copyOf(problems);
        }

        /** Whether every design ran and no job failed. */
        public boolean isComplete() {
            return problems.isEmpty() && designs.stream().allMatch(design -> design.failed() == 0);
        }
    }

    private BrowserBench(Settings settings, Workplace workplace, Listener listener, Path folder, DemoSite site) {
        this.settings = settings;
        this.workplace = workplace;
        this.listener = listener;
        this.folder = folder;
        this.site = site;
    }

    /**
     * Gets ready: starts the portal and makes a folder for all temporary files.
     *
     * @throws CommandException if this machine does not show what is to be measured
     */
    public static BrowserBench open(Settings settings, Workplace workplace, Listener listener) throws IOException {
        if (!ProcessTree.isSupported()) {
            throw new CommandException(
                    ExitCodes.UNAVAILABLE,
                    "memory and CPU time are read from /proc/PID/smaps_rollup, which only Linux 4.14 or later has");
        }
        Path folder = Files.createTempDirectory("headstream-bench");
        return new BrowserBench(settings, workplace, listener, folder, DemoSite.start());
    }

    /** Runs all rounds. */
    public Outcome run() throws IOException, InterruptedException {
        Map<Design, List<Arm.Measurement>> measured = new EnumMap<>(Design.class);
        Map<Design, String> problems = new LinkedHashMap<>();
        for (int round = 0; round < settings.rounds() && !closed; round++) {
            for (Design design : inTurn(settings.designs(), round)) {
                if (!problems.containsKey(design) && !closed) {
                    runArm(round, design, measured, problems);
                }
            }
        }
        List<DesignResult> results = settings.designs().stream()
                .filter(design -> !problems.containsKey(design))
                .map(design ->
                        DesignResult.of(design, SITE, settings.lanes(), measured.getOrDefault(design, List.of())))
                .toList();
        return new Outcome(results, problems);
    }

    /** Ends whatever runs and removes all temporary files. May be called from any thread and more than once. */
    @Override
    public void close() throws IOException {
        closed = true;
        Arm running = current;
        if (running != null) {
            running.stop();
        }
        closeStack();
        site.close();
        removeFolder();
    }

    /** The designs, each round beginning with the next one. */
    static <T> List<T> inTurn(List<T> designs, int round) {
        List<T> turned = new ArrayList<>(designs);
        Collections.rotate(turned, -round % designs.size());
        return turned;
    }

    private void runArm(
            int round, Design design, Map<Design, List<Arm.Measurement>> measured, Map<Design, String> problems)
            throws InterruptedException {
        try {
            listener.working(round, design, 0);
            Arm.Measurement measurement = measure(round, design);
            measured.computeIfAbsent(design, unused -> new ArrayList<>()).add(measurement);
            listener.measured(round, design, BenchReport.summary(measurement));
        } catch (IOException e) {
            if (!closed) {
                problems.put(design, design.id() + " " + e.getMessage());
                listener.failed(round, design, problems.get(design));
            }
        }
    }

    private Arm.Measurement measure(int round, Design design) throws IOException, InterruptedException {
        Path report = folder.resolve(design.id() + ".json");
        Arm.Task task = new Arm.Task(
                design.id(),
                command(design, report),
                environment(design),
                folder,
                report,
                settings.jobs(),
                settings.lanes());
        if (design == Design.HEADSTREAM_KAFKA) {
            try (KafkaWork work = backlog(round, report)) {
                return run(round, design, task, work);
            }
        }
        return run(round, design, task, new WorkSeenBySite(site));
    }

    private Arm.Measurement run(int round, Design design, Arm.Task task, Arm.Work work)
            throws IOException, InterruptedException {
        Arm arm = Arm.start(task);
        current = arm;
        try {
            return arm.run(task, work, opened -> listener.working(round, design, opened));
        } finally {
            arm.stop();
            current = null;
        }
    }

    private List<String> command(Design design, Path report) throws IOException, InterruptedException {
        if (design == Design.HEADSTREAM) {
            return headstream(report);
        }
        if (design == Design.HEADSTREAM_KAFKA) {
            return List.of(launcher().toString(), "worker");
        }
        if (design == Design.PUPPETEER_CLUSTER) {
            return puppeteerCluster(report);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // as the launcher starts `flow run`, so that the Java half of every design is the same
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                ArmMain.class.getName()));
        command.addAll(new ArmMain.Settings(
                        design, workplace.chromium(), site.url(), QUERY, settings.jobs(), settings.lanes(), report)
                .arguments());
        return command;
    }

    private List<String> puppeteerCluster(Path report) throws IOException, InterruptedException {
        Path home = Files.createDirectories(folder.resolve("npm"));
        return List.of(
                workplace.node().toString(),
                PuppeteerCluster.in(home).toString(),
                workplace.chromium().toString(),
                site.url(),
                QUERY,
                Integer.toString(settings.jobs()),
                Integer.toString(settings.lanes()),
                report.toString());
    }

    private List<String> headstream(Path report) throws IOException {
        return List.of(
                launcher().toString(),
                "flow",
                "run",
                flows().resolve(FLOW).toString(),
                "--input",
                "site=" + site.url(),
                "--input",
                "query=" + QUERY,
                "--repeat",
                Integer.toString(settings.jobs()),
                "--contexts",
                Integer.toString(settings.lanes()),
                "--report",
                report.toString());
    }

    private Map<String, String> environment(Design design) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>(Arm.environment(workplace, folder));
        if (design == Design.HEADSTREAM_KAFKA) {
            Deployment deployment = deployment();
            environment.put("HEADSTREAM_KAFKA_BOOTSTRAP_SERVERS", deployment.bootstrap());
            environment.put("HEADSTREAM_REGISTRY_URLS", deployment.registry());
            environment.put("HEADSTREAM_FLOWS", flows().toString());
            environment.put("HEADSTREAM_CONTEXTS_MAX", Integer.toString(settings.lanes()));
            environment.put("HEADSTREAM_MANAGEMENT_PORT", "0");
            environment.put("HEADSTREAM_ARTIFACTS", folder.resolve("artifacts").toString());
        }
        return environment;
    }

    private KafkaWork backlog(int round, Path report) throws IOException {
        return KafkaWork.send(
                deployment(),
                new WorkSeenBySite(site),
                "bench-" + round + "-",
                settings.jobs(),
                "bench-search",
                Map.of("site", site.url(), "query", QUERY),
                report);
    }

    /** Kafka for the design that needs it, started when it is first asked for: it is not part of what is measured. */
    private synchronized Deployment deployment() throws IOException {
        if (closed) {
            throw new IOException("was stopped");
        }
        LocalStack running = stack;
        if (running == null) {
            running = LocalStack.start(LocalStack.Options.defaults()
                    .withDataDirectory(folder.resolve("kafka"))
                    .withPartitions(settings.lanes()));
            stack = running;
        }
        return new Deployment(running.bootstrap(), running.registryUrl(), running.topics(), Map.of());
    }

    private synchronized void closeStack() {
        LocalStack running = stack;
        stack = null;
        if (running != null) {
            running.close();
        }
    }

    private Path launcher() throws IOException {
        return workplace
                .launcher()
                .orElseThrow(() -> new IOException(
                        "cannot run without deploy/headstream: start the bench with it, or from the project's folder"));
    }

    /** The folder with the bench's one flow. */
    private Path flows() throws IOException {
        Path flows = Files.createDirectories(folder.resolve("flows"));
        try (InputStream in = BrowserBench.class.getResourceAsStream(FLOW)) {
            if (in == null) {
                throw new IOException("has no " + FLOW + " in its jar");
            }
            Files.write(flows.resolve(FLOW), in.readAllBytes());
        }
        return flows;
    }

    private void removeFolder() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> paths = Files.walk(folder)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }

    /** The work since an arm was started, by the counters of the site that it works on. */
    private static final class WorkSeenBySite implements Arm.Work {
        private final DemoSite site;
        private final SiteStats before;

        WorkSeenBySite(DemoSite site) {
            this.site = site;
            this.before = site.stats();
        }

        @Override
        public boolean hasBegun() {
            return openedPages() > 0 || site.stats().requests("/healthz") > before.requests("/healthz");
        }

        @Override
        public long openedPages() {
            return site.stats().requests("/search") - before.requests("/search");
        }
    }
}
