package dev.headstream.worker.circuit;

/** Is told what circuits do, for metrics and logs. Called on any thread: return at once, do not throw. */
public interface CircuitEvents {

    /** Watches nothing. */
    CircuitEvents NONE = new CircuitEvents() {};

    /** What a circuit does with attempts. */
    enum State {
        /** Lets them through. */
        CLOSED(0),
        /** Lets a few through, to see. */
        HALF_OPEN(1),
        /** Lets none through. */
        OPEN(2);

        private final int level;

        State(int level) {
            this.level = level;
        }

        /** As a figure. */
        public int level() {
            return level;
        }
    }

    /** The circuit of a flow changed. */
    default void changed(String flow, State state) {}

    /** An attempt of the flow was put off. */
    default void postponed(String flow) {}
}
