package dev.headstream.worker.artifact;

import dev.headstream.v1.Artifact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Keeps files under a local directory, one folder an execution. Folder names are the execution id in a safe form and a
 * hash of it, so that no id can point outside of the directory and no two ids share a folder.
 */
public final class DirectoryArtifactStore implements ArtifactStore {
    private static final int MAX_NAME_LENGTH = 100;

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
        if (content.length > maxBytes) {
            throw new IOException("artifact '" + name + "' has " + content.length + " bytes, at most " + maxBytes
                    + " are kept: raise the limit or take a smaller part of the page");
        }
        Path folder = directory.resolve(folderName(executionId));
        Path file = folder.resolve(fileName(name));
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

    private static String folderName(String executionId) {
        String readable = safe(executionId);
        return readable.substring(0, Math.min(60, readable.length())) + "-" + hash(executionId);
    }

    /** Names that would become the same file get different ones. */
    private static String fileName(String name) {
        String safe = safe(name);
        return safe.equals(name) ? safe : hash(name) + "-" + safe;
    }

    /** Keeps what is safe on every file system; never empty, never hidden, never a parent. */
    private static String safe(String name) {
        String kept = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[.]+", "_");
        if (kept.isEmpty()) {
            return "_";
        }
        return kept.length() <= MAX_NAME_LENGTH ? kept : kept.substring(kept.length() - MAX_NAME_LENGTH);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
