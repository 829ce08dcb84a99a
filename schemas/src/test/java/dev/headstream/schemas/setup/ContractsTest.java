package dev.headstream.schemas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.schemas.InMemorySchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.Contracts.Registration;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class ContractsTest {
    private final InMemorySchemaRegistryClient registry = new InMemorySchemaRegistryClient();
    private final Contracts contracts = new Contracts(registry);

    @Test
    void register_givenEmptyRegistry_expectsEachContractCreated() {
        assertThat(contracts.register(Topics.withPrefix("shop")))
                .allMatch(Registration::created)
                .extracting(Registration::toString)
                .containsExactly(
                        "shop.jobs-value: registered dev.headstream.v1.JobRequested as schema 1, FULL_TRANSITIVE",
                        "shop.results-value: registered dev.headstream.v1.JobResult as schema 2, FULL_TRANSITIVE",
                        "shop.state-value: registered dev.headstream.v1.JobState as schema 3, FULL_TRANSITIVE",
                        "shop.cancellations-value: registered dev.headstream.v1.CancelRequested as schema 4,"
                                + " FULL_TRANSITIVE",
                        "shop.cache-value: registered dev.headstream.v1.CachedStep as schema 5, FULL_TRANSITIVE");
    }

    @Test
    void registerNeeded_givenEmptyRegistry_expectsNothingOfTheCache() {
        assertThat(contracts.registerNeeded(Topics.withPrefix("shop")))
                .extracting(Registration::subject)
                .containsExactly(
                        "shop.jobs-value", "shop.results-value", "shop.state-value", "shop.cancellations-value");
        assertThatThrownBy(() -> registry.latest("shop.cache-value")).isInstanceOf(SchemaRegistryException.class);
    }

    @Test
    void register_givenSecondTime_expectsSameIdsAndNothingCreated() {
        contracts.register(Topics.defaults());

        assertThat(contracts.register(Topics.defaults()))
                .noneMatch(Registration::created)
                .extracting(Registration::schemaId)
                .containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void register_givenSubjectOfAnotherShape_expectsRefusal() {
        registry.register("headstream.results-value", Schema.create(Schema.Type.STRING));

        assertThatThrownBy(() -> contracts.register(Topics.defaults()))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("headstream.results-value");
    }

    @Test
    void register_givenLaterChange_expectsOnlyFullyCompatibleOnesAccepted() {
        contracts.register(Topics.defaults());
        String job = registry.latest("headstream.jobs-value").schema().toString();
        String field = "{\"name\":\"tenant\",\"type\":\"string\"%s},{\"name\":\"flow\"";

        Schema withDefault = parsed(job.replace("{\"name\":\"flow\"", String.format(field, ",\"default\":\"\"")));
        Schema without = parsed(job.replace("{\"name\":\"flow\"", String.format(field, "")));

        assertThat(registry.register("headstream.jobs-value", withDefault)).isEqualTo(6);
        assertThatThrownBy(() -> registry.register("headstream.jobs-value", without))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("tenant");
    }

    private static Schema parsed(String text) {
        return new Schema.Parser().parse(text);
    }
}
