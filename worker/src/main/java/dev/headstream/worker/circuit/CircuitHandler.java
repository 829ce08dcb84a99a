package dev.headstream.worker.circuit;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.flow.Flow;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * A handler with a circuit around each flow. Attempts of a flow whose circuit is open do not begin: they are put off, hold
 * no context meanwhile and do not count as attempts. Thread-safe.
 */
public final class CircuitHandler implements JobHandler {
    private final JobHandler inner;
    private final Map<String, FlowCircuit> circuits;
    private final CircuitEvents events;

    public CircuitHandler(
            JobHandler inner, Collection<Flow> flows, CircuitSettings settings, CircuitEvents events, Clock clock) {
        this.inner = inner;
        this.events = events;
        this.circuits = flows.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Flow::name, flow -> new FlowCircuit(flow, settings, events, clock)));
    }

    @Override
    public Mono<Outcome> handle(Job job) {
        FlowCircuit circuit = circuits.get(job.request().getFlow());
        return circuit == null ? inner.handle(job) : Mono.defer(() -> through(circuit, job));
    }

    private Mono<Outcome> through(FlowCircuit circuit, Job job) {
        Optional<FlowCircuit.Permit> entered = circuit.tryEnter();
        if (entered.isEmpty()) {
            events.postponed(job.request().getFlow());
            return Mono.just(new Outcome.Postponed("the circuit of the flow is open", circuit.delay()));
        }
        FlowCircuit.Permit permit = entered.get();
        return inner.handle(job).doOnNext(permit::ended).doFinally(unused -> permit.release());
    }

    /** Whether attempts of a flow are let through without question. */
    public boolean isClosed(String flow) {
        FlowCircuit circuit = circuits.get(flow);
        return circuit == null || circuit.isClosed();
    }

    @Override
    public int concurrency() {
        return inner.concurrency();
    }

    @Override
    public List<String> problems(JobRequested request) {
        return inner.problems(request);
    }

    @Override
    public int flowVersion(String flow) {
        return inner.flowVersion(flow);
    }
}
