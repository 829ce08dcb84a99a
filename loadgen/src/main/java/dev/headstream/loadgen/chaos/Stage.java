package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.AuditReport;
import dev.headstream.loadgen.audit.DeliveryAudit;
import dev.headstream.loadgen.audit.StepEvidence;
import dev.headstream.loadgen.audit.StepEvidence.Cut;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment;
import dev.headstream.loadgen.audit.Submission;
import dev.headstream.loadgen.audit.SubmissionLedger;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.v1.JobRequested;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Where a case plays: its arena, its workers, what was sent, what was done to whom and when. Confined to one thread.
 */
final class Stage {
    static final String GROUP = "chaos";
    /** Short, so that a case takes no longer than it must. */
    static final Duration SESSION = Duration.ofSeconds(6);
    /** Of SIGTERM, the shortest that is promised to work. */
    static final Duration NOTICE = Duration.ofSeconds(15);

    /** The exit code of a worker that asks for another in its place. */
    private static final int REPLACE = 75;

    private static final Duration UP = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(200);

    /** Two lines: what begins and what ends it. */
    private static final int BYTES_OF_A_STEP = 100;

    private final ChaosCase played;
    private final ChaosOptions options;
    private final Cleanup cleanup;
    private final ScratchFolder folder;
    private final Arena arena;
    private final Random random;
    private final long seed;
    private final SubmissionLedger ledger;
    private final Crew crew;
    private final List<Cut> cuts = new ArrayList<>();
    private final List<Cut> kills = new ArrayList<>();
    private final Map<String, String> onceSteps = new HashMap<>();
    private final Set<ChaosWorker> dismissed = new HashSet<>();
    private final List<String> disappointments = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Stage(ChaosCase played, ChaosOptions options, long seed, ScratchFolder folder, Arena arena, Cleanup cleanup)
            throws Exception {
        this.played = played;
        this.options = options;
        this.seed = seed;
        this.folder = folder;
        this.arena = arena;
        this.cleanup = cleanup;
        this.random = new Random(seed);
        this.crew = new Crew(played.needs(), options, folder, arena, cleanup);
        this.ledger =
                cleanup.open("ledger", () -> SubmissionLedger.open(folder.path().resolve("submitted.jsonl")));
    }

    Arena arena() {
        return arena;
    }

    /** Where what belongs to the case is kept. */
    Path folder() {
        return folder.path();
    }

    /** How often to do what is done repeatedly. */
    int rounds(int usual, int quick) {
        return options.rounds() > 0 ? options.rounds() : options.quick() ? quick : usual;
    }

    /** How many of something: fewer where it is to be quick. */
    int count(int usual, int quick) {
        return options.quick() ? quick : usual;
    }

    /** A random number from {@code least} up to {@code most}. */
    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    // ---- jobs

    /** Sends jobs; returns when the brokers and the ledger have them. */
    void submit(Jobs jobs) {
        List<JobRequested> events = events(jobs);
        send(events);
        submitted(events);
        jobs.onceStep().ifPresent(step -> events.forEach(event -> onceSteps.put(event.getJobId(), step)));
    }

    /** Sends events that are not in the ledger; returns when the brokers have them. */
    void send(List<JobRequested> events) {
        try (JobSender sender = JobSender.open(arena.deployment())) {
            events.forEach(sender::send);
            sender.flush();
        }
    }

    /** The events of these jobs by the seed of the case. */
    List<JobRequested> events(Jobs jobs) {
        return jobs.events(seed);
    }

    /** Enters into the ledger what brokers have acknowledged. */
    void submitted(List<JobRequested> events) {
        Instant now = Instant.now();
        ledger.add(events.stream()
                .map(event -> Submission.live(event.getJobId(), event.getSessionKey(), now))
                .toList());
    }

    /** Enters into the ledger what a replay owes one more result each. */
    void replayed(String id, List<JobRequested> events) {
        Instant now = Instant.now();
        ledger.add(events.stream()
                .map(event -> new Submission(id + "|" + event.getJobId(), event.getJobId(), event.getSessionKey(), now))
                .toList());
    }

