package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** One or more flow files cannot be used; holds everything that is wrong with them. */
public final class InvalidFlowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidFlowException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, in the order of the files. */
    public List<Problem> problems() {
        return problems;
    }
}
