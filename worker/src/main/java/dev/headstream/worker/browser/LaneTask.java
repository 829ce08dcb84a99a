package dev.headstream.worker.browser;

/**
 * Work for one lane in one context. Runs on the lane's thread, on which blocking is allowed, and must hand back nothing
 * that belongs to Playwright: the context is gone when the task has ended.
 */
@FunctionalInterface
public interface LaneTask<T> {

    /**
     * Does the work. An interrupt means that the deadline passed or that nobody waits any more: Playwright's calls then
     * throw, and go on throwing until this method ends.
     *
     * <p>If the page crashed or the browser went away the task fails of that, whatever it returned or threw; only if
     * {@link LaneSession#checkAlive()} told it so is the value that it returned its answer.
     */
    T run(LaneSession session) throws Exception;

    /** What an operator sees of it. */
    default String label() {
        return "task";
    }

    /** The same task under a label. */
    static <T> LaneTask<T> labelled(String label, LaneTask<T> task) {
        return new LaneTask<>() {
            @Override
            public T run(LaneSession session) throws Exception {
                return task.run(session);
            }

            @Override
            public String label() {
                return label;
            }
        };
    }
}
