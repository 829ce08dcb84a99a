package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * The names of the commands that the worker's own program runs, so that one {@code --help} is the map of all of them. The
 * launcher routes them to the worker before this program starts; who gets here has not used the launcher.
 */
final class WorkerSideCommands {
    private WorkerSideCommands() {}

    private static int notHere(String name) {
        throw new CommandException(
                ExitCodes.USAGE,
                "'" + name + "' is run by the worker's program: start it with deploy/headstream " + name);
    }

    @Command(
            name = "worker",
            description = "Run a worker: one browser, many contexts, jobs from Kafka.%n(run by the worker's program)")
    static final class WorkerPlaceholder implements Callable<Integer> {
        @Unmatched
        @SuppressWarnings("UnusedVariable")
        private List<String> rest = new ArrayList<>();

        @Override
        public Integer call() {
            return notHere("worker");
        }
    }

    @Command(name = "flow", description = "Check, run and list flows, without Kafka.%n(run by the worker's program)")
    static final class FlowPlaceholder implements Callable<Integer> {
        @Unmatched
        @SuppressWarnings("UnusedVariable")
        private List<String> rest = new ArrayList<>();

        @Override
        public Integer call() {
            return notHere("flow");
        }
    }

    @Command(
            name = "replay",
            description = "Run a range of the jobs topic again, beside the workers.%n(run by the worker's program)")
    static final class ReplayPlaceholder implements Callable<Integer> {
        @Unmatched
        @SuppressWarnings("UnusedVariable")
        private List<String> rest = new ArrayList<>();

        @Override
        public Integer call() {
            return notHere("replay");
        }
    }
}
