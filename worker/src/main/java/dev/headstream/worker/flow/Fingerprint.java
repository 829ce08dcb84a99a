package dev.headstream.worker.flow;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of texts and bytes, each with its length, so that none can run into the next: a key of bounded size that holds no secret
 * and no personal data. Not thread-safe.
 */
public final class Fingerprint {
    private final MessageDigest sha256;

    public Fingerprint() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Takes one more text in. */
    @CanIgnoreReturnValue
    public Fingerprint add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes some more bytes in. */
    @CanIgnoreReturnValue
    public Fingerprint add(byte[] bytes) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha256.update(bytes);
        return this;
    }

    /** In hexadecimal, of all that was taken in; to be asked for once. */
    public String digest() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
