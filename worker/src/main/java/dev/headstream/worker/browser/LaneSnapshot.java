package dev.headstream.worker.browser;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one lane does at a moment.
 *
 * @param lane its name
 * @param since how long it has been in that state
 * @param task label of the task, while there is one
 * @param keptUses how many tasks went well in the context that it keeps, or has just gone on in; empty without one
 * @param leaving whether it ends with its task, because another lane of the same name in another browser has followed it
 */
public record LaneSnapshot(
        String lane, State state, Duration since, Optional<String> task, OptionalInt keptUses, boolean leaving) {

    /** The same, of a lane that has been followed. */
    LaneSnapshot asLeaving() {
        return new LaneSnapshot(lane, state, since, task, keptUses, true);
    }

    /** What a lane can be doing. */
    public enum State {
        /** Waiting for the browser, or connecting to it. */
        CONNECTING,
        /** Ready for a task. */
        IDLE,
        /** Opening the context of a task, or running it. */
        RUNNING,
        /** Closing the context of a task that has ended. */
        CLEANING,
        /** Ended, with the pool. */
        CLOSED
    }
}
