package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.site.SiteStats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The same jobs at a heavy page, with pictures, fonts, films or other hosts blocked, each alone and all together. The arms
 * take turns: every round runs each of them once, each time beginning with another one. Without Kafka; all load stays on
 * loopback. Confined to one thread, but for {@link #close}.
 */
public final class PagesBench implements AutoCloseable {
    private static final String FLOW = "pages.yaml";
    private static final String PAGE = "/gallery";

    private final Settings settings;
    private final Workplace workplace;
    private final Path launcher;
    private final Listener listener;
    private final ScratchFolder folder;
    private final DemoSite site;
    private volatile Optional<Arm> current = Optional.empty();
    private volatile boolean closed;

    /**
     * What is run.
     *
     * @param jobs jobs a round and arm
     * @param lanes jobs at a time
     */
    public record Settings(int jobs, int lanes, int rounds, List<PagesArm> arms) {
        public Settings {
            arms = List.copyOf(arms);
            BrowserBench.Settings.within("jobs", jobs, 1, 100_000);
            BrowserBench.Settings.within("lanes", lanes, 1, 64);
            BrowserBench.Settings.within("rounds", rounds, 1, 100);
            if (arms.isEmpty() || arms.stream().distinct().count() != arms.size()) {
                throw new IllegalArgumentException("name at least one arm, and none of them twice");
            }
        }
    }

    /** Told how the bench gets on; called on the bench's thread. */
    public interface Listener {
        /** An arm is at work. */
        void working(int round, PagesArm arm, long openedPages);

        /** An arm has done its round. */
        void measured(int round, PagesArm arm, String summary);
    }

    private PagesBench(
            Settings settings,
            Workplace workplace,
            Path launcher,
            Listener listener,
            ScratchFolder folder,
            DemoSite site) {
        this.settings = settings;
        this.workplace = workplace;
        this.launcher = launcher;
        this.listener = listener;
        this.folder = folder;
        this.site = site;
    }

    /**
     * Gets ready: starts the portal and makes a folder for all temporary files.
     *
     * @param launcher {@code deploy/headstream}, which runs the jobs
     * @throws CommandException if this machine does not show what is to be measured
     */
    public static PagesBench open(Settings settings, Workplace workplace, Path launcher, Listener listener)
            throws IOException {
        if (!ProcessTree.isSupported()) {
            throw new CommandException(
                    ExitCodes.UNAVAILABLE, "CPU time is read from /proc as only Linux 4.14 or later has it");
        }
        return new PagesBench(settings, workplace, launcher, listener, ScratchFolder.createShort(), DemoSite.start());
    }

    /**
     * Runs all rounds.
     *
     * @throws IOException if an arm could not be run, with what it said
     */
    public List<PagesFigures> run() throws IOException, InterruptedException {
        Map<PagesArm, List<PagesFigures.Round>> measured = new EnumMap<>(PagesArm.class);
        for (int round = 0; round < settings.rounds(); round++) {
            for (PagesArm arm : BrowserBench.inTurn(settings.arms(), round)) {
                if (closed) {
                    throw new IOException("the bench was stopped");
                }
                PagesFigures.Round done = measure(round, arm);
                measured.computeIfAbsent(arm, unused -> new ArrayList<>()).add(done);
                listener.measured(round, arm, BenchReport.summary(done.measured()));
            }
        }
        return settings.arms().stream()
                .map(arm -> PagesFigures.of(arm, measured.getOrDefault(arm, List.of())))
                .toList();
    }

    private PagesFigures.Round measure(int round, PagesArm arm) throws IOException, InterruptedException {
        Path report = folder.path().resolve(arm.id() + ".json");
        Arm.Task task = new Arm.Task(
                arm.id(),
                command(arm, report),
                Arm.environment(workplace, folder.path()),
                folder.path(),
                report,
                settings.jobs(),
                settings.lanes());
        SiteStats before = site.stats();
        Arm running = Arm.start(task);
        current = Optional.of(running);
        try {
            Arm.Measurement measurement =
                    running.run(task, new Opened(site, before), opened -> listener.working(round, arm, opened));
            SiteStats after = site.stats();
            return new PagesFigures.Round(
                    measurement, after.bytesSent() - before.bytesSent(), after.requests() - before.requests());
        } catch (IOException e) {
            throw new IOException("the jobs of arm '" + arm.id() + "' " + e.getMessage(), e);
        } finally {
            running.stop();
            current = Optional.empty();
        }
    }

    private List<String> command(PagesArm arm, Path report) throws IOException {
        Path flow = folder.folder("flows").resolve(arm.id() + ".yaml");
        try (InputStream in = Objects.requireNonNull(PagesBench.class.getResourceAsStream(FLOW))) {
            Files.writeString(flow, arm.in(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
        return List.of(
                launcher.toString(),
                "flow",
                "run",
                flow.toString(),
                "--input",
                "site=" + site.url(),
                "--repeat",
                Integer.toString(settings.jobs()),
                "--contexts",
                Integer.toString(settings.lanes()),
                "--report",
                report.toString());
    }

    /** Ends whatever runs and removes all temporary files. May be called from any thread and more than once. */
    @Override
    public void close() throws IOException {
        closed = true;
        current.ifPresent(Arm::stop);
        site.close();
        folder.close();
    }

    /** The work since an arm was started, by the counters of the site that it works on. */
    private record Opened(DemoSite site, SiteStats before) implements Arm.Work {
        @Override
        public boolean hasBegun() {
            return openedPages() > 0;
        }

        @Override
        public long openedPages() {
            return site.stats().requests(PAGE) - before.requests(PAGE);
        }
    }
}
