package dev.headstream.schemas;

import java.nio.ByteBuffer;

/**
 * Confluent's framing of a Kafka key or value: a zero byte, the global id of the writer's schema (4 bytes, big-endian),
 * then the record in Avro binary.
 */
public final class WireFormat {
    /** Bytes before the Avro data. */
    public static final int HEADER_BYTES = 5;

    private static final byte MAGIC = 0;

    private WireFormat() {}

    /** The Avro data with its header before it. */
    public static byte[] frame(int schemaId, byte[] avro) {
        return ByteBuffer.allocate(HEADER_BYTES + avro.length)
                .put(MAGIC)
                .putInt(schemaId)
                .put(avro)
                .array();
    }

    /**
     * The id of the writer's schema.
     *
     * @throws MalformedRecordException saying why the bytes are not framed so
     */
    public static int schemaId(byte[] framed) {
        if (framed.length == 0) {
            throw new MalformedRecordException("empty: no magic byte, schema id and Avro data");
        }
        if (framed[0] != MAGIC) {
            throw new MalformedRecordException(String.format(
                    "wrong magic byte 0x%02x (expected 0x00, then a 4-byte schema id and Avro data)", framed[0]));
        }
        if (framed.length < HEADER_BYTES) {
            throw new MalformedRecordException("truncated: " + framed.length
                    + " bytes, but the magic byte and schema id alone are " + HEADER_BYTES);
        }
        return ByteBuffer.wrap(framed).getInt(1);
    }
}
