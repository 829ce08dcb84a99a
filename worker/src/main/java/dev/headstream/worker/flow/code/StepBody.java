package dev.headstream.worker.flow.code;

/**
 * What a step does. Called on the thread of a browser context, for one job at a time and for several jobs at the same
 * time, so it keeps nothing in fields; ended by an interrupt when the step's time is over. What it throws fails the step.
 */
@FunctionalInterface
public interface StepBody {
    void run(StepPage page) throws Exception;
}
