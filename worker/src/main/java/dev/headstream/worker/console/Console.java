package dev.headstream.worker.console;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.pipeline.metrics.Meters;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.BrowserProcess;
import dev.headstream.worker.browser.BrowserState;
import dev.headstream.worker.browser.LaneSnapshot;
import dev.headstream.worker.capacity.Breach;
import dev.headstream.worker.capacity.MemorySample;
import dev.headstream.worker.capacity.MemorySampler;
import dev.headstream.worker.management.Audience;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.ManagementServer;
import dev.headstream.worker.run.RunObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns what the console knows. It is made before anything else, so that the page is there while the worker starts; the
 * parts of the worker are shown to it as they come. Reads only, keeps the last of everything in bounded memory, and holds
 * no inputs, outputs or secrets. Thread-safe; nothing that the worker's threads call here blocks or throws.
 */
public final class Console {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final int HAPPENINGS = 100;
    private static final int FAILURES = 30;

    private final Identity identity;
    private final Health health;
    private final Figures figures;
    private final Clock clock;
    private final RunningJobs running = new RunningJobs(System::nanoTime);
    private final StepTimes steps;
    private final History history = new History();
    private final Recent<Happening> happenings = new Recent<>(HAPPENINGS);
    private final Recent<Failure> failures = new Recent<>(FAILURES);
    private final SecureRandom ids = new SecureRandom();

    private volatile Lanes lanes = Lanes.NONE;
    private volatile Queue queue = Queue.NONE;
    private volatile Optional<Memory> memory = Optional.empty();
    private volatile @Nullable Breach breach;
    private volatile @Nullable Instant lastCommit;
    private long commits;

    /** Who the worker is. */
    public record Identity(
            String worker, String version, String group, String topic, String delivery, Instant startedAt) {}

    /**
     * The lanes of a worker with a browser. All are asked on the server's threads.
     *
     * @param max contexts that there can be at a time
     */
    public record Lanes(
            Supplier<List<LaneSnapshot>> rows,
            Supplier<Optional<BrowserProcess>> browser,
            Supplier<BrowserState> state,
            IntSupplier limit,
            int max) {
        static final Lanes NONE = new Lanes(List::of, Optional::empty, () -> BrowserState.RESTARTING, () -> 0, 0);
    }

    /** What waits for lanes; asked on the server's threads. */
    public record Queue(IntSupplier running, IntSupplier waiting, int maxWaiting) {
        static final Queue NONE = new Queue(() -> 0, () -> 0, 0);
    }

    /** Memory and the shares of its limit that it is kept under. */
    record Memory(MemorySampler sampler, double soft, double hard) {}

    /** @param flows what can run, which bounds the steps that are kept */
    public Console(Identity identity, MeterRegistry meters, Health health, KnownFlows flows, Clock clock) {
        this.identity = identity;
        this.health = health;
        this.figures = new Figures(meters);
        this.steps = new StepTimes(flows);
        this.clock = clock;
    }

    /** Puts the page at {@code /} and what it needs below {@code /console/}. */
    public ManagementServer.Builder on(ManagementServer.Builder server, Audience audience) {
        return new ConsolePages(new StateDocument(this), failures).on(server, audience);
    }

    /** Begins to note how things go; on the scheduler, which stays the caller's. */
    public void start(ScheduledExecutorService scheduler) {
        var unused =
                scheduler.scheduleWithFixedDelay(this::trySample, 0, History.EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same handler, watched. */
    public JobHandler watch(JobHandler handler) {
        return new WatchedHandler(handler, running, steps, failures, clock, ids);
    }

    /** The same listener, watched. */
    public BrowserEvents watch(BrowserEvents events) {
        return new WatchedBrowser(events, happenings, clock);
    }

    /** The same observer, watched. */
    public RunObserver watch(RunObserver observer) {
        return new WatchedRuns(observer, running);
    }

    /** There are lanes now. */
    public void show(Lanes now) {
        lanes = now;
    }

    /** There is a pipeline now. */
    public void show(Queue now) {
        queue = now;
    }

    /** Memory is measured now. */
    public void show(MemorySampler sampler, double soft, double hard) {
        memory = Optional.of(new Memory(sampler, soft, hard));
    }

    /** The number of contexts that are allowed changed. */
    public void limited(int before, int now) {
        happenings.add(new Happening(clock.instant(), "limit changed", "", before + " to " + now + " contexts"));
    }

    /** A limit was breached. */
    public void breached(Breach by) {
        breach = by;
        String remedy = by.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        happenings.add(new Happening(clock.instant(), "memory breached", "", remedy));
    }

    /** The edge of the loop: a failure here would end the schedule without a word. */
    private void trySample() {
        try {
            sample();
        } catch (RuntimeException failed) {
            LOG.warn("The console could not look at the worker", failed);
        }
    }

    /** Notes one moment. Confined to the scheduler's thread. */
    void sample() {
        Lanes now = lanes;
        history.add(new History.Point(
                clock.instant(),
                figures.jobs(),
                figures.jobTime(),
                used(),
                now.limit().getAsInt(),
                memory.flatMap(watched -> watched.sampler().last()).map(MemorySample::reading)));
        long committed = figures.timed(Meters.TRANSACTION_DURATION.spec(), "outcome", "committed");
        if (committed > commits) {
            commits = committed;
            lastCommit = clock.instant();
        }
    }

    /** Contexts that have a job; without lanes every job that runs has one. */
    int used() {
        List<LaneSnapshot> rows = lanes.rows().get();
        return rows.isEmpty()
                ? queue.running().getAsInt()
                : (int) rows.stream().filter(Console::isUsed).count();
    }

    private static boolean isUsed(LaneSnapshot lane) {
        return lane.state() == LaneSnapshot.State.RUNNING || lane.state() == LaneSnapshot.State.CLEANING;
    }

    Identity identity() {
        return identity;
    }

    Health health() {
        return health;
    }

    Figures figures() {
        return figures;
    }

    Clock clock() {
        return clock;
    }

    RunningJobs running() {
        return running;
    }

    StepTimes steps() {
        return steps;
    }

    History history() {
        return history;
    }

    Recent<Happening> happenings() {
        return happenings;
    }

    Recent<Failure> failures() {
        return failures;
    }

    Lanes lanes() {
        return lanes;
    }

    Queue queue() {
        return queue;
    }

    Optional<Memory> memory() {
        return memory;
    }

    Optional<Breach> breach() {
        return Optional.ofNullable(breach);
    }

    Optional<Instant> lastCommit() {
        return Optional.ofNullable(lastCommit);
    }
}
