package dev.headstream.worker.flow;

import dev.headstream.worker.egress.HostPolicy;
import dev.headstream.worker.flow.yaml.Problem;
import dev.headstream.worker.flow.yaml.Suggestions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The flows that a worker has, by name. Immutable. */
public final class FlowCatalog {
    private final Map<String, Flow> flows;

    private FlowCatalog(Map<String, Flow> flows) {
        this.flows = Collections.unmodifiableMap(new TreeMap<>(flows));
    }

    /** A catalog of these flows, whose names must differ. */
    public static FlowCatalog of(Collection<Flow> flows) {
        Map<String, Flow> byName = new LinkedHashMap<>();
        for (Flow flow : flows) {
            if (byName.put(flow.name(), flow) != null) {
                throw new IllegalArgumentException("two flows are called '" + flow.name() + "'");
            }
        }
        return new FlowCatalog(byName);
    }

    /**
     * Reads every {@code .yaml} and {@code .yml} file of a directory (not of those below it), and every {@code .json} file
     * as a recording of the Chrome DevTools Recorder.
     *
     * @throws InvalidFlowException with the problems of all files, if there are any
     */
    public static FlowCatalog load(Path directory) {
        return load(directory, Optional.empty());
    }

    /**
     * The same, and the flows that the jars of another directory hold; with these the first may hold none.
     *
     * @throws InvalidFlowException with the problems of all, if there are any
     */
    public static FlowCatalog load(Path directory, Optional<Path> jars) {
        List<Problem> problems = new ArrayList<>();
        Map<String, Flow> flows = new LinkedHashMap<>();
        Map<String, Path> origins = new LinkedHashMap<>();
        for (Path file : files(directory, jars.isEmpty())) {
            try {
                Flow flow = FlowFiles.read(file);
                Path earlier = origins.putIfAbsent(flow.name(), file);
                if (earlier == null) {
                    flows.put(flow.name(), flow);
                } else {
                    problems.add(wholeFile(
                            file,
                            "flow '" + flow.name() + "' is already in " + earlier + ": give one of them another name"));
                }
            } catch (InvalidFlowException e) {
                problems.addAll(e.problems());
            }
        }
        jars.ifPresent(path -> addCode(path, flows, origins, problems));
        if (!problems.isEmpty()) {
            throw new InvalidFlowException(problems);
        }
        return new FlowCatalog(flows);
    }

    private static void addCode(Path jars, Map<String, Flow> flows, Map<String, Path> origins, List<Problem> problems) {
        try {
            for (Flow flow : CodeFlows.load(jars)) {
                if (flows.putIfAbsent(flow.name(), flow) != null) {
                    problems.add(wholeFile(
                            jars,
                            "flow '" + flow.name() + "' is already in " + origins.get(flow.name())
                                    + ": give one of them another name"));
                }
            }
        } catch (InvalidFlowException e) {
            problems.addAll(e.problems());
        }
    }

    private static List<Path> files(Path directory, boolean someMustBe) {
        if (!Files.isDirectory(directory)) {
            throw new InvalidFlowException(
                    List.of(wholeFile(directory, "there is no such directory: point to the one with the flow files")));
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> files = entries.filter(
                            file -> file.getFileName().toString().matches("[^.].*\\.(ya?ml|json)"))
                    .sorted()
                    .toList();
            if (someMustBe && files.isEmpty()) {
                throw new InvalidFlowException(
                        List.of(wholeFile(directory, "the directory holds no flow: put a .yaml file into it")));
            }
            return files;
        } catch (IOException e) {
            throw new InvalidFlowException(List.of(wholeFile(directory, "the directory cannot be read: " + e)));
        }
    }

    private static Problem wholeFile(Path file, String message) {
        return new Problem(file.toString(), 1, 1, message);
    }

    /** The flow of that name. */
    public Optional<Flow> get(String name) {
        return Optional.ofNullable(flows.get(name));
    }

    /** All flows, by name. */
    public Collection<Flow> flows() {
        return flows.values();
    }

    /** What is wrong with a job before anything ran, one line a problem; empty if it may run. */
    public List<String> problems(String name, Map<String, String> inputs) {
        Flow flow = flows.get(name);
        if (flow == null) {
            return List.of("flow: unknown flow '" + name + "'" + Suggestions.hint(name, flows.keySet())
                    + " (this worker has " + String.join(", ", flows.keySet()) + ")");
        }
        return flow.problems(inputs);
    }

    /** The hosts that these flows may reach, without ports: what the browser may resolve, and nothing else. */
    public List<String> hosts() {
        return HostPolicy.resolvable(
                flows.values().stream().map(Flow::allowedHosts).toList());
    }
}
