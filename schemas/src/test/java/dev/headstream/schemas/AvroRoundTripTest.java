package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroRoundTripTest {
    private static final int ROUNDS = 500;

    private final SchemaRegistryClient registry = new InMemorySchemaRegistryClient();

    static List<Class<? extends SpecificRecord>> contracts() {
        return SchemaFingerprints.contracts();
    }

    @ParameterizedTest
    @MethodSource("contracts")
    <T extends SpecificRecord> void roundTrip_givenRandomRecords_expectsEqualRecords(Class<T> type) {
        long seed = System.nanoTime();
        RandomRecords records = new RandomRecords(seed);
        AvroSerializer<T> serializer = new AvroSerializer<>(registry);
        AvroDeserializer<T> deserializer = new AvroDeserializer<>(type, registry);
        for (int i = 0; i < ROUNDS; i++) {
            T record = records.next(type);

            byte[] bytes = serializer.encode("topic-of-" + type.getSimpleName(), record);

            assertThat(deserializer.decode("t", bytes))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(record);
            assertThat(AvroRecords.decode(type, AvroRecords.encode(record)))
                    .as("seed %d, round %d, bare", seed, i)
                    .isEqualTo(record);
        }
    }

    /** Whatever comes in: a record or a MalformedRecordException, and never an OutOfMemoryError. */
    @ParameterizedTest
    @MethodSource("contracts")
    <T extends SpecificRecord> void deserialize_givenDamagedRecords_expectsRecordOrMalformed(Class<T> type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RandomRecords records = new RandomRecords(seed);
        AvroSerializer<T> serializer = new AvroSerializer<>(registry);
        AvroDeserializer<T> deserializer = new AvroDeserializer<>(type, registry);
        int malformed = 0;
        for (int i = 0; i < 20 * ROUNDS; i++) {
            byte[] bytes = serializer.encode("jobs", records.next(type));
            byte[] damaged = damage(bytes, random);

            Throwable thrown = catchThrowable(() -> deserializer.decode("jobs", damaged));

            if (thrown != null) {
                malformed++;
                assertThat(thrown)
                        .as("seed %d, round %d: %s", seed, i, Arrays.toString(damaged))
                        .isInstanceOf(MalformedRecordException.class)
                        .hasMessageStartingWith("topic jobs: not a " + type.getSimpleName() + ": ");
            }
        }
        assertThat(malformed).as("seed %d", seed).isPositive();
    }

    private static byte[] damage(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length)) : damaged;
    }
}
