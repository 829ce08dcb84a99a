package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.schemas.setup.Contracts;
import dev.headstream.schemas.setup.Contracts.Registration;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real registry that others wrote, and with Confluent's own client and serialisers as the other side. */
class ApicurioRegistryIT {
    private static ApicurioRegistry apicurio;

    private SchemaRegistryClient client;

    @BeforeAll
    static void startRegistry(@TempDir Path directory) throws Exception {
        apicurio = ApicurioRegistry.start(directory.resolve("apicurio.log"));
        apicurio.setGlobalCompatibility("BACKWARD");
    }

    @AfterAll
    static void stopRegistry() {
        apicurio.close();
    }

    @BeforeEach
    void connect() {
        client = connected();
    }

    @Test
    void register_givenContracts_expectsFullTransitiveFromThenOn() {
        Topics topics = Topics.withPrefix("it-contracts");

        List<Registration> first = new Contracts(client).register(topics);
        List<Registration> second = new Contracts(connected()).register(topics);

        assertThat(first).hasSize(5).allMatch(Registration::created);
        assertThat(second).noneMatch(Registration::created);
        assertThat(second)
                .extracting(Registration::schemaId)
                .isEqualTo(first.stream().map(Registration::schemaId).toList());
        String subject = topics.results() + "-value";
        String text = client.latest(subject).schema().toString();
        assertThat(SchemaFingerprints.of(client.latest(subject).schema()))
                .isEqualTo(SchemaFingerprints.of(AvroRecords.schemaOf(JobResult.class)));
        // backward compatible, but not forward: only FULL refuses to drop a field that has no default
        Schema dropped =
                parsed(text.replaceFirst("\\{\"name\":\"completedAt\".*?\"When the worker decided.*?\"\\},?", "")
                        .replace(",]}", "]}"));
        assertThat(dropped.getField("completedAt")).isNull();
        assertThatThrownBy(() -> client.register(subject, dropped))
                .isInstanceOfSatisfying(SchemaRegistryException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(409));
        Schema added = parsed(text.replaceFirst(
                "\\{\"name\":\"flow\"",
                "{\"name\":\"region\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"flow\""));
        assertThat(client.register(subject, added)).isPositive();
        assertThat(client.latest(subject).version()).isEqualTo(2);
    }

    @Test
    void schemaById_givenRegisteredSchema_expectsItBackWholly() {
        Schema job = AvroRecords.portableSchemaOf(JobRequested.class);
        int id = client.register("it-by-id-value", job);

        Schema fetched = connected().schemaById(id);

        assertThat(SchemaText.of(fetched)).isEqualTo(SchemaText.of(job));
        assertThat(connected().idOf("it-by-id-value", job)).isEqualTo(id);
    }

    @Test
    void schemaById_givenUnknownId_expects40403() {
        assertThatThrownBy(() -> client.schemaById(999_999))
                .isInstanceOfSatisfying(SchemaRegistryException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(40403));
    }

    @Test
    void idOf_givenUnknownSubjectAndUnknownSchema_expectsTheirCodes() {
        assertThatThrownBy(() -> client.idOf("it-nothing-value", Schema.create(Schema.Type.INT)))
                .isInstanceOfSatisfying(SchemaRegistryException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(40401));
        client.register("it-something-value", Schema.create(Schema.Type.LONG));
        assertThatThrownBy(() -> client.idOf("it-something-value", Schema.create(Schema.Type.INT)))
                .isInstanceOfSatisfying(SchemaRegistryException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(40403));
    }

    @Test
    void serialize_givenConfluentOnTheOtherSide_expectsBothDirections() throws Exception {
        Map<String, Object> settings =
                Map.of("schema.registry.url", apicurio.url(), AvroDeserializer.TYPE, JobResult.class.getName());
        AvroSerializer<JobResult> serializer = new AvroSerializer<>();
        serializer.configure(settings, false);
        AvroDeserializer<JobResult> deserializer = new AvroDeserializer<>();
        deserializer.configure(settings, false);
        JobResult result = Samples.result(JobStatus.TIMED_OUT);
        byte[] avro = AvroRecords.encode(result);
        String schema = AvroRecords.portableSchemaOf(JobResult.class).toString();
        try (ConfluentOracle confluent = ConfluentOracle.connected(apicurio.url())) {
            byte[] theirs = confluent.serialize("it-theirs", schema, avro);
            byte[] ours = serializer.encode("it-ours", result);

            assertThat(deserializer.decode("it-theirs", theirs)).isEqualTo(result);
            assertThat(confluent.deserialize("it-ours", ours)).isEqualTo(avro);
        }
    }

    private static SchemaRegistryClient connected() {
        return SchemaRegistryClient.create(SchemaRegistryConfig.ofUrl(apicurio.url()));
    }

    private static Schema parsed(String text) {
        return new Schema.Parser().parse(text);
    }
}
