package dev.headstream.loadgen.command;

import picocli.CommandLine;

/** Runs the command as a process of its own, as the launcher does. */
final class StackMain {
    private StackMain() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StackCommand()).execute(arguments));
    }
}
