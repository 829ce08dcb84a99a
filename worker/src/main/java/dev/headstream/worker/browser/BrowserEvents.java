package dev.headstream.worker.browser;

/**
 * What happens to the browser and its contexts, for metrics and logs. Called on lanes' and supervisors' threads: return
 * at once, do not throw.
 */
public interface BrowserEvents {

    /** Ignores everything. */
    BrowserEvents NONE = new BrowserEvents() {};

    /** How far it had to go to take a lane back from a task. */
    enum Rung {
        /** The task's deadline passed and its thread was interrupted. */
        INTERRUPT,
        /** The context did not close in time; its close was interrupted. */
        CLOSE,
        /** The lane's connection was dropped and opened again. */
        RECONNECT,
        /** The browser was killed and started again. */
        RESTART
    }

    /** Why something was replaced. */
    enum Reason {
        /** A task was interrupted while its context was being opened: nobody knows what the browser made of it. */
        INTERRUPTED_OPEN,
        /** A context could not be opened in time. */
        SLOW_OPEN,
        /** A context could not be closed, or not in time. */
        STUCK_CLOSE,
        /** A task did not end although it was interrupted. */
        STUCK_TASK,
        /** A page crashed. */
        PAGE_CRASHED,
        /** The connection, Node or Chromium went away. */
        DISCONNECTED,
        /** Node gave no sign of life, or no connection could be had. */
        UNRESPONSIVE,
        /** It was asked for, by a limit or an operator. */
        RETIRED
    }

    /** Why a browser that works is replaced by another. */
    enum Retirement {
        /** It served as many tasks as it may. */
        JOBS,
        /** It is as old as it may get. */
        AGE,
        /** Node and Chromium together need more memory than they may, and for long. */
        MEMORY,
        /** The whole worker is above the hard limit of its memory. */
        LIMIT
    }

    /** A task got a new context. */
    default void contextCreated(String lane) {}

    /** The context of a task closed as it should. */
    default void contextClosed(String lane) {}

    /** A context was thrown away instead of closed, or replaced before its time. */
    default void contextRecycled(String lane, Reason reason) {}

    /** The renderer of a task's page died. */
    default void pageCrashed(String lane) {}

    /** A deadline passed and this rung was reached; each rung of one timeout is reported. */
    default void timeout(String lane, Rung rung) {}

    /** A lane has a new connection. */
    default void laneReconnected(String lane, Reason reason) {}

    /** The browser went away or was killed, and another is running. */
    default void browserRestarted(Reason reason) {}

    /** Another browser has taken over from one that still worked, and that one has ended. */
    default void browserRetired(Retirement why) {}

    /** The browser that should have taken over did not start: the one that is there goes on. */
    default void retirementFailed(Retirement why) {}
}
