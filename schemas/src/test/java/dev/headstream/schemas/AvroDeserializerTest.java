package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroDeserializerTest {
    private final InMemorySchemaRegistryClient registry = new InMemorySchemaRegistryClient();
    private final AvroSerializer<JobRequested> serializer = new AvroSerializer<>(registry);
    private final AvroDeserializer<JobRequested> deserializer = new AvroDeserializer<>(JobRequested.class, registry);

    @Test
    void deserialize_givenNull_expectsNull() {
        assertThat(deserializer.deserialize("jobs", null)).isNull();
    }

    @Test
    void deserialize_givenNoBytes_expectsEmptyNamed() {
        assertMalformed(new byte[0], "empty");
    }

    @Test
    void deserialize_givenJson_expectsMagicByteNamed() {
        assertMalformed("{\"jobId\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8), "wrong magic byte 0x7b");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void deserialize_givenHalfAHeader_expectsTruncatedNamed(int length) {
        assertMalformed(Arrays.copyOf(serializer.encode("jobs", Samples.job()), length), "truncated: " + length);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 20})
    void deserialize_givenHalfARecord_expectsTruncatedNamed(int length) {
        assertMalformed(Arrays.copyOf(serializer.encode("jobs", Samples.job()), length), "truncated");
    }

    @Test
    void deserialize_givenBytesBehindTheRecord_expectsThemNamed() {
        byte[] bytes = serializer.encode("jobs", Samples.job());

        assertMalformed(Arrays.copyOf(bytes, bytes.length + 1), "left over");
    }

    @Test
    void deserialize_givenHugeLength_expectsMalformedAndNoBigAllocation() {
        serializer.warm("jobs", JobRequested.class);
        // a string of 2147483639 bytes, of which none is there
        byte[] avro = {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'};

        assertMalformed(WireFormat.frame(1, avro), "truncated");
    }

    @Test
    void deserialize_givenUnknownId_expectsIdNamed() {
        assertMalformed(WireFormat.frame(77, new byte[] {1}), "unknown schema id 77");
    }

    @Test
    void deserialize_givenIdThatIsRegisteredLater_expectsRecordThen() {
        byte[] bytes = WireFormat.frame(1, AvroRecords.encode(Samples.job()));
        assertMalformed(bytes, "unknown schema id 1");

        registry.register("jobs-value", AvroRecords.portableSchemaOf(JobRequested.class));

        assertThat(deserializer.decode("jobs", bytes)).isEqualTo(Samples.job());
    }

    @Test
    void deserialize_givenRecordOfAnotherContract_expectsIncompatibilityNamed() {
        byte[] bytes = new AvroSerializer<JobResult>(registry).encode("x", Samples.result(JobStatus.FAILED));

        assertMalformed(bytes, "incompatible writer schema dev.headstream.v1.JobResult (id 1)");
    }

    @Test
    void deserialize_givenWriterWithoutARequiredField_expectsFieldNamed() {
        Schema writer = withFields("{\"name\":\"jobId\",\"type\":\"string\"},{\"name\":\"flow\",\"type\":\"string\"}");
        registry.register("jobs-value", writer);

        assertMalformed(WireFormat.frame(1, new byte[] {0, 0}), "submittedAt");
    }

    @Test
    void deserialize_givenNewerWriter_expectsUnknownFieldsSkippedAndDefaultsTaken() {
        Schema writer = withFields("{\"name\":\"priority\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},"
                + "{\"name\":\"submittedAt\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},"
                + "{\"name\":\"jobId\",\"type\":\"string\"},{\"name\":\"flow\",\"type\":\"string\"}");
        registry.register("jobs-value", writer);
        byte[] avro = {2, 4, 'h', 'i', 0, 20, 2, 'j', 2, 'f'};

        JobRequested read = deserializer.decode("jobs", WireFormat.frame(1, avro));

        assertThat(read.getJobId()).isEqualTo("j");
        assertThat(read.getSubmittedAt().toEpochMilli()).isEqualTo(10);
        assertThat(read.getMaxAttempts()).isEqualTo(3);
        assertThat(read.getSessionKey()).isNull();
    }

    @Test
    void deserialize_givenUnknownEnumSymbol_expectsUnknown() {
        Schema writer = new Schema.Parser()
                .parse(ContractFiles.current("JobResult").toString().replace("\"SUCCEEDED\"", "\"PAUSED\""));
        registry.register("results-value", writer);
        JobResult paused = Samples.result(JobStatus.SUCCEEDED);

        JobResult read = new AvroDeserializer<>(JobResult.class, registry)
                .decode("results", WireFormat.frame(1, AvroRecords.encode(paused)));

        assertThat(read.getStatus()).isEqualTo(JobStatus.UNKNOWN);
    }

    @Test
    void deserialize_givenRegistryDown_expectsUnavailableAndRecordOnceItIsBack() {
        byte[] bytes = serializer.encode("jobs", Samples.job());
        UnreliableRegistry unreliable = new UnreliableRegistry(registry);
        AvroDeserializer<JobRequested> waiting = new AvroDeserializer<>(JobRequested.class, unreliable);

        unreliable.down = true;
        assertThatThrownBy(() -> waiting.decode("jobs", bytes)).isInstanceOf(SchemaRegistryUnavailableException.class);
        unreliable.down = false;

        assertThat(waiting.decode("jobs", bytes)).isEqualTo(Samples.job());
        unreliable.down = true;
        assertThat(waiting.decode("jobs", bytes)).isEqualTo(Samples.job());
    }

    @Test
    void configure_givenClassNames_expectsTypeOfTheKeyOrValue() {
        byte[] bytes = serializer.encode("jobs", Samples.job());
        AvroDeserializer<JobRequested> configured = new AvroDeserializer<>();

        assertThatThrownBy(() -> configured.configure(Map.of("schema.registry.url", "http://localhost:1"), false))
                .hasMessageContaining(AvroDeserializer.TYPE);
        assertThatThrownBy(() -> configured.configure(
                        Map.of("schema.registry.url", "http://localhost:1", AvroDeserializer.TYPE, "java.lang.String"),
                        false))
                .hasMessageContaining("java.lang.String");
        configured.configure(
                Map.of(
                        "schema.registry.url",
                        "http://localhost:1",
                        "schema.registry.request.timeout.ms",
                        3000,
                        AvroDeserializer.TYPE,
                        JobRequested.class.getName()),
                false);

        assertThatThrownBy(() -> configured.decode("jobs", bytes))
                .isInstanceOf(SchemaRegistryUnavailableException.class)
                .hasMessageContaining("http://localhost:1: cannot connect");
    }

    private void assertMalformed(byte[] bytes, String reason) {
        assertThatThrownBy(() -> deserializer.decode("jobs", bytes))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("topic jobs: not a JobRequested: ")
                .hasMessageContaining(reason);
    }

    private static Schema withFields(String fields) {
        return new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"JobRequested\",\"namespace\":\"dev.headstream.v1\",\"fields\":["
                        + fields + "]}");
    }

    /** A registry that can be cut off. */
    private static final class UnreliableRegistry implements SchemaRegistryClient {
        private final SchemaRegistryClient delegate;
        private boolean down;

        UnreliableRegistry(SchemaRegistryClient delegate) {
            this.delegate = delegate;
        }

        @Override
        public int register(String subject, Schema schema) {
            return reachable().register(subject, schema);
        }

        @Override
        public int idOf(String subject, Schema schema) {
            return reachable().idOf(subject, schema);
        }

        @Override
        public Schema schemaById(int id) {
            return reachable().schemaById(id);
        }

        @Override
        public RegisteredSchema latest(String subject) {
            return reachable().latest(subject);
        }

        @Override
        public void setCompatibility(String subject, String level) {
            reachable().setCompatibility(subject, level);
        }

        @Override
        public void close() {}

        private SchemaRegistryClient reachable() {
            if (down) {
                throw new SchemaRegistryUnavailableException("cut off", new java.io.IOException("cut off"));
            }
            return delegate;
        }
    }
}
