package dev.headstream.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * An id in 16 bytes whatever its length, to remember many: the first half of its SHA-256. That two of a billion ids
 * share one has a chance of one in 10<sup>20</sup>.
 */
public record HashedId(long high, long low) {

    /** The hash of an id. */
    public static HashedId of(String id) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
            return new HashedId(digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
