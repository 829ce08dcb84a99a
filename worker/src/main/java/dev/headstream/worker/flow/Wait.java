package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A wait that is rarer than those of {@link Action}. */
public sealed interface Wait extends Action {
    @Override
    default <R> R accept(Visitor<R> visitor) {
        return visitor.wait(this);
    }

    /** Waits until no request of the step is under way and none has begun for a while. */
    record ForIdle(Duration quiet) implements Wait {
        @Override
        public String word() {
            return "waitForIdle";
        }
    }

    /** Waits until a script's value is true in the sense of JavaScript. */
    record ForScript(String script) implements Wait {
        @Override
        public String word() {
            return "waitForScript";
        }
    }

    /**
     * Waits until so many elements are there.
     *
     * @param holds whether it shall be so, or shall not be so (any more)
     * @param properties JavaScript properties that they must have, as JSON
     * @param attributes attributes that they must have
     */
    record ForElements(
            Selector selector,
            Operator operator,
            int count,
            boolean holds,
            Optional<String> properties,
            Map<String, String> attributes)
            implements Wait {
        public ForElements {
            attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        }

        @Override
        public String word() {
            return "waitForElement";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** How their number is compared. */
    enum Operator {
        AT_LEAST(">="),
        EXACTLY("=="),
        AT_MOST("<=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        /** As the language writes it. */
        public String sign() {
            return sign;
        }

        /** Whether a number is as it should be. */
        public boolean holds(int actual, int expected) {
            return switch (this) {
                case AT_LEAST -> actual >= expected;
                case EXACTLY -> actual == expected;
                case AT_MOST -> actual <= expected;
            };
        }
    }
}
