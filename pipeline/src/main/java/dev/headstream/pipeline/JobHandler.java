package dev.headstream.pipeline;

import reactor.core.publisher.Mono;

/**
 * Runs one attempt of a job. The pipeline subscribes at most once per attempt and never more often at a time than
 * {@link #concurrency()} says.
 *
 * <p>The {@link Mono} emits exactly one {@link Outcome}: a job's failure is a value, an error signal is a bug of the
 * handler and is treated as {@link Outcome.Interrupted}. Cancelling the subscription must free whatever the attempt
 * holds. Neither subscribing nor cancelling may block.
 */
public interface JobHandler {

    /** Runs one attempt; does nothing until subscribed. */
    Mono<Outcome> handle(Job job);

    /** How many attempts may run at the same time: the number of browser contexts. */
    int concurrency();

    /**
     * What is wrong with a job before anything ran, one line a problem; empty if it may run. Pure and quick: called on
     * the pipeline's thread. A job with problems gets a REJECTED result.
     */
    default java.util.List<String> problems(dev.headstream.v1.JobRequested request) {
        return java.util.List.of();
    }

    /** Version of the flow that a job of this name would run; 0 if there is none. */
    default int flowVersion(String flow) {
        return 0;
    }
}
