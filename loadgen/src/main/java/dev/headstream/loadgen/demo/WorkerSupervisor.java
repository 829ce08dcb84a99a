package dev.headstream.loadgen.demo;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Text;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps one worker running, as an orchestrator would: when it ends it is started again, after a pause that grows, a limited
 * number of times. Confined to one thread but for {@link #close}.
 */
final class WorkerSupervisor implements AutoCloseable {
    private static final int MOST_RESTARTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    /** Configuration, software, usage: another start would end the same way. */
    private static final Set<Integer> HOPELESS = Set.of(64, 78);

    private final WorkerProcess.Start start;
    private final Cleanup cleanup;
    private final Consumer<String> says;
    private final LongSupplier nanoTime;

    private volatile WorkerProcess worker;
    private int restarts;
    private long dueNanos;
    private boolean waiting;

    private WorkerSupervisor(
            WorkerProcess.Start start,
            Cleanup cleanup,
            Consumer<String> says,
            LongSupplier nanoTime,
            WorkerProcess worker) {
        this.start = start;
        this.cleanup = cleanup;
        this.says = says;
        this.nanoTime = nanoTime;
        this.worker = worker;
    }

    /** Starts the worker. */
    static WorkerSupervisor start(
            WorkerProcess.Start start, Cleanup cleanup, Consumer<String> says, LongSupplier nanoTime) throws Exception {
        return cleanup.open(
                "worker", () -> new WorkerSupervisor(start, cleanup, says, nanoTime, WorkerProcess.start(start)));
    }

    /** The worker as it runs now. */
    WorkerProcess worker() {
        return worker;
    }

    /** How many times it was started again. */
    int restarts() {
        return restarts;
    }

    /**
     * Looks after the worker; to be called several times a second.
     *
     * @throws CommandException if it cannot be kept running
     */
    void tend() throws Exception {
        OptionalInt exit = worker.exitCode();
        if (exit.isEmpty()) {
            return;
        }
        if (!waiting) {
            cleanup.throwIfClosing();
            giveUpIfHopeless(exit.getAsInt());
            Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(restarts, 5));
            dueNanos = nanoTime.getAsLong() + pause.toNanos();
            waiting = true;
            restarts++;
            says.accept("the worker ended (" + ending(exit.getAsInt()) + "); starting it again in "
                    + Figures.duration(pause) + ", restart " + restarts + " of at most " + MOST_RESTARTS);
            String words = worker.lastWords();
            if (!words.isEmpty()) {
                says.accept("  its last words: " + Text.oneLine(words));
            }
        } else if (nanoTime.getAsLong() - dueNanos >= 0) {
            waiting = false;
            cleanup.open("worker", () -> {
                worker = WorkerProcess.start(start);
                return worker;
            });
        }
    }

    /** Lets the worker finish what it runs, and ends it. */
    void drain(Duration patience) throws InterruptedException {
        worker.drain(patience);
        worker.close();
    }

    @Override
    public void close() {
        worker.close();
    }

    private void giveUpIfHopeless(int exit) {
        if (HOPELESS.contains(exit) || restarts >= MOST_RESTARTS) {
            List<String> lines = worker.lastLines(15);
            throw new CommandException(
                    ExitCodes.UNAVAILABLE,
                    "the worker does not stay up (" + ending(exit) + "); the end of its output (" + start.log()
                            + "):\n  " + String.join("\n  ", lines));
        }
    }

    private static String ending(int exit) {
        return exit > 128 ? "killed by signal " + (exit - 128) : "exit code " + exit;
    }
}
