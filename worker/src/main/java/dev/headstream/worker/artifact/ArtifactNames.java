package dev.headstream.worker.artifact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How files of jobs are called where they are kept. Folder names are the execution id in a safe form and a hash of it, so
 * that no id can point outside of where they are and no two ids share a folder.
 */
final class ArtifactNames {
    private static final int MAX_NAME_LENGTH = 100;

    private ArtifactNames() {}

    /** @throws IOException saying what to do if the file is too large */
    static void checkSize(String name, int bytes, long maxBytes) throws IOException {
        if (bytes > maxBytes) {
            throw new IOException("artifact '" + name + "' has " + bytes + " bytes, at most " + maxBytes
                    + " are kept: raise the limit or take a smaller part of the page");
        }
    }

    static String folder(String executionId) {
        String readable = safe(executionId);
        return readable.substring(0, Math.min(60, readable.length())) + "-" + hash(executionId);
    }

    /** Names that would become the same file get different ones. */
    static String file(String name) {
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
