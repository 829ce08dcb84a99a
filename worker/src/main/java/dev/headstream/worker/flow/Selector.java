package dev.headstream.worker.flow;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where on a page: a selector of Playwright's (CSS, {@code text=}, {@code role=}, {@code xpath=}) or of the Chrome
 * DevTools Recorder ({@code aria/}, {@code text/}, {@code xpath/}, {@code pierce/}, {@code a >>> b}). References may stand
 * within quotes only, where their values are escaped, so that no value can change what is selected.
 *
 * @param variants tried in order: the first that finds something counts
 * @param first whether the first element that it finds is meant, and not the only one
 */
public record Selector(List<Template> variants, boolean first) {
    private static final char UNQUOTED = 0;

    public Selector {
        variants = List.copyOf(variants);
        if (variants.isEmpty()) {
            throw new IllegalArgumentException("a list of selectors must name at least one");
        }
        variants.forEach(Selector::check);
    }

    private static void check(Template template) {
        if (template.raw().isBlank()) {
            throw new IllegalArgumentException("a selector must not be empty");
        }
        char quote = UNQUOTED;
        for (Template.Part part : template.parts()) {
            if (part instanceof Template.Part.Literal literal) {
                quote = quoteAfter(literal.text(), quote);
            } else if (quote == UNQUOTED) {
                throw new IllegalArgumentException("a reference in a selector must stand in quotes, so that its value"
                        + " cannot change what is selected: [data-id=\"${inputs.id}\"] or text=\"${inputs.name}\"");
            }
        }
    }

    /**
     * Reads a selector.
     *
     * @throws IllegalArgumentException saying what is wrong and what is allowed
     */
    public static Selector parse(String text) {
        return new Selector(List.of(Template.parse(text)), false);
    }

    /** Of several ways to say the same, the first that finds something; of what it finds, the first. */
    public static Selector anyOf(List<Selector> selectors) {
        return new Selector(
                selectors.stream()
                        .flatMap(selector -> selector.variants().stream())
                        .toList(),
                true);
    }

    /** The references in it. */
    public Stream<Reference> references() {
        return variants.stream().flatMap(Template::references);
    }

    /**
     * Its variants in Playwright's language, with references replaced by their values, escaped for the quotes that they
     * stand in.
     */
    public List<String> render(Function<Reference, String> values) {
        return variants.stream()
                .map(variant -> SelectorForms.playwright(render(variant, values)))
                .toList();
    }

    private static String render(Template template, Function<Reference, String> values) {
        StringBuilder text = new StringBuilder();
        char quote = UNQUOTED;
        for (Template.Part part : template.parts()) {
            if (part instanceof Template.Part.Literal literal) {
                text.append(literal.text());
                quote = quoteAfter(literal.text(), quote);
            } else if (part instanceof Template.Part.Placeholder placeholder) {
                text.append(escaped(values.apply(placeholder.reference()), quote));
            }
        }
        return text.toString();
    }

    private static char quoteAfter(String text, char before) {
        char quote = before;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (quote == UNQUOTED && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = UNQUOTED;
            }
        }
        return quote;
    }

    private static String escaped(String value, char quote) {
        return value.replace("\\", "\\\\")
                .replace(String.valueOf(quote), "\\" + quote)
                .replaceAll("[\\r\\n]+", " ");
    }

    @Override
    public String toString() {
        return variants.stream().map(Template::raw).collect(Collectors.joining(" | "));
    }
}
