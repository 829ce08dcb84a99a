package dev.headstream.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** The contracts as their files have them: the current ones, and the committed earlier versions. */
final class ContractFiles {
    private static final Path CURRENT = Path.of("src/main/avro");
    private static final Path HISTORY = Path.of("src/test/resources/history");

    private ContractFiles() {}

    static Schema current(String name) {
        return parsed(CURRENT.resolve(name + ".avsc"));
    }

    /** Names of all current contracts. */
    static List<String> names() {
        return listed(CURRENT).stream()
                .map(file -> file.getFileName().toString().replace(".avsc", ""))
                .toList();
    }

    /** Directories with a released version each. */
    static List<Path> versions() {
        return listed(HISTORY);
    }

    static List<Path> listed(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Schema parsed(Path file) {
        try {
            return new Schema.Parser().parse(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
