package dev.headstream.pipeline.commit;

import java.time.Duration;

/** Told of what the committer does, on its thread; must not block. */
public interface CommitListener {

    /**
     * A transaction ended.
     *
     * @param begunNanos when it began, by {@link System#nanoTime}
     */
    void transaction(long begunNanos, Duration took, boolean committed);

    /** The committer cannot go on: a bug, or the broker forbids it for good. */
    void failed(Throwable cause);
}
