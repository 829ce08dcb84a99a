package dev.headstream.worker.flow.code;

/**
 * A flow written in Java, found by {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/dev.headstream.worker.flow.code.CodeFlow} of its jar. It has a public constructor without
 * arguments.
 *
 * <p>It declares what a flow file does and is held to the same: inputs and outputs, the hosts that its pages may go to,
 * steps with effect, budget, timeout and cache, sessions. Only what a step does is a function.
 */
public interface CodeFlow {

    /**
     * Says what the flow is. Called once, when the worker starts; a flow that is declared wrongly keeps the worker from
     * starting, with every mistake named.
     */
    void declare(FlowDeclaration flow);
}
