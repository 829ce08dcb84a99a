package dev.headstream.worker.browser;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserEvents.Retirement;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * One Chromium and the lanes into it: runs tasks, each on a lane of its own and in a fresh context, as many at a time as
 * the limit says. Thread-safe; nothing but {@link #start} and {@link #close} blocks.
 */
public final class LanePool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LanePool.class);

    private final BrowserSupervisor supervisor;
    private final Timer timer;
    private final Timings timings;
    private final BrowserEvents events;
    private final ExecutorService network;
    private final ExecutorService signals;
    private final Link.Opener links;
    private final Pulse pulse;
    private final Sessions sessions = new Sessions();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Lane> lanes = new ArrayList<>();

    @GuardedBy("lock")
    private final Deque<Lane> idle = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Set<Lane> inUse = new HashSet<>();

    @GuardedBy("lock")
    private final Deque<Ticket<?>> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private final SpareLanes spare = new SpareLanes();

    @GuardedBy("lock")
    private final Succession succession = new Succession();

    /** While the browser is to be replaced in its place, no task begins. */
    @GuardedBy("lock")
    private Optional<Hold> hold = Optional.empty();

    @GuardedBy("lock")
    private int limit;

    @GuardedBy("lock")
    private int replaced;

    @GuardedBy("lock")
    private boolean closed;

    /** A browser that is killed when its tasks have ended. */
    private record Hold(LaneServer server, Retirement why, long began) {}

    private LanePool(
            BrowserConfig config, BrowserSupervisor supervisor, Timer timer, Timings timings, BrowserEvents events) {
        this.supervisor = supervisor;
        this.timer = timer;
        this.timings = timings;
        this.events = events;
        this.network = Executors.newFixedThreadPool(2, daemon("browser-network"));
        this.signals = Executors.newSingleThreadExecutor(daemon("browser-signals"));
        HttpClient http = HttpClient.newBuilder().executor(network).build();
        this.links = switch (config.transport()) {
            case SOCKET -> SocketLink.opener(http, supervisor.version());
            case DRIVER -> DriverLink.opener(http, supervisor.driver());
        };
        this.pulse = new Pulse(timer, timings.pulse(), this::links, supervisor);
    }

    /**
     * Starts Chromium and waits until it is up; the lanes connect meanwhile and afterwards.
     *
     * @param lanes how many tasks can run at a time at most
     * @throws BrowserStartException naming what is missing or what the browser said
     */
    public static LanePool start(BrowserConfig config, int lanes, BrowserEvents listener) throws InterruptedException {
        return start(config, lanes, listener, Timings.DEFAULT);
    }

    static LanePool start(BrowserConfig config, int lanes, BrowserEvents listener, Timings timings)
            throws InterruptedException {
        if (lanes < 1 || lanes > 256) {
            throw new IllegalArgumentException("a pool of " + lanes + " lanes: give it 1 to 256");
        }
        BrowserSupervisor supervisor = BrowserSupervisor.start(config, listener, timings.again());
        LanePool pool = new LanePool(config, supervisor, new WatchdogTimer(), timings, listener);
        pool.open(lanes);
        return pool;
    }

    private void open(int count) {
        supervisor.listen(new Takeover());
        synchronized (lock) {
            limit = count;
            for (int number = 0; number < count; number++) {
                lanes.add(newLane("lane-" + number));
            }
            lanes.forEach(Lane::start);
        }
        pulse.start();
    }

    private Lane newLane(String name) {
        return new Lane(name, supervisor, links, timer, timings, events, sessions, new Dispatch());
    }

    /**
     * Runs a task on the next free lane once it is subscribed to; subscriptions get lanes in the order in which they came.
     * Cancelling interrupts the task. The outcome is signalled on a thread of the pool that all tasks share: do not block
     * it.
     *
     * <p>Fails with {@link DeadlineExceededException}; with {@link BrowserFailureException}, also if there is no browser
     * any more; with {@link RejectedExecutionException} if there are twice as many tasks as lanes already, for then the
     * caller has more in flight than it may; or with what the task threw.
     *
     * @param deadline counted from when the task has its lane; opening the context is part of it
     */
    public <T> Mono<T> run(Duration deadline, ContextSpec spec, LaneTask<T> task) {
        return run(deadline, spec, Optional.empty(), task);
    }

    /**
     * The same for a task that may go on in the session that another left, on the lane that has its context if that is
     * free, else with its cookies and storage in a new context. Two tasks with one key at the same time have a context
     * each. The specification must be the same for equal keys.
     */
    public <T> Mono<T> run(Duration deadline, ContextSpec spec, Optional<Keep> keep, LaneTask<T> task) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline of " + deadline.toMillis() + " ms: it must be positive");
        }
        return Mono.create(sink -> {
            Ticket<T> ticket = new Ticket<>(task, spec, keep, deadline, sink, signals);
            submit(ticket, sink.onCancel(() -> withdraw(ticket)));
        });
    }

    /**
     * Runs a task of which nobody waits for the outcome, if a lane is free that no other task wants; at most a quarter of
     * the lanes run such ones, and at least one may. Empty if there is none. It gives way: as soon as another task waits
     * for a lane, or the limit falls, it is interrupted and fails with a {@link java.util.concurrent.CancellationException}.
     * Otherwise as {@link #run(Duration, ContextSpec, Optional, LaneTask)}.
     */
    public <T> Mono<T> runAside(Duration deadline, ContextSpec spec, Keep keep, LaneTask<T> task) {
        return Mono.create(sink -> {
            Ticket<T> ticket = new Ticket<>(task, spec, Optional.of(keep), deadline, sink, signals);
            MonoSink<T> watched = sink.onDispose(() -> ended(ticket));
            if (!assignSpare(ticket)) {
                watched.success();
            }
        });
    }

    private boolean assignSpare(Ticket<?> ticket) {
        synchronized (lock) {
            boolean free = !closed
                    && hold.isEmpty()
                    && !succession.underWay()
                    && waiting.isEmpty()
                    && !idle.isEmpty()
                    && inUse.size() < limit
                    && spare.permits(limit);
            if (free) {
                spare.add(ticket);
                assign(ticket);
            }
            return free;
        }
    }

    private void ended(Ticket<?> ticket) {
        synchronized (lock) {
            spare.remove(ticket);
        }
        ticket.cancel(); // nothing if it ended by itself
    }

    /** Takes the lanes of those that give way, where somebody wants them; not under the lock, for it interrupts. */
    private void clearTheWay() {
        List<Ticket<?>> inTheWay;
        synchronized (lock) {
            boolean leaving = hold.isPresent() || succession.underWay();
            boolean wanted = leaving || !waiting.isEmpty() || inUse.size() > limit;
            inTheWay = wanted ? spare.take() : List.of();
        }
        inTheWay.forEach(Ticket::giveWay);
    }

    private <T> void submit(Ticket<T> ticket, MonoSink<T> sink) {
        queue(ticket, sink);
        clearTheWay();
    }

    private <T> void queue(Ticket<T> ticket, MonoSink<T> sink) {
        BrowserState state = supervisor.state();
        synchronized (lock) {
            if (closed || state == BrowserState.FAILED || state == BrowserState.CLOSED) {
                sink.error(new BrowserFailureException(
                        Kind.DISCONNECTED,
                        state == BrowserState.FAILED
                                ? "the browser cannot be started"
                                : "the worker closes its browser"));
            } else if (waiting.size() + inUse.size() >= 2 * lanes.size()) {
                sink.error(new RejectedExecutionException(waiting.size() + " tasks wait already for one of "
                        + lanes.size() + " lanes; keep fewer in flight"));
            } else {
                waiting.addLast(ticket);
                dispatch();
            }
        }
    }

    private void withdraw(Ticket<?> ticket) {
        synchronized (lock) {
            waiting.remove(ticket);
        }
        ticket.cancel();
    }

    @GuardedBy("lock")
    private void dispatch() {
        while (hold.isEmpty() && !waiting.isEmpty() && !idle.isEmpty() && inUse.size() < limit) {
            assign(waiting.removeFirst());
        }
    }

    @GuardedBy("lock")
    private void assign(Ticket<?> ticket) {
        Lane lane = bestFor(ticket);
        idle.remove(lane);
        inUse.add(lane);
        lane.assign(ticket);
    }

    /** The lane that has the task's session; else one that keeps none, the one used last first; else the last used. */
    @GuardedBy("lock")
    private Lane bestFor(Ticket<?> ticket) {
        return ticket.keep()
                .flatMap(keep -> sessions.holder(keep.key()))
                .filter(idle::contains)
                .or(() -> idle.stream().filter(lane -> !sessions.isHolder(lane)).findFirst())
                .orElseGet(idle::getLast);
    }

    /** Lowers or raises how many tasks run at a time; the ones that run are not touched. Bounded by the number of lanes. */
    public void limit(int contexts) {
        synchronized (lock) {
            limit = Math.max(1, Math.min(contexts, lanes.size()));
            dispatch();
        }
        clearTheWay();
    }

    /** How many tasks may run at a time. */
    public int limit() {
        synchronized (lock) {
            return limit;
        }
    }

    /** How many lanes have a task, or clean up after one. */
    public int inUse() {
        synchronized (lock) {
            return inUse.size();
        }
    }

    /** What is left of the session that tasks with this key may go on in; empty if there is none. */
    public Optional<SessionLeft> session(Keep keep) {
        return sessions.left(keep, timer.nanoTime());
    }

    /** How many lanes could begin a task now, were it not for the limit. */
    int free() {
        synchronized (lock) {
            return idle.size();
        }
    }

    /** How many contexts are kept for tasks to come. */
    public int kept() {
        return sessions.held();
    }

    /**
     * Has a second browser started beside this one, with lanes that follow those of this one as they get ready; tasks that
     * run end where they began, and then this one ends. At no time fewer lanes are free because of it, but for that time
     * there are two browsers in memory. Sessions go on in the second one from their cookies and storage. If the second does
     * not start all stays as it is, and for a growing while nothing more is tried. Does not wait.
     *
     * @return whether it begins; not while another retirement is under way, or so soon after one that failed
     */
    public boolean retire(Retirement why) {
        synchronized (lock) {
            return !closed && hold.isEmpty() && !succession.underWay() && supervisor.retire(why);
        }
    }

    /**
     * Has the browser replaced where there is no memory for two: tasks that run may finish, the next ones wait, and when
     * none is left the browser is killed and started again. Does not wait. While another retirement is under way nothing
     * begins; but if it is for the limit, that one takes no longer than this patience from now on.
     *
     * @param patience how long tasks that run may take; those that are left then are interrupted
     * @return whether it begins; not while another retirement is under way
     */
    public boolean retireInPlace(Retirement why, Duration patience) {
        synchronized (lock) {
            Optional<LaneServer> going = hold.map(Hold::server).or(supervisor::leaving);
            if (why == Retirement.LIMIT) {
                going.ifPresent(server -> replaceAfter(patience, server));
            }
            if (closed
                    || going.isPresent()
                    || supervisor.isRetiring()
                    || supervisor.running().isEmpty()) {
                return false;
            }
            Hold now = new Hold(supervisor.current(), why, timer.nanoTime());
            hold = Optional.of(now);
            replaceIfEmpty();
            replaceAfter(patience, now.server());
        }
        clearTheWay();
        return true;
    }

    private void replaceAfter(Duration patience, LaneServer server) {
        Timer.Alarm unused = timer.after(patience, () -> supervisor.replace(server, Reason.RETIRED));
    }

    @GuardedBy("lock")
    private void replaceIfEmpty() {
        if (inUse.isEmpty()) {
            hold.ifPresent(held -> supervisor.replace(held.server(), Reason.RETIRED));
        }
    }

    /** What each lane does; those that leave come last, while they have a task. */
    public List<LaneSnapshot> snapshot() {
        synchronized (lock) {
            Stream<LaneSnapshot> leaving = succession.leaving().stream()
                    .map(lane -> lane.snapshot().asLeaving())
                    .filter(lane -> lane.task().isPresent());
            return Stream.concat(lanes.stream().map(Lane::snapshot), leaving).toList();
        }
    }

    /** Whether there is a browser. */
    public BrowserState state() {
        return supervisor.state();
    }

    /** The browser of this moment, which may just be going. */
    public BrowserProcess browser() {
        LaneServer server = supervisor.current();
        Optional<String> version = links().stream()
                .filter(link -> link.server() == server)
                .map(Link::version)
                .findFirst();
        return new BrowserProcess(
                server.chromium().map(process -> OptionalLong.of(process.pid())).orElseGet(OptionalLong::empty),
                server.nodePid(),
                version,
                server.sandboxed(),
                server.tasks(),
                server.age(),
                supervisor.leaving().isPresent() ? 1 : 0);
    }

    /** The server of this moment, for tests that kill it. */
    LaneServer server() {
        return supervisor.current();
    }

    /** The server that another took over from, for tests that kill it. */
    Optional<LaneServer> leavingServer() {
        return supervisor.leaving();
    }

    /** The connections of all lanes, open or not. */
    List<Link> links() {
        synchronized (lock) {
            return everyLane().flatMap(lane -> lane.link().stream()).toList();
        }
    }

    @GuardedBy("lock")
    private Stream<Lane> everyLane() {
        return Stream.concat(lanes.stream(), succession.all().stream());
    }

    private void failWaiting() {
        List<Ticket<?>> unserved;
        synchronized (lock) {
            unserved = List.copyOf(waiting);
            waiting.clear();
        }
        unserved.forEach(
                ticket -> ticket.fail(new BrowserFailureException(Kind.DISCONNECTED, "the browser cannot be started")));
    }

    /** What the supervisor tells the pool. */
    private final class Takeover implements BrowserSupervisor.Listener {
        @Override
        public void failed() {
            synchronized (lock) {
                hold = Optional.empty(); // nothing comes that could end it
            }
            failWaiting();
        }

        @Override
        public void restarted() {
            Optional<Hold> done;
            synchronized (lock) {
                done = hold;
                hold = Optional.empty();
                dispatch();
            }
            done.ifPresent(held -> {
                Duration took = Duration.ofNanos(timer.nanoTime() - held.began());
                BrowserSupervisor.logRetired(held.server(), held.why(), "in place", took);
                events.browserRetired(held.why());
            });
        }

        @Override
        public void tookOver() {
            synchronized (lock) {
                if (!closed) {
                    for (Lane lane : lanes) {
                        Lane follower = newLane(lane.name());
                        succession.follow(lane, follower);
                        follower.start();
                    }
                }
            }
            clearTheWay();
        }
    }

    /** The follower is ready, so the lane before it takes no more tasks. */
    @GuardedBy("lock")
    private void handOver(Lane followed, Lane follower) {
        lanes.replaceAll(old -> old == followed ? follower : old);
        if (!inUse.contains(followed)) {
            idle.remove(followed);
            followed.close(); // it has no task, and being no longer idle gets none
        }
    }

    /** What the lanes tell the pool. */
    private final class Dispatch implements Lane.Owner {
        @Override
        public void idle(Lane lane) {
            synchronized (lock) {
                inUse.remove(lane);
                Optional<Lane> followed = succession.ready(lane);
                if (followed.isPresent()) {
                    handOver(/* followed= */ followed.get(), /* follower= */ lane);
                }
                if (succession.isLeaving(lane)) {
                    lane.close();
                } else {
                    idle.addFirst(lane); // the one used last is the warmest, and the ones above the limit rest
                }
                replaceIfEmpty();
                dispatch();
            }
        }

        @Override
        public void ended(Lane lane) {
            synchronized (lock) {
                if (succession.ended(lane)) {
                    supervisor.vacated();
                }
            }
        }

        @Override
        public boolean mayKeep() {
            return sessions.held() <= limit();
        }

        @Override
        public void lost(Lane lane) {
            LOG.atError()
                    .setMessage("a task ignores its interrupt; its thread is given up and another takes its place")
                    .addKeyValue("lane", lane.name())
                    .addKeyValue("task", lane.snapshot().task().orElse(""))
                    .log();
            sessions.lost(lane);
            synchronized (lock) {
                inUse.remove(lane);
                replaceIfEmpty();
                if (succession.isLeaving(lane)) {
                    ended(lane);
                } else if (!closed) {
                    Optional<Lane> follower = succession.replace(lane);
                    if (follower.isPresent()) {
                        lanes.replaceAll(old -> old == lane ? follower.get() : old);
                        if (!succession.underWay()) {
                            supervisor.vacated();
                        }
                        return;
                    }
                    replaced++;
                    Lane fresh = newLane("lane-" + lanes.indexOf(lane) + "-" + replaced);
                    lanes.replaceAll(old -> old == lane ? fresh : old);
                    fresh.start();
                }
            }
        }
    }

    /**
     * Interrupts what runs and closes the browser; waits until no process of it and no folder is left. Tasks that have
     * not ended fail as disconnected.
     */
    @Override
    public void close() {
        List<Lane> ending;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            ending = everyLane().toList();
        }
        pulse.close();
        failWaiting();
        ending.forEach(Lane::close);
        awaitEnd(ending);
        supervisor.close();
        timer.close();
        network.shutdownNow();
        signals.shutdown();
    }

    private void awaitEnd(List<Lane> ending) {
        long until = System.nanoTime() + timings.stuck().plus(timings.close()).toNanos();
        try {
            for (Lane lane : ending) {
                if (!lane.awaitEnd(Duration.ofNanos(until - System.nanoTime()))) {
                    LOG.atWarn()
                            .setMessage("a lane does not end")
                            .addKeyValue("lane", lane.name())
                            .log();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory daemon(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
