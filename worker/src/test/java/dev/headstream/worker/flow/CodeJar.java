package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.worker.flow.code.CodeFlow;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Makes jars of flows in Java, as a build would. */
public final class CodeJar {
    private static final String SERVICE = "META-INF/services/dev.headstream.worker.flow.code.CodeFlow";

    private CodeJar() {}

    /** Of the sources and resources of a Maven project. */
    public static Path ofProject(Path project, Path jar) throws IOException {
        Path sources = project.resolve("src/main/java");
        Path services = project.resolve("src/main/resources").resolve(SERVICE);
        return build(filesBelow(sources), Files.readString(services), jar);
    }

    /** Of the source of one class. */
    public static Path of(String name, String source, Path jar) throws IOException {
        return of(Map.of(name, source), jar);
    }

    /** Of the sources of classes, by their simple names, in the package {@code made}; all are named as flows. */
    static Path of(Map<String, String> sources, Path jar) throws IOException {
        Path folder = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "sources");
        List<Path> files = new ArrayList<>();
        StringBuilder services = new StringBuilder();
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = folder.resolve(source.getKey() + ".java");
            Files.writeString(
                    file,
                    "package made; import dev.headstream.worker.flow.code.*; import java.time.Duration;"
                            + " import java.util.*; public final class " + source.getKey() + " implements CodeFlow {\n"
                            + source.getValue() + "\n}\n");
            files.add(file);
            services.append("made.").append(source.getKey()).append('\n');
        }
        return build(files, services.toString(), jar);
    }

    private static Path build(List<Path> sources, String services, Path jar) throws IOException {
        Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
        if (!sources.isEmpty()) {
            compile(sources, classes);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            put(entries, SERVICE, services.getBytes(StandardCharsets.UTF_8));
            for (Path file : filesBelow(classes)) {
                put(entries, classes.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return jar;
    }

    private static void compile(List<Path> sources, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options = List.of(
                "-d",
                classes.toString(),
                "-cp",
                String.join(File.pathSeparator, home(CodeFlow.class), home(Nullable.class)),
                "--release",
                "17",
                "-proc:none",
                "-Xlint:all",
                "-Werror");
        Iterable<? extends javax.tools.JavaFileObject> files =
                compiler.getStandardFileManager(null, null, null).getJavaFileObjectsFromPaths(sources);
        assertThat(compiler.getTask(said, null, null, options, null, files).call())
                .as(said.toString())
                .isTrue();
    }

    /** The jar or folder that a class came from: the path of classes of a test is not always a property. */
    private static String home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(JarOutputStream entries, String name, byte[] bytes) throws IOException {
        entries.putNextEntry(new JarEntry(name));
        entries.write(bytes);
        entries.closeEntry();
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
