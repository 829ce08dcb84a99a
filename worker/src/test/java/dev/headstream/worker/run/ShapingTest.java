package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.ScalarType;
import dev.headstream.worker.flow.ValueType;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShapingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DECIMAL | en | EUR 1,234.50   | 1234.50",
                "DECIMAL | de | 1.234,50 €     | 1234.50",
                "DECIMAL | de-CH | CHF 1’234.50 | 1234.50",
                "DECIMAL | fr | 1 234,5        | 1234.5",
                "DECIMAL | en | -3.00          | -3.00",
                "DECIMAL | en | .              | !",
                "DECIMAL | en | 3 of 10        | !",
                "DECIMAL | en | 12,34          | !",
                "INTEGER | en | 1,234 items    | 1234",
                "INTEGER | en | 3.0            | 3",
                "INTEGER | en | 3.5            | !",
                "INTEGER | en | none           | !",
                "INTEGER | en | 123456789012345678901 | 123456789012345678901",
                "BOOLEAN | en | Yes            | true",
                "BOOLEAN | en | maybe          | !",
                "DATE    | en | 2026-05-03     | \"2026-05-03\"",
                "DATE    | en | 2026-05-03T10:00:00Z | \"2026-05-03\"",
                "DATE    | en | 3.5.2026       | !",
            })
    void shape_givenText_expectsTheValueOrAProblem(ScalarType type, String locale, String text, String expected)
            throws Exception {
        OutputSpec spec = new OutputSpec.Value(new ValueType(type, false, null, Locale.forLanguageTag(locale)));

        if (expected.equals("!")) {
            assertThatThrownBy(() -> Shaping.shape("v", spec, TextNode.valueOf(text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("v: '" + text + "' is not");
        } else {
            assertThat(Shaping.shape("v", spec, TextNode.valueOf(text)).toString())
                    .isEqualTo(expected);
        }
    }

    @Test
    void shape_givenWhatAScriptReturns_expectsItChecked() throws Exception {
        OutputSpec records = new OutputSpec.Records(Map.of("n", ValueType.of(ScalarType.INTEGER)), 1, false);

        assertThat(Shaping.shape("r", records, json("[{\"n\": 3, \"more\": true}]"))
                        .toString())
                .isEqualTo("[{\"n\":3}]");
        assertThatThrownBy(() -> Shaping.shape("r", records, json("[{\"m\": 3}]")))
                .hasMessage("r[0] has no 'n', it has m");
        assertThatThrownBy(() -> Shaping.shape("r", records, json("[{\"n\": \"x\"}]")))
                .hasMessage("r[0].n: 'x' is not an integer");
        assertThatThrownBy(() -> Shaping.shape("r", records, json("[]")))
                .hasMessage("r has 0 items, at least 1 are declared");
        assertThatThrownBy(() -> Shaping.shape("r", records, json("{}"))).hasMessage("r must be a list, found '{}'");
    }

    @Test
    void shape_givenNothing_expectsNullOnlyWhereItIsOptional() throws Exception {
        OutputSpec required = new OutputSpec.Value(ValueType.of(ScalarType.STRING));
        OutputSpec optional = new OutputSpec.Value(new ValueType(ScalarType.INTEGER, true, null, Locale.ROOT));

        assertThat(Shaping.shape("v", optional, json("null")).isNull()).isTrue();
        assertThat(Shaping.shape("v", optional, json("\" \"")).isNull()).isTrue();
        assertThat(Shaping.shape("v", required, json("\"\"")).asText()).isEmpty();
        assertThatThrownBy(() -> Shaping.shape("v", required, json("null"))).hasMessageContaining("v is missing");
    }

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text);
    }
}
