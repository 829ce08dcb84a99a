package dev.headstream.worker.command;

import dev.headstream.worker.flow.CodeFlows;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import java.nio.file.Path;
import java.util.List;

/** What a command is told to work on: a flow file, or a jar with flows that are written in Java. */
final class FlowSource {
    private FlowSource() {}

    /**
     * The flows in it.
     *
     * @throws dev.headstream.worker.flow.InvalidFlowException with all that is wrong
     */
    static List<Flow> read(Path file) {
        return file.toString().endsWith(".jar") ? CodeFlows.load(file) : List.of(FlowFiles.read(file));
    }
}
