package dev.headstream.pipeline;

import dev.headstream.pipeline.admission.Admission;
import dev.headstream.pipeline.cancel.CancellationFollower;
import dev.headstream.pipeline.cancel.Cancellations;
import dev.headstream.pipeline.commit.CommitListener;
import dev.headstream.pipeline.commit.CommittedOffsets;
import dev.headstream.pipeline.commit.Committer;
import dev.headstream.pipeline.execution.Attempts;
import dev.headstream.pipeline.execution.Execution;
import dev.headstream.pipeline.execution.Executions;
import dev.headstream.pipeline.execution.Settlement;
import dev.headstream.pipeline.execution.WaitingRoom;
import dev.headstream.pipeline.journal.Journal;
import dev.headstream.pipeline.journal.Restoration;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.offset.OffsetLedger;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.pipeline.source.JobSource;
import dev.headstream.pipeline.source.Lease;
import dev.headstream.pipeline.source.OwnershipListener;
import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.pipeline.source.SourceGate;
import dev.headstream.v1.CancelRequested;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Events in, results out: every event of the jobs topic gets exactly one terminal record. This class wires the parts
 * together and owns their lives; read it from top to bottom.
 *
 * <p>Start it once, {@link #drain} it once, then {@link #close} it. Thread-safe.
 */
public final class Pipeline {
    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);
    private static final Duration LAST_COMMIT = Duration.ofSeconds(5);

    private final PipelineConfig config;
    private final JobHandler handler;
    private final PipelineMetrics metrics;

    private final Scheduler timer = Schedulers.newSingle("headstream-timer", true);
    private final Scheduler blocking = Schedulers.newBoundedElastic(2, 1_000, "headstream-decode", 60, true);
    private final ExecutorService restoreThread;
    private final Admin admin;

    private final OffsetLedgers ledgers = new OffsetLedgers();
    private final Journal journal;
    private final Executions executions = new Executions();
    private final SourceGate gate;
    private final Lease lease;
    private final Sinks.Empty<Void> failure = Sinks.empty();

    private final Cancellations cancellations;
    private final CancellationFollower cancellationFollower;
    private final JobSource source;
    private final Committer committer;
    private final Restoration restoration;
    private final WaitingRoom waitingRoom;
    private final Settlement settlement;
    private final Admission admission;
    private final Attempts attempts;
    private volatile Disposable subscription = () -> {};

    /** A pipeline for live work. */
    public Pipeline(
            PipelineConfig config, PipelineSerdes serdes, JobHandler handler, PipelineMetrics metrics, Clock clock) {
        this(config, serdes, handler, metrics, clock, EventScope.live());
    }

    /** A pipeline for a part of the topic: the settings have a replay id then, and a group of its own. */
    public Pipeline(
            PipelineConfig config,
            PipelineSerdes serdes,
            JobHandler handler,
            PipelineMetrics metrics,
            Clock clock,
            EventScope scope) {
        this.config = config;
        this.handler = handler;
        this.metrics = metrics;
        this.journal = new Journal(clock);
        this.cancellations = new Cancellations(clock);
        this.cancellationFollower = new CancellationFollower(
                config.topics().cancellations(), config.client(), serdes.cancels(), cancellations, this::cancelled);
        this.gate = new SourceGate(
                () -> executions.waitingCount() >= config.maxWaiting() || !cancellationFollower.isCurrent(),
                scope.ends());
        this.lease =
                new Lease(GroupProtocol.session(config.client()), System::nanoTime, () -> clock.millis() * 1_000_000);
        this.admin = Admin.create(config.client());
        this.restoreThread = Executors.newSingleThreadExecutor(Pipeline::restoreThread);
        this.source = new JobSource(
                config.topics().jobs(),
                config.groupId(),
                config.groupProtocol(),
                config.client(),
                handler.concurrency(),
                ledgers,
                gate,
                new Rebalances());
        this.committer = new Committer(
                new Committer.Options(config.delivery(), config.worker(), commitInterval(config), 2_000),
                config.client(),
                source::ownership,
                source::commit,
                ledgers,
                new CommittedOffsets(admin),
                () -> lease.endsSoon() && executions.runningCount() > 0,
                new Commits());
        this.restoration = new Restoration(
                config.groupId(),
                config.topics().state(),
                config.client(),
                admin,
                serdes.stateReader(),
                journal,
                ledgers,
                metrics,
                restoreThread);
        this.waitingRoom = new WaitingRoom(timer, clock, config.retry().max());
        this.settlement = new Settlement(
                config.topics(),
                config.worker(),
                serdes.results(),
                serdes.states(),
                committer,
                journal,
                executions,
                metrics,
                clock,
                config.maxResultBytes());
        this.admission = new Admission(
                serdes.jobs(),
                handler,
                journal,
                ledgers,
                executions,
                settlement,
                waitingRoom,
                config.retry(),
                cancellations,
                scope.selection(),
                config.replayId(),
                blocking);
        this.attempts = new Attempts(
                handler,
                executions,
                settlement,
                waitingRoom,
                config.retry(),
                config.jobTimeout(),
                config.maxWaiting(),
                lease,
                metrics,
                clock,
                timer);
        metrics.watchOffsets(() -> sum(OffsetLedger::unfinishedCount), () -> sum(OffsetLedger::doneAhead));
        metrics.watchJournal(journal::marks);
    }

    /** Begins to take jobs; returns at once. What ends it other than {@link #close} comes out of {@link #failed}. */
    public void start() {
        committer.start();
        cancellationFollower.start();
        subscription =
                jobs().subscribe(unused -> {}, this::fail, () -> fail(new IllegalStateException("source ended")));
    }

    /** Commits that come too seldom would leave ownership in doubt between them. */
    private Duration commitInterval(PipelineConfig settings) {
        return shorter(settings.commitInterval(), lease.longestInterval());
    }

    private Flux<Void> jobs() {
        return Flux.merge(1, waitingRoom.released(), source.events().transform(admission::admit))
                .filter(executions::tryBegin)
                // The bound IS the number of browser contexts: without a free one there is no demand, and Kafka waits.
                .flatMap(attempts::run, handler.concurrency(), 1);
    }

    /** Fails if the pipeline can no longer do its work: the process should end, and be replaced. */
    public Mono<Void> failed() {
        return failure.asMono();
    }

    /** Whether any partition is assigned. */
    public boolean isAssigned() {
        return source.ownership().map(o -> !o.epochs().isEmpty()).orElse(false);
    }

    /** Whether the consumer has polled: it is in the group, or on its way. */
    public boolean isPolling() {
        return source.ownership().isPresent();
    }

    /** How long ago the consumer polled last: beyond a minute something holds its thread. */
    public Duration sinceLastPoll() {
        return source.sinceLastPoll();
    }

    /** Attempts that run now. */
    public int running() {
        return executions.runningCount();
    }

    /** Executions that wait here: for a retry, their session, an equal one, or the commit of their result. */
    public int waiting() {
        return executions.waitingCount();
    }

    /** How many may wait; with as many nothing more is fetched. */
    public int maxWaiting() {
        return config.maxWaiting();
    }

    /**
     * Ends in good order within the notice: takes nothing new and keeps polling, lets jobs finish for as long as leaves
     * time for the rest, stops the others at their next checkpoint, and commits. Blocks; call it once, from a main or
     * shutdown thread.
     */
    public void drain(Duration notice) throws InterruptedException {
        long started = System.nanoTime();
        gate.drain();
        executions.close();
        Duration reserve = reserve(notice);
        log.info("draining running={} noticeMillis={}", executions.runningCount(), notice.toMillis());
        if (!executions.awaitIdle(notice.minus(reserve))) {
            executions.requestStop();
            if (!executions.awaitIdle(reserve.dividedBy(3))) {
                log.info("interrupting jobs that reached no checkpoint running={}", executions.runningCount());
            }
        }
        Duration left = notice.minusNanos(System.nanoTime() - started);
        // Half for the commit, and as little for the group as for what interrupts the commit.
        close(shorter(left.dividedBy(2), LAST_COMMIT), shorter(left.dividedBy(6), LAST_COMMIT));
        metrics.drained(Duration.ofNanos(System.nanoTime() - started));
    }

    /** What a drain keeps back for the last checkpoints and commits: 12 s, less where the notice is short. */
    private static Duration reserve(Duration notice) {
        Duration third = notice.dividedBy(3);
        Duration usual = Duration.ofSeconds(12);
        return notice.compareTo(usual.multipliedBy(2)) >= 0 ? usual : third;
    }

    /** Ends at once: running jobs are interrupted, what is finished is committed. Idempotent. */
    public void close() throws InterruptedException {
        close(LAST_COMMIT, LAST_COMMIT);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * Brokers may be away.
     *
     * @param commit how long the last commit may take, and a third of it again for what interrupts it
     * @param leave how long leaving the group may take
     */
    private void close(Duration commit, Duration leave) throws InterruptedException {
        executions.close();
        cancellationFollower.close();
        executions.drop(executions.partitions());
        committer.close(commit);
        subscription.dispose();
        if (!source.awaitClosed(leave)) {
            log.info("the consumer has not left its group yet; the brokers notice after the session timeout");
        }
        restoreThread.shutdownNow();
        timer.dispose();
        blocking.dispose();
        admin.close(Duration.ZERO);
    }

    private void fail(Throwable cause) {
        if (failure.tryEmitError(cause).isSuccess()) {
            log.error("pipeline failed", cause);
        }
    }

    private void cancelled(CancelRequested request) {
        for (Execution execution : executions.withId(request.getExecutionId())) {
            PolledEvent event = execution.event();
            cancellations
                    .reasonFor(execution.id(), event.partition().partition(), event.offset())
                    .ifPresent(reason -> attempts.cancel(execution, reason));
        }
    }

    private long sum(ToLongFunction<OffsetLedger> figure) {
        AtomicLong total = new AtomicLong();
        ledgers.forEach((partition, ledger) -> total.addAndGet(figure.applyAsLong(ledger)));
        return total.get();
    }

    private static Thread restoreThread(Runnable work) {
        Thread thread = new Thread(work, "headstream-restore");
        thread.setDaemon(true);
        return thread;
    }

    /** Changes of ownership, on the poll thread. */
    private final class Rebalances implements OwnershipListener {
        @Override
        public void assigned(Map<TopicPartition, Long> epochs) {
            restoration.start(epochs);
        }

        @Override
        public void revoking(Set<TopicPartition> partitions) {
            executions.leave(partitions);
            try {
                long deadline = System.nanoTime() + config.revokeGrace().toNanos();
                if (!source.await(slice -> executions.awaitIdle(partitions, slice), config.revokeGrace())) {
                    log.info("giving up partitions with jobs that reached no checkpoint partitions={}", partitions);
                }
                boolean unused = source.await(
                        slice -> committer.flush(partitions, slice),
                        Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void dropped(Set<TopicPartition> partitions) {
            executions.drop(partitions);
            partitions.forEach(journal::dropped);
        }
    }

    /** What the committer reports. */
    private final class Commits implements CommitListener {
        @Override
        public void transaction(long begunNanos, Duration took, boolean committed) {
            if (committed) {
                lease.proved(begunNanos);
            }
            metrics.transactionEnded(
                    committed
                            ? PipelineMetrics.TransactionOutcome.COMMITTED
                            : PipelineMetrics.TransactionOutcome.ABORTED,
                    took);
        }

        @Override
        public void failed(Throwable cause) {
            fail(cause);
        }
    }
}
