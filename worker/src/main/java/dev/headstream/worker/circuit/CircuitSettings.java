package dev.headstream.worker.circuit;

import java.time.Duration;

/**
 * When the circuit of a flow opens, and for how long. Of the last {@code window} attempts, once there are
 * {@code minimum}:
 *
 * @param failureRate share of failed ones, of those that might go well another time, that opens it; 0 to 1
 * @param slowRate share of ones over the flow's budget that opens it; 0 to 1
 * @param window attempts that are looked at
 * @param minimum attempts before a judgement
 * @param openFor how long it stays open; doubled each time that the probes fail
 * @param openAtMost but never longer
 * @param probes attempts that are let through to see whether it is better
 */
public record CircuitSettings(
        double failureRate,
        double slowRate,
        int window,
        int minimum,
        Duration openFor,
        Duration openAtMost,
        int probes) {
    public CircuitSettings {
        if (!(failureRate > 0 && failureRate <= 1) || !(slowRate > 0 && slowRate <= 1)) {
            throw new IllegalArgumentException(
                    "rates must be above 0 and at most 1, not " + failureRate + " and " + slowRate);
        }
        if (window < 1 || minimum < 1 || minimum > window || probes < 1) {
            throw new IllegalArgumentException("a circuit needs 1 <= minimum <= window and probes >= 1, not minimum "
                    + minimum + ", window " + window + ", probes " + probes);
        }
        if (openFor.isNegative() || openFor.isZero() || openAtMost.compareTo(openFor) < 0) {
            throw new IllegalArgumentException("a circuit needs 0 < openFor <= openAtMost, not " + openFor.toMillis()
                    + " and " + openAtMost.toMillis() + " ms");
        }
    }
}
