package dev.headstream.worker.setting;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; names every problem that it has. The process exits with {@link #EXIT_CODE}. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** {@code EX_CONFIG} of sysexits.h: starting again does not help. */
    public static final int EXIT_CODE = 78;

    private final transient List<SettingProblem> problems;

    SettingsException(List<SettingProblem> problems) {
        super(problems.stream()
                .map(problem -> "  " + problem)
                .collect(Collectors.joining("\n", "The configuration has " + count(problems.size()) + ":\n", "")));
        this.problems = List.copyOf(problems);
    }

    /** In the order in which the keys are declared, unknown keys last. */
    public List<SettingProblem> problems() {
        return problems;
    }

    private static String count(int problems) {
        return problems == 1 ? "a problem" : problems + " problems";
    }
}
