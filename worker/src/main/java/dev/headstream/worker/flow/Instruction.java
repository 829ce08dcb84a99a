package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An action as it stands in a step.
 *
 * @param action what to do
 * @param timeout how long it may take; empty for what is left of the step, or of the group that it stands in
 * @param optional whether the step goes on where the action finds nothing to act on in time
 * @param dialog what is answered to dialogs that it brings up; empty: they are dismissed
 * @param line line of the flow file, for messages
 */
public record Instruction(
        Action action, Optional<Duration> timeout, boolean optional, Optional<DialogAnswer> dialog, int line) {
    /** How long an optional action that sets no timeout is tried. */
    public static final Duration OPTIONAL_TIMEOUT = Duration.ofSeconds(2);

    public Instruction {
        if (optional && timeout.isEmpty()) {
            timeout = Optional.of(OPTIONAL_TIMEOUT);
        }
    }

    /** Its action and all within, in the order of the file. */
    public Stream<Action> actions() {
        return action instanceof Group group
                ? Stream.concat(Stream.of(action), group.instructions().stream().flatMap(Instruction::actions))
                : Stream.of(action);
    }
}
