package dev.headstream.worker.management;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code management.port} in the work directory, by which others find a server whose port nobody chose. It
 * appears complete or not at all, and goes away on close.
 */
public final class PortFile implements AutoCloseable {
    /** Its name. */
    public static final String NAME = "management.port";

    private static final Logger LOG = LoggerFactory.getLogger(PortFile.class);
    private final Path file;

    private PortFile(Path file) {
        this.file = file;
    }

    /** Writes the port of an address. */
    public static PortFile write(Path directory, URI server) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(NAME);
        Path unfinished = Files.createTempFile(directory, NAME, ".new");
        Files.writeString(unfinished, server.getPort() + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new PortFile(file);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            LOG.debug("The port file could not be removed", stays);
        }
    }
}
