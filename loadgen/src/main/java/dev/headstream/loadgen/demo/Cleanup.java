package dev.headstream.loadgen.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what was opened, in reverse order, whether the run came to its end or the process is being stopped. Whoever stops it
 * waits for what is just being opened, so that nothing can be opened and then be forgotten; after that nothing can be opened
 * any more.
 *
 * <p>Thread-safe: {@link #open} holds the lock while it opens, {@link #close} while it closes.
 */
public final class Cleanup implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cleanup.class);
    private static final int LONGEST_OPENING_SECONDS = 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Ending> endings = new ArrayDeque<>();
    private volatile boolean closing;

    /** Closes this when the process ends, also by Ctrl-C or SIGTERM. */
    public void closeAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "demo-cleanup"));
    }

    /**
     * Opens something and remembers how it ends.
     *
     * @throws StoppedException if this is closed or being closed
     */
    public <T extends AutoCloseable> T open(String name, Callable<T> opening) throws Exception {
        lock.lock();
        try {
            throwIfClosing();
            T opened = opening.call();
            endings.push(new Ending(name, opened));
            return opened;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the end has begun. */
    public boolean isClosing() {
        return closing;
    }

    /**
     * Does nothing, unless this is closed or being closed.
     *
     * @throws StoppedException if the end has begun
     */
    public void throwIfClosing() {
        if (closing) {
            throw new StoppedException();
        }
    }

    @Override
    public void close() {
        closing = true;
        boolean locked = false;
        try {
            locked = lock.tryLock(LONGEST_OPENING_SECONDS, TimeUnit.SECONDS);
            if (!locked) {
                log.warn("Something still starts after {} s; ending the rest without it", LONGEST_OPENING_SECONDS);
            }
            while (!endings.isEmpty()) {
                close(endings.pop());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (locked) {
                lock.unlock();
            }
        }
    }

    private static void close(Ending ending) {
        try {
            ending.closeable().close();
        } catch (Exception failure) {
            // the others must end all the same
            log.warn("{} did not end well: {}", ending.name(), failure.toString());
        }
    }

    private record Ending(String name, AutoCloseable closeable) {}

    /** The run is being stopped from outside; there is nothing to report. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("stopped");
        }
    }
}
