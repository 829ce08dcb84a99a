package dev.headstream.worker.run;

import dev.headstream.v1.StepReport;
import dev.headstream.worker.flow.Step;
import java.time.Duration;

/** Is told what happens while a flow runs. Called on the lane's thread: be quick and do not throw. */
public interface RunObserver {

    /** Watches nothing. */
    RunObserver NONE = new RunObserver() {};

    /**
     * An action was performed.
     *
     * @param number counted from 1 within the step; {@code 3.1} is the first within the third
     * @param action its word and selector, without values
     */
    default void actionEnded(String step, String number, String action, Duration took) {}

    /**
     * An optional action found nothing to act on, and the step went on.
     *
     * @param reason what was found instead
     */
    default void actionPassedOver(String step, String number, String action, String reason, Duration took) {}

    /**
     * An action failed, and with it those around it and its step.
     *
     * @param reason the kind of the failure; what it says in full is in the outcome
     */
    default void actionFailed(String step, String number, String action, String reason, Duration took) {}

    /** What the page looks like after an action, as a JPEG on which secrets are covered; only if that was asked for. */
    default void pictured(String step, String number, byte[] jpeg) {}

    /** A run of a flow with sessions ended, however it did. */
    default void sessionUsed(String flow, SessionUse use) {}

    /** A step of an execution begins to be run; one that is passed over or restored does not. */
    default void stepBegan(String executionId, Step step) {}

    /** A step ended, however it did. */
    default void stepEnded(StepReport report) {}
}
