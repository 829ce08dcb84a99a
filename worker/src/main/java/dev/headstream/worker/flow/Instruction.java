package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Optional;

/**
 * An action as it stands in a step.
 *
 * @param action what to do
 * @param timeout how long it may take; empty for what is left of the step
 * @param line line of the flow file, for messages
 */
public record Instruction(Action action, Optional<Duration> timeout, int line) {}