    /** The portal that workers with a browser work at. */
    DemoSite portal() throws Exception {
        return cleanup.open("portal", DemoSite::start);
    }

    // ---- workers

    /** A new worker; takes jobs when this returns. */
    ChaosWorker start() throws Exception {
        ChaosWorker worker = startUp(Map.of());
        awaitWorking(worker);
        return worker;
    }

    /** A new worker on the way through the proxy; takes jobs when this returns. */
    ChaosWorker startProxied() throws Exception {
        ChaosWorker worker = startUp(Map.of("kafka.bootstrapServers", arena.proxied()));
        awaitWorking(worker);
        return worker;
    }

    /** A new worker that goes by a clock that can be set; takes jobs when this returns. */
    ChaosWorker startBy(WallClock clock) throws Exception {
        ChaosWorker worker = crew.worker(Map.of(), clock.environment());
        awaitWorking(worker);
        return worker;
    }

    /** A new worker that has yet to start up. */
    ChaosWorker startUp(Map<String, String> settings) throws Exception {
        return crew.worker(settings, Map.of());
    }

    /** A replay under this id, of what the arguments say. */
    ChaosWorker startReplay(String id, List<String> arguments) throws Exception {
        return crew.replay(id, arguments);
    }

    /** Waits until it takes jobs. */
    void awaitWorking(ChaosWorker worker) throws Exception {
        if (!await(UP, () -> worker.isWorking() || !worker.isAlive()) || !worker.isAlive()) {
            throw new IllegalStateException(
                    "worker " + worker.name() + " does not take jobs; its last lines:\n  " + worker.lastLines());
        }
    }

    /** The workers that run. */
    List<ChaosWorker> running() {
        return crew.workers().stream().filter(ChaosWorker::isAlive).toList();
    }

    /** One of those that run. */
    ChaosWorker anyone() {
        List<ChaosWorker> all = running();
        return all.get(random.nextInt(all.size()));
    }

    // ---- harm

    /** Kills a worker, and lets it be seen when somebody else takes up its jobs. */
    void kill(ChaosWorker worker) throws InterruptedException {
        Cut cut = cut(worker);
        kills.add(cut);
        worker.kill();
        expect(worker.awaitEnd(Duration.ofSeconds(10)), worker.name() + " survived being killed");
    }

