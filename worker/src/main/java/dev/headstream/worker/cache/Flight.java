package dev.headstream.worker.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of a step that other jobs wait for. Thread-safe. */
final class Flight {
    /** More than the watchdog takes to end a run whose time is over. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final CompletableFuture<Optional<Memo>> landing = new CompletableFuture<>();
    private final long end;

    /** @param limit what the run may take */
    Flight(Duration limit) {
        this.end = System.nanoTime() + limit.plus(GRACE).toNanos();
    }

    /** It ended; empty if nothing came of it that others could use. */
    void land(Optional<Memo> memo) {
        landing.complete(memo);
    }

    /**
     * Waits, no longer than it is told, on the lane's thread, which the watchdog interrupts when the waiting job's own time is over or the job is
     * cancelled. A run that does not even end when it is interrupted is given up after its time.
     *
     * @return empty if nothing came of it
     */
    Optional<Memo> await(Duration atMost) {
        long left = Math.min(end - System.nanoTime(), atMost.toNanos());
        try {
            return landing.get(Math.max(1, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while another job ran the step");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flight lands with a value", e);
        }
    }
}
