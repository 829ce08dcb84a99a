package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class AvroSerializerTest {
    private final InMemorySchemaRegistryClient registry = new InMemorySchemaRegistryClient();
    private final AvroSerializer<JobRequested> serializer = new AvroSerializer<>(registry);

    @Test
    void serialize_givenNull_expectsNull() {
        assertThat(serializer.serialize("jobs", null)).isNull();
    }

    @Test
    void serialize_givenRecord_expectsHeaderWithRegisteredId() {
        registry.register("other", Schema.create(Schema.Type.INT));

        byte[] bytes = serializer.encode("jobs", Samples.job());

        assertThat(bytes).startsWith(0, 0, 0, 0, 2);
        assertThat(registry.latest("jobs-value").id()).isEqualTo(2);
    }

    @Test
    void serialize_givenKey_expectsKeySubject() {
        serializer.configure(Map.of(), true);

        serializer.encode("jobs", Samples.job());

        assertThat(registry.latest("jobs-key").version()).isEqualTo(1);
    }

    @Test
    void serialize_givenGeneratedClass_expectsRegisteredSchemaAsInItsFile() {
        serializer.encode("jobs", Samples.job());

        assertThat(registry.latest("jobs-value").schema().toString())
                .isEqualTo(ContractFiles.current("JobRequested").toString())
                .doesNotContain("avro.java.string");
    }

    @Test
    void serialize_givenAutoRegisterOff_expectsRefusalUntilRegistered() {
        serializer.configure(Map.of(AvroSerializer.AUTO_REGISTER, "false"), false);

        assertThatThrownBy(() -> serializer.encode("jobs", Samples.job()))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("jobs-value");
        registry.register("jobs-value", AvroRecords.portableSchemaOf(JobRequested.class));

        assertThat(serializer.encode("jobs", Samples.job())).startsWith(0, 0, 0, 0, 1);
    }

    @Test
    void serialize_givenUseLatestOfOtherShape_expectsRecordConvertedToIt() {
        Schema latest = new Schema.Parser()
                .parse(
                        "{\"type\":\"record\",\"name\":\"JobRequested\",\"namespace\":\"dev.headstream.v1\",\"fields\":["
                                + "{\"name\":\"added\",\"type\":\"int\",\"default\":7},"
                                + "{\"name\":\"flow\",\"type\":\"string\"},{\"name\":\"jobId\",\"type\":\"string\"},"
                                + "{\"name\":\"submittedAt\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}}]}");
        registry.register("jobs-value", latest);
        serializer.configure(Map.of(AvroSerializer.AUTO_REGISTER, false, AvroSerializer.USE_LATEST, true), false);

        byte[] bytes = serializer.encode("jobs", Samples.job());

        JobRequested read = new AvroDeserializer<>(JobRequested.class, registry).decode("jobs", bytes);
        assertThat(bytes).startsWith(0, 0, 0, 0, 1, 14);
        assertThat(read.getJobId()).isEqualTo("job-1");
        assertThat(read.getSubmittedAt()).isEqualTo(Samples.NOON);
        assertThat(read.getInputs()).isEmpty();
    }

    @Test
    void serialize_givenUseLatestThatCannotTakeIt_expectsFieldNamed() {
        registry.register(
                "jobs-value",
                new Schema.Parser()
                        .parse("{\"type\":\"record\",\"name\":\"JobRequested\",\"namespace\":\"dev.headstream.v1\","
                                + "\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"}]}"));
        serializer.configure(Map.of(AvroSerializer.AUTO_REGISTER, false, AvroSerializer.USE_LATEST, true), false);

        assertThatThrownBy(() -> serializer.encode("jobs", Samples.job()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("jobs-value")
                .hasMessageContaining("tenant");
    }

    @Test
    void serialize_givenMissingField_expectsItNamed() {
        AvroSerializer<JobResult> results = new AvroSerializer<>(registry);
        JobResult result = Samples.result(JobStatus.FAILED);
        result.put("source", null);

        assertThatThrownBy(() -> results.encode("results", result))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("topic results")
                .hasMessageContaining("JobResult.source");
    }

    @Test
    void serialize_givenRecordsOfTwoSchemasInOneTopic_expectsIdOfEach() {
        AvroSerializer<org.apache.avro.specific.SpecificRecord> any = new AvroSerializer<>(registry);
        registry.setCompatibility("mixed-value", "NONE");

        List<byte[]> bytes = List.of(
                any.encode("mixed", Samples.job()),
                any.encode("mixed", Samples.result(JobStatus.FAILED)),
                any.encode("mixed", Samples.job()));

        assertThat(bytes).extracting(WireFormat::schemaId).containsExactly(1, 2, 1);
    }

    @Test
    void configure_givenBadFlag_expectsKeyNamed() {
        assertThatThrownBy(() -> serializer.configure(Map.of(AvroSerializer.AUTO_REGISTER, "yes"), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("auto.register.schemas");
    }

    @Test
    void serialize_givenNoConfiguration_expectsWhatToDo() {
        assertThatThrownBy(() -> new AvroSerializer<JobRequested>().encode("jobs", Samples.job()))
                .hasMessageContaining("configure");
    }
}
