package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class CompatibilityLevelTest {
    private final Schema v1 = record("{\"name\":\"a\",\"type\":\"string\"}");

    @Test
    void violations_givenFieldWithDefaultAdded_expectsNone() {
        Schema v2 = record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\",\"default\":1}");

        assertThat(CompatibilityLevel.FULL_TRANSITIVE.violations(v2, List.of(v1)))
                .isEmpty();
    }

    @Test
    void violations_givenRequiredFieldAdded_expectsItNamedUnlessForwardOnly() {
        Schema v2 = record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\"}");

        assertThat(CompatibilityLevel.FULL_TRANSITIVE.violations(v2, List.of(v1)))
                .singleElement()
                .asString()
                .contains("cannot read what version 1 wrote", "b");
        assertThat(CompatibilityLevel.FORWARD.violations(v2, List.of(v1))).isEmpty();
        assertThat(CompatibilityLevel.NONE.violations(v2, List.of(v1))).isEmpty();
    }

    @Test
    void violations_givenEnumSymbolAddedWithoutDefault_expectsThatOldReadersFail() {
        Schema before = enumOf("\"A\"");
        Schema after = enumOf("\"A\",\"B\"");

        assertThat(CompatibilityLevel.FULL_TRANSITIVE.violations(after, List.of(before)))
                .singleElement()
                .asString()
                .contains("cannot be read by version 1", "B");
    }

    @Test
    void violations_givenBreachWithAnOlderVersionOnly_expectsItSeenTransitivelyOnly() {
        Schema older = record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"c\",\"type\":\"int\",\"default\":1}");
        Schema candidate =
                record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"c\",\"type\":\"string\",\"default\":\"\"}");

        assertThat(CompatibilityLevel.FULL.violations(candidate, List.of(older, v1)))
                .isEmpty();
        assertThat(CompatibilityLevel.FULL_TRANSITIVE.violations(candidate, List.of(older, v1)))
                .isNotEmpty();
    }

    private static Schema record(String fields) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
    }

    private static Schema enumOf(String symbols) {
        return new Schema.Parser().parse("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[" + symbols + "]}");
    }
}
