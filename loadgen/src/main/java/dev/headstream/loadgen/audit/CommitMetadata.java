package dev.headstream.loadgen.audit;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.zip.CRC32C;

/** Reads what workers write into the metadata of their commits; anew, not with the workers' own code. */
public final class CommitMetadata {
    private static final int HEADER_BYTES = 5;

    private CommitMetadata() {}

    /** The finished offsets at and above a commit's offset, relative to it; none if the metadata is not of a worker. */
    public static BitSet finishedAhead(long base, String metadata) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(metadata);
        } catch (IllegalArgumentException notOurs) {
            return new BitSet();
        }
        if (bytes.length <= HEADER_BYTES || bytes[0] != 1) {
            return new BitSet();
        }
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(base).flip());
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        if ((int) crc.getValue() != ByteBuffer.wrap(bytes).getInt(1)) {
            return new BitSet();
        }
        return BitSet.valueOf(ByteBuffer.wrap(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES));
    }
}
