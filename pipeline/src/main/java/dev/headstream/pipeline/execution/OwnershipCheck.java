package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.source.Lease;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Makes sure that an execution is still this worker's before anything is begun for it. With a recent proof that costs
 * nothing; without one the brokers are asked, by a commit that they take of the owner only. Thread-safe.
 */
final class OwnershipCheck {
    private static final Logger log = LoggerFactory.getLogger(OwnershipCheck.class);

    /** A context may be held meanwhile; but an outage, or a rebalance, that is over by then costs the job nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(12);

    private final Lease lease;
    private final Function<Execution, Mono<Void>> proof;

    /** @param proof completes when the brokers have taken a commit for the partition of an execution; hot */
    OwnershipCheck(Lease lease, Function<Execution, Mono<Void>> proof) {
        this.lease = lease;
        this.proof = proof;
    }

    /** False, noted with the execution, if it is another worker's, or if nobody says whose it is. */
    Mono<Boolean> isOurs(Execution execution) {
        return Mono.defer(() -> lease.isInDoubt() ? ask(execution) : Mono.just(true));
    }

    private Mono<Boolean> ask(Execution execution) {
        return proof.apply(execution)
                .timeout(PATIENCE)
                // The answer may be an old one that was read only now.
                .then(Mono.fromSupplier(() -> !lease.hasLapsed()))
                .onErrorReturn(false)
                .doOnNext(ours -> {
                    if (!ours) {
                        outOfTouch(execution);
                    }
                })
                .doOnCancel(() -> outOfTouch(execution));
    }

    private static void outOfTouch(Execution execution) {
        log.info("no proof that a job is still ours, it does not go on here jobId={}", execution.id());
        execution.outOfTouch();
    }
}
