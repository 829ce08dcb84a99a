package dev.headstream.worker.flow;

/** What a {@code ${...}} stands for. */
public sealed interface Reference {

    /** {@code ${inputs.name}}: an input of the job. */
    record Input(String name) implements Reference {}

    /** {@code ${name}}: a value extracted earlier, by whichever step. */
    record Variable(String name) implements Reference {}

    /** {@code ${steps.step.name}}: a value extracted by that step. */
    record StepVariable(String step, String name) implements Reference {}

    /** {@code ${secret:name}}: a secret, never shown. */
    record Secret(String name) implements Reference {}

    /** {@code ${totp:name}}: the one-time code of the moment that a secret makes, never shown. */
    record Totp(String secret) implements Reference {}

    /** {@code ${site}}: the flow's base URL. */
    record Site() implements Reference {}

    /** {@code ${job.id}}: the job's id, its idempotency key. */
    record JobId() implements Reference {}

    /** {@code ${step.key}}: job id and step name, the same in every attempt: an idempotency key for the step. */
    record StepKey() implements Reference {}

    /** Whether its value must not be seen. */
    default boolean isSecret() {
        return this instanceof Secret || this instanceof Totp;
    }
}
