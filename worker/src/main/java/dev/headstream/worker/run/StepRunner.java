package dev.headstream.worker.run;

import dev.headstream.worker.flow.Step;

/**
 * Runs one step. What avoids or refuses work (a cache, a circuit breaker) wraps one of these around another. Called on
 * the lane's thread, within the step's deadline.
 */
public interface StepRunner {

    /**
     * Runs a step to its end.
     *
     * @throws StepFailureException if it failed for a reason of the flow's or the page's
     * @throws dev.headstream.worker.browser.BrowserFailureException if the page or browser went away
     */
    StepResult run(Step step, StepScope scope);
}
