package dev.headstream.worker.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of the worker's machine that flows may upload: those of one folder, and none if there is no folder.
 * Immutable; blocking.
 *
 * @param directory where they are; empty: nowhere
 * @param maxBytes the largest file that is given to a page
 */
public record UploadFolder(Optional<Path> directory, long maxBytes) {
    /** What a page is given at most where nobody says. */
    public static final long DEFAULT_MAX_BYTES = 10L << 20;

    /** No folder. */
    public static final UploadFolder NONE = new UploadFolder(Optional.empty(), DEFAULT_MAX_BYTES);

    public UploadFolder {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be at least 1, not " + maxBytes);
        }
    }

    /**
     * Reads a file.
     *
     * @param path within the folder; what leads out of it, by links too, is refused
     * @throws IOException if it is not there, too large or elsewhere, saying what to do
     */
    public byte[] read(String path) throws IOException {
        if (directory.isEmpty()) {
            throw new IOException("the file '" + path + "' cannot be uploaded: the worker has no folder for such files;"
                    + " set files.directory");
        }
        Path folder = directory.get().toRealPath();
        Path file = folder.resolve(path).normalize();
        if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
            throw new IOException("there is no file '" + path + "' in the folder of files.directory");
        }
        if (!file.toRealPath().startsWith(folder)) {
            throw new IOException("the file '" + path + "' is a link that leads out of the folder of files.directory");
        }
        checkSize(path, Files.size(file));
        return Files.readAllBytes(file);
    }

    /**
     * Refuses a file that is too large.
     *
     * @throws IOException saying how large it is
     */
    public void checkSize(String name, long bytes) throws IOException {
        if (bytes > maxBytes) {
            throw new IOException("the file '" + name + "' has " + bytes + " bytes, at most " + maxBytes
                    + " are uploaded: raise files.maxBytes or send a smaller one");
        }
    }
}
