package dev.headstream.worker.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.worker.flow.code.CodeFlow;
import dev.headstream.worker.flow.code.FlowDeclaration;
import dev.headstream.worker.flow.yaml.Problem;
import dev.headstream.worker.flow.yaml.Problems;
import dev.headstream.worker.flow.yaml.YamlDocument;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Finds flows that are written in Java, and holds what they declare against the rules of flow files. The jars of a
 * directory have one class loader, below the worker's: what a flow needs beside the worker's own classes lies there too.
 */
public final class CodeFlows {
    private static final String SERVICE = "META-INF/services/" + CodeFlow.class.getName();

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Flow> flows = new LinkedHashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    private final Path path;
    private Optional<String> code = Optional.empty();

    private CodeFlows(Path path) {
        this.path = path;
    }

    /**
     * The flows of a jar, or of all jars of a directory (not of those below it).
     *
     * @throws InvalidFlowException if there is none, or with the problems of all
     */
    public static List<Flow> load(Path jarOrDirectory) {
        CodeFlows found = new CodeFlows(jarOrDirectory);
        found.load();
        if (!found.problems.isEmpty()) {
            throw new InvalidFlowException(found.problems);
        }
        return List.copyOf(found.flows.values());
    }

    private void load() {
        List<Path> files = jars();
        if (!problems.isEmpty()) {
            return;
        }
        List<URL> jars = urls(files);
        code = fingerprint(files);
        // stays open: classes of a flow may be loaded as long as it runs
        @SuppressWarnings("resource")
        URLClassLoader loader =
                new URLClassLoader("code-flows", jars.toArray(URL[]::new), CodeFlow.class.getClassLoader());
        var providers = ServiceLoader.load(CodeFlow.class, loader).stream().iterator();
        try {
            while (providers.hasNext()) {
                ServiceLoader.Provider<CodeFlow> provider = providers.next();
                if (provider.type().getClassLoader() == loader) {
                    declare(provider);
                }
            }
        } catch (ServiceConfigurationError e) {
            problem(path.toString(), "a flow's class cannot be found: " + e.getMessage() + " (see " + SERVICE + ")");
        } catch (LinkageError e) {
            problem(path.toString(), "a flow's class cannot be loaded: " + e + "; put what it needs beside it");
        }
        if (flows.isEmpty() && problems.isEmpty()) {
            problem(path.toString(), "no flow is named in a " + SERVICE + " of these jars");
        }
    }

    /** Of all of the jars, for a flow may use any; a read that fails shows again, and better, when a class is loaded. */
    private static Optional<String> fingerprint(List<Path> jars) {
        try {
            Fingerprint all = new Fingerprint();
            for (Path jar : jars) {
                all.add(Files.readAllBytes(jar));
            }
            return Optional.of(all.digest());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private List<Path> jars() {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (!Files.isDirectory(path)) {
            problem(path.toString(), "there is no such directory or jar: point to the one with the jars of flows");
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> jars = entries.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            if (jars.isEmpty()) {
                problem(path.toString(), "the directory holds no .jar: put the jars of flows into it");
            }
            return jars;
        } catch (IOException e) {
            problem(path.toString(), "the directory cannot be read: " + e);
            return List.of();
        }
    }

    private static List<URL> urls(List<Path> jars) {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            try {
                urls.add(jar.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalStateException("a file has a URL", e);
            }
        }
        return urls;
    }

    private void declare(ServiceLoader.Provider<CodeFlow> provider) {
        String origin = path + "!" + provider.type().getName();
        FlowDeclaration declaration = new FlowDeclaration();
        try {
            provider.get().declare(declaration);
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            problem(origin, "it could not declare itself: " + e);
            return;
        }
        Problems found = new Problems(origin);
        Map<String, Object> declared = declaration.asWritten();
        Optional<String> definition = code.map(it -> new Fingerprint()
                .add(it)
                .add(provider.type().getName())
                .add(written(declared, json.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS), found))
                .digest());
        Optional<Flow> flow = YamlDocument.read(written(declared, json.writer(), found), found)
                .flatMap(new FlowReader(found, definition, declaration.bodies())::read);
        // its lines are of a text that nobody has seen
        found.list().forEach(problem -> problem(origin, problem.message()));
        flow.ifPresent(it -> {
            if (flows.putIfAbsent(it.name(), it) != null) {
                problem(origin, "there is a flow '" + it.name() + "' already: give one of them another name");
            }
        });
    }

    private static String written(Map<String, Object> declared, ObjectWriter writer, Problems found) {
        try {
            return writer.writeValueAsString(declared);
        } catch (JsonProcessingException e) {
            found.add("what it declares cannot be written down: " + e.getOriginalMessage());
            return "{}";
        }
    }

    private void problem(String origin, String message) {
        problems.add(new Problem(origin, 1, 1, message));
    }
}
