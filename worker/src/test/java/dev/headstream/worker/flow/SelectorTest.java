package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SelectorTest {

    @Test
    void render_givenAValueThatTriesToBreakOut_expectsItQuoted() {
        Selector selector = Selector.parse("[data-id=\"${inputs.id}\"] >> text='${inputs.id}'");

        assertThat(selector.render(reference -> "x\"] , a[b='\\\n"))
                .containsExactly("[data-id=\"x\\\"] , a[b='\\\\ \"] >> text='x\"] , a[b=\\'\\\\ '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#row-${inputs.id}", "[a=\"x\"] ${inputs.id}", "[a='it\\'s'] .${inputs.id}"})
    void parse_givenAReferenceOutsideOfQuotes_expectsRefusal(String text) {
        assertThatThrownBy(() -> Selector.parse(text)).hasMessageContaining("must stand in quotes");
    }

    @Test
    void render_givenATemplate_expectsReferencesReplacedAndEscapesKept() {
        Template template = Template.parse("a ${inputs.x} $${inputs.x} ${job.id} $5");

        assertThat(template.render(reference -> "<" + reference.getClass().getSimpleName() + ">"))
                .isEqualTo("a <Input> ${inputs.x} <JobId> $5");
    }
}
