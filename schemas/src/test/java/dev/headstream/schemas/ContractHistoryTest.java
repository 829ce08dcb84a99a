package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contracts are frozen. To change one: change the file in src/main/avro in a compatible way, put a copy into a new
 * directory under src/test/resources/history, and commit the new fingerprint and names with it.
 */
class ContractHistoryTest {
    static List<String> contracts() {
        return ContractFiles.names();
    }

    @Test
    void all_givenTheContracts_expectsCommittedFingerprints() throws Exception {
        assertThat(SchemaFingerprints.all())
                .as("a contract has changed: is that meant? then commit its new fingerprint")
                .isEqualTo(committed("/fingerprints.properties"));
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void of_givenFileAndGeneratedClass_expectsSameFingerprint(String contract) {
        assertThat(SchemaFingerprints.all())
                .containsEntry("dev.headstream.v1." + contract, SchemaFingerprints.of(ContractFiles.current(contract)));
    }

    @Test
    void of_givenChangeOfADefaultOrDocOnly_expectsAnotherFingerprint() {
        Schema job = ContractFiles.current("JobRequested");
        String text = job.toString();

        assertThat(List.of(
                        SchemaFingerprints.of(job),
                        SchemaFingerprints.of(
                                new Schema.Parser().parse(text.replace("\"default\":3", "\"default\":4"))),
                        SchemaFingerprints.of(new Schema.Parser().parse(text.replace("Name of", "Title of")))))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void violations_givenAllEarlierVersions_expectsNone(String contract) {
        List<Schema> earlier = new ArrayList<>();
        for (Path version : ContractFiles.versions()) {
            ContractFiles.listed(version).stream()
                    .filter(file -> file.endsWith(contract + ".avsc"))
                    .map(ContractFiles::parsed)
                    .forEach(earlier::add);
        }

        assertThat(earlier).as("committed versions of %s", contract).isNotEmpty();
        assertThat(CompatibilityLevel.FULL_TRANSITIVE.violations(ContractFiles.current(contract), earlier))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void contracts_givenLatestVersionInHistory_expectsItToBeTheCurrentOne(String contract) {
        Path latest = ContractFiles.versions().get(ContractFiles.versions().size() - 1);

        assertThat(SchemaFingerprints.of(ContractFiles.parsed(latest.resolve(contract + ".avsc"))))
                .as("%s has no copy of the current %s", latest, contract)
                .isEqualTo(SchemaFingerprints.of(ContractFiles.current(contract)));
    }

    @Test
    void contracts_givenFieldAndEnumNames_expectsTheFrozenOnes() throws Exception {
        Map<String, String> names = new TreeMap<>();
        for (String contract : contracts()) {
            collectNames(ContractFiles.current(contract), names);
        }

        assertThat(names).isEqualTo(committed("/frozen-names.properties"));
    }

    @Test
    void contracts_givenEnums_expectsTheDefaultUnknown() {
        for (String contract : contracts()) {
            assertUnknownDefault(ContractFiles.current(contract));
        }
    }

    private static void collectNames(Schema schema, Map<String, String> names) {
        switch (schema.getType()) {
            case RECORD -> {
                List<String> fields =
                        schema.getFields().stream().map(Schema.Field::name).toList();
                names.put(schema.getFullName(), String.join(",", fields));
                schema.getFields().forEach(field -> collectNames(field.schema(), names));
            }
            case ENUM -> names.put(schema.getFullName(), String.join(",", schema.getEnumSymbols()));
            case ARRAY -> collectNames(schema.getElementType(), names);
            case MAP -> collectNames(schema.getValueType(), names);
            case UNION -> schema.getTypes().forEach(branch -> collectNames(branch, names));
            default -> {
                // has no names
            }
        }
    }

    private static void assertUnknownDefault(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> schema.getFields().forEach(field -> assertUnknownDefault(field.schema()));
            case ENUM ->
                assertThat(schema.getEnumDefault()).as(schema.getFullName()).isEqualTo("UNKNOWN");
            case ARRAY -> assertUnknownDefault(schema.getElementType());
            case UNION -> schema.getTypes().forEach(ContractHistoryTest::assertUnknownDefault);
            default -> {
                // has no symbols
            }
        }
    }

    private static Map<String, String> committed(String resource) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = ContractHistoryTest.class.getResourceAsStream(resource)) {
            properties.load(in);
        }
        Map<String, String> entries = new TreeMap<>();
        properties.forEach((key, value) -> entries.put((String) key, (String) value));
        return entries;
    }
}
