package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our bytes are those of Confluent's own serializer, and it reads ours, for random records of every contract. */
class ConfluentOracleTest {
    private static final int ROUNDS = 200;

    private final InMemorySchemaRegistryClient registry = new InMemorySchemaRegistryClient();
    private ConfluentOracle confluent;

    static List<Class<? extends SpecificRecord>> contracts() {
        return SchemaFingerprints.contracts();
    }

    @BeforeEach
    void loadConfluent() throws Exception {
        confluent = ConfluentOracle.inMemory();
    }

    @AfterEach
    void unloadConfluent() throws Exception {
        confluent.close();
    }

    @ParameterizedTest
    @MethodSource("contracts")
    <T extends SpecificRecord> void serialize_givenRandomRecords_expectsBytesOfConfluent(Class<T> type)
            throws Exception {
        long seed = System.nanoTime();
        RandomRecords records = new RandomRecords(seed);
        String schema = SchemaText.of(AvroRecords.schemaOf(type));
        int id = occupyIdsUpTo(300, type);
        confluent.register("topic-value", schema, id);
        AvroSerializer<T> ours = new AvroSerializer<>(registry);
        AvroDeserializer<T> reader = new AvroDeserializer<>(type, registry);
        for (int i = 0; i < ROUNDS; i++) {
            T record = records.next(type);
            byte[] avro = AvroRecords.encode(record);

            byte[] framed = ours.encode("topic", record);
            byte[] theirs = confluent.serialize("topic", schema, avro);

            // Confluent's record comes out of a map with an order of its own: equal bytes where that cannot show
            if (hasNoLargeMap(record)) {
                assertThat(framed).as("seed %d, round %d", seed, i).isEqualTo(theirs);
            }
            assertThat(reader.decode("topic", theirs))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(record);
            assertThat(AvroRecords.decode(type, confluent.deserialize("topic", framed)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(record);
        }
    }

    /** Gives the contract an id whose bytes differ, so that their order shows. */
    private int occupyIdsUpTo(int count, Class<? extends SpecificRecord> type) {
        for (int i = 0; i < count; i++) {
            registry.register(
                    "other-" + i,
                    new org.apache.avro.Schema.Parser()
                            .parse("{\"type\":\"fixed\",\"name\":\"F" + i + "\",\"size\":" + (i + 1) + "}"));
        }
        return registry.register("topic-value", AvroRecords.portableSchemaOf(type));
    }

    private static boolean hasNoLargeMap(SpecificRecord record) {
        return record.getSchema().getFields().stream()
                .map(field -> record.get(field.pos()))
                .noneMatch(value -> value instanceof java.util.Map<?, ?> map && map.size() > 1);
    }
}
