package dev.headstream.worker.artifact;

import dev.headstream.v1.Artifact;
import java.io.IOException;

/**
 * Keeps the files of jobs. Storing the same name for the same execution again replaces the file, so that a repeated
 * attempt leaves one. Thread-safe; blocking.
 */
public interface ArtifactStore extends AutoCloseable {

    /**
     * Stores a file and says where it is.
     *
     * @param executionId the execution that it belongs to
     * @param name the name that the flow gave it; unsafe characters are replaced
     * @param contentType its media type
     * @throws IOException if it is larger than allowed or cannot be written, saying which and what to do
     */
    Artifact store(String executionId, String name, String contentType, byte[] content) throws IOException;

    /** Frees what it holds; nothing is to be stored any more. */
    @Override
    default void close() {}

    /** The largest file that is kept, in bytes: nobody need read more of one. */
    default long maxBytes() {
        return 64L << 20;
    }
}
