package dev.headstream.schemas;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;

/** Single records as bare Avro binary, without topic, header or registry. Thread-safe. */
public final class AvroRecords {
    private AvroRecords() {}

    /**
     * Encodes with the record's own schema.
     *
     * @throws IllegalArgumentException naming the field that cannot be encoded, for example one that must not be null
     */
    public static byte[] encode(SpecificRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(record.getSchema(), model(record)).write(record, encoder);
            encoder.flush();
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    record.getSchema().getName() + " cannot be encoded: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /**
     * Decodes what was written with the type's own schema.
     *
     * @throws MalformedRecordException if the bytes are no such record
     */
    public static <T extends SpecificRecord> T decode(Class<T> type, byte[] avro) {
        return decode(type, schemaOf(type), avro);
    }

    /**
     * Decodes what was written with another version of the type's schema.
     *
     * @throws MalformedRecordException if the bytes are no such record
     */
    public static <T extends SpecificRecord> T decode(Class<T> type, Schema writer, byte[] avro) {
        return read(reader(type, writer), avro, 0);
    }

    /** The schema that a generated class was made from. */
    public static Schema schemaOf(Class<? extends SpecificRecord> type) {
        return SpecificData.getForClass(type).getSchema(type);
    }

    /** The same as its file has it, without the generator's {@code avro.java.string}: what is registered. */
    public static Schema portableSchemaOf(Class<? extends SpecificRecord> type) {
        return SchemaText.portable(schemaOf(type));
    }

    /** The model that a generated class carries; looking it up by class takes reflection. */
    private static SpecificData model(SpecificRecord record) {
        return record instanceof SpecificRecordBase generated
                ? generated.getSpecificData()
                : SpecificData.getForClass(record.getClass());
    }

    /** A reader for one writer's schema; thread-safe. */
    static <T extends SpecificRecord> SpecificDatumReader<T> reader(Class<T> type, Schema writer) {
        Schema schema = schemaOf(type);
        TrustedTypes.add(schema);
        return new SpecificDatumReader<>(writer, schema, SpecificData.getForClass(type));
    }

    static <T> T read(SpecificDatumReader<T> reader, byte[] bytes, int offset) {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, offset, bytes.length - offset, null);
        try {
            T record = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new MalformedRecordException("bytes left over behind the Avro data");
            }
            return record;
        } catch (MalformedRecordException e) {
            throw e;
        } catch (EOFException e) {
            throw new MalformedRecordException(
                    "truncated: the Avro data (" + (bytes.length - offset) + " bytes) ends inside the record", e);
        } catch (IOException | RuntimeException e) {
            // garbage makes Avro fail in many ways: negative lengths, symbols and branches out of range, bad dates
            throw new MalformedRecordException("the Avro data does not fit its schema: " + e, e);
        }
    }

    /** Bare Avro binary of one schema as that of another which can read it; fields that only the latter has get defaults. */
    static byte[] convert(Schema from, byte[] avro, Schema to) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(avro.length);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            Object record = new GenericDatumReader<>(from, to)
                    .read(null, DecoderFactory.get().binaryDecoder(avro, null));
            new GenericDatumWriter<>(to).write(record, encoder);
            encoder.flush();
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(from.getName() + " cannot be converted: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /** What stands in the way, for a message. */
    static String incompatibilities(SchemaPairCompatibility compatibility) {
        return compatibility.getResult().getIncompatibilities().stream()
                .map(problem -> problem.getType() + " at " + problem.getLocation() + ": " + problem.getMessage())
                .collect(Collectors.joining("; "));
    }
}
