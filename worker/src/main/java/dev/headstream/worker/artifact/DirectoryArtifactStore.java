package dev.headstream.worker.artifact;

import dev.headstream.v1.Artifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Keeps files under a local directory, one folder an execution.
 */
public final class DirectoryArtifactStore implements ArtifactStore {
    private final Path directory;
    private final long maxBytes;

    /**
     * @param directory made when it is first needed
     * @param maxBytes the largest file that is kept
     */
    public DirectoryArtifactStore(Path directory, long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be at least 1, not " + maxBytes);
        }
        this.directory = directory.toAbsolutePath().normalize();
        this.maxBytes = maxBytes;
    }

    @Override
    public Artifact store(String executionId, String name, String contentType, byte[] content) throws IOException {
        ArtifactNames.checkSize(name, content.length, maxBytes);
        Path folder = directory.resolve(ArtifactNames.folder(executionId));
        Path file = folder.resolve(ArtifactNames.file(name));
        Files.createDirectories(folder);
        Path partial = Files.createTempFile(folder, ".partial-", "");
        try {
            Files.write(partial, content);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        return new Artifact(name, file.toUri().toString(), contentType, (long) content.length);
    }

    @Override
    public long maxBytes() {
        return maxBytes;
    }
}
