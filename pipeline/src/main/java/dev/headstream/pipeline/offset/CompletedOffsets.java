package dev.headstream.pipeline.offset;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.NavigableSet;
import java.util.zip.CRC32C;

/**
 * The metadata of an offset commit: which offsets above the watermark are finished.
 *
 * <p>Format, before base64: version (1 byte), CRC-32C (4 bytes) over the base offset and the bits, then a bitmap whose
 * bit {@code i} stands for offset {@code base + i}. The CRC is seeded with the base, so a bitmap that was written beside
 * another offset is seen as foreign. At most {@value #MAX_AHEAD} offsets are covered: 2,048 bytes, 2,740 characters in
 * base64, under the broker's default {@code offset.metadata.max.bytes} of 4,096 whatever is finished.
 */
public final class CompletedOffsets {

    /** How far above the watermark a finished offset can be recorded. */
    public static final int MAX_AHEAD = 16_384;

    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private CompletedOffsets() {}

    /** Encodes the finished offsets at or above {@code base}; those beyond {@link #MAX_AHEAD} are left out. */
    public static String encode(long base, NavigableSet<Long> done) {
        BitSet bits = new BitSet();
        for (long offset : done.tailSet(base, true)) {
            if (offset - base >= MAX_AHEAD) {
                break;
            }
            bits.set((int) (offset - base));
        }
        if (bits.isEmpty()) {
            return "";
        }
        byte[] map = bits.toByteArray();
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + map.length);
        out.put(VERSION).putInt(checksum(base, map)).put(map);
        return Base64.getEncoder().withoutPadding().encodeToString(out.array());
    }

    /**
     * Decodes what {@link #encode} wrote beside {@code base}. Nothing above the base counts as finished if the text is of another version, damaged, somebody else's, or was written beside another offset; nothing is lost then,
     * since a job that runs again is recognised by its journal entry.
     */
    public static FinishedOffsets decode(long base, String metadata) {
        return new FinishedOffsets(base, bits(base, metadata));
    }

    private static BitSet bits(long base, String metadata) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(metadata);
        } catch (IllegalArgumentException notBase64) {
            return new BitSet();
        }
        if (bytes.length < HEADER_BYTES || bytes.length > HEADER_BYTES + MAX_AHEAD / Byte.SIZE) {
            return new BitSet();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        int crc = in.getInt();
        byte[] map = new byte[in.remaining()];
        in.get(map);
        return version == VERSION && crc == checksum(base, map) ? BitSet.valueOf(map) : new BitSet();
    }

    private static int checksum(long base, byte[] map) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(base).flip());
        crc.update(map);
        return (int) crc.getValue();
    }
}