    /** Notes that from now on what a worker does may not count, because of something that is about to be done. */
    Cut cut(ChaosWorker worker) {
        Cut cut = new Cut(worker.pid(), ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        cuts.add(cut);
        return cut;
    }

    /** Asks a worker to drain, and sees to it that it ends well and in time. */
    void terminate(ChaosWorker worker) throws InterruptedException {
        long asked = System.nanoTime();
        worker.terminate();
        boolean ended = worker.awaitEnd(NOTICE.plusSeconds(5));
        long tookMillis = Duration.ofNanos(System.nanoTime() - asked).toMillis();
        expect(
                ended && tookMillis <= NOTICE.toMillis(),
                worker.name() + " had " + NOTICE.toSeconds() + " s to end after SIGTERM and "
                        + (ended ? "took " + tookMillis + " ms" : "did not end"));
        expect(
                !ended || worker.exitCode().orElse(-1) == 0,
                worker.name() + " ended with exit code " + worker.exitCode() + " after SIGTERM");
    }

    /** Waits until a worker has drained and asks to be replaced by itself. */
    void expectReplaced(ChaosWorker worker) throws InterruptedException {
        boolean ended = worker.awaitEnd(NOTICE.plusSeconds(10));
        expect(
                ended && worker.exitCode().orElse(-1) == REPLACE,
                worker.name() + " did not ask to be replaced: " + (ended ? worker.exitCode() : "it goes on"));
        dismissed.add(worker);
    }

    // ---- waiting

    /** Lets things happen for a while. */
    void pause(Duration time) throws InterruptedException {
        cleanup.throwIfClosing();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /** Waits until something is so; false if it is not by the end of the time. */
    boolean await(Duration patience, Callable<Boolean> so) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (!so.call()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(LOOK);
        }
        return true;
    }

    /** Waits until all that was sent is committed; what stays undone is for the audit to find. */
    void awaitDone(Duration patience) throws Exception {
        try (Backlog backlog = Backlog.of(arena.deployment(), GROUP)) {
            boolean done = await(patience, () -> backlog.isDone() || running().isEmpty());
            expect(done, "there is still work to do after " + patience.toSeconds() + " s: " + backlog);
        }
        for (ChaosWorker worker : crew.workers()) {
            expect(
                    worker.isAlive() || worker.exitCode().orElse(0) != REPLACE || dismissed.contains(worker),
                    worker.name() + " gave up: " + worker.lastLines());
        }
    }

    /** How many steps were begun so far. */
    long begun() {
        return moments().stream()
                .filter(moment -> moment.kind() == StepMoment.Kind.BEGIN)
                .count();
    }

    /** Waits until about so many more steps are done, by the length of what is noted; for a while. */
    void awaitSteps(int more) throws Exception {
        long enough = noted() + (long) more * BYTES_OF_A_STEP;
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (noted() < enough && System.nanoTime() < end) {
            pause(Duration.ofMillis(10));
        }
    }

    private long noted() throws IOException {
        return Files.exists(crew.evidence()) ? Files.size(crew.evidence()) : 0;
    }

    /** What the workers have noted of their steps so far. */
    List<StepMoment> moments() {
        return StepEvidence.read(crew.evidence());
    }

    // ---- judging

    /** Notes that something which the case is about did not come true. */
    void expect(boolean so, String otherwise) {
        if (!so) {
            disappointments.add(otherwise);
        }
    }

    List<String> disappointments() {
        return disappointments;
    }

    /** Keeps a figure for the report. */
    void note(String figure) {
        notes.add(figure);
    }

    List<String> notes() {
        return notes;
    }

    /** Ends all workers, and judges what is left. */
    AuditReport judge() throws InterruptedException {
        for (ChaosWorker worker : running()) {
            worker.terminate();
        }
        for (ChaosWorker worker : crew.workers()) {
            expect(worker.awaitEnd(NOTICE.plusSeconds(10)), worker.name() + " did not end in the end");
        }
        DeliveryAudit.Options judging = DeliveryAudit.Options.of(GROUP)
                .withSubmissions(SubmissionLedger.read(folder.path().resolve("submitted.jsonl")))
                .withBrokerLogs(arena.brokerLogs())
                .withReentrySteps(played.needs().browser() ? Set.of("login") : Set.of());
        if (!played.needs().browser()) {
            judging = judging.withEvidence(
                    new StepEvidence(moments(), onceSteps, cuts, played.needs().contexts()));
        }
        return DeliveryAudit.run(arena.deployment(), judging, Duration.ofSeconds(30));
    }

    /** From each kill to the first job of the killed that another worker began, in milliseconds, sorted. */
    List<Long> takeoverMillis() {
        List<StepMoment> moments = moments();
        return kills.stream()
                .flatMap(kill -> takeoverMillis(kill, moments).stream())
                .sorted()
                .toList();
    }

    private static Optional<Long> takeoverMillis(Cut kill, List<StepMoment> moments) {
        Set<String> inFlight = new HashSet<>();
        for (StepMoment moment : moments) {
            if (moment.micros() <= kill.micros() && moment.pid() == kill.pid()) {
                if (moment.kind() == StepMoment.Kind.BEGIN) {
                    inFlight.add(moment.executionId());
                } else {
                    inFlight.remove(moment.executionId());
                }
            } else if (moment.micros() > kill.micros()
                    && moment.pid() != kill.pid()
                    && moment.kind() == StepMoment.Kind.BEGIN
                    && inFlight.contains(moment.executionId())) {
                return Optional.of((moment.micros() - kill.micros()) / 1_000);
            }
        }
        return Optional.empty();
    }
}
