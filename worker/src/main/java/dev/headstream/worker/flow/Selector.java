package dev.headstream.worker.flow;

import java.util.function.Function;

/**
 * Where on a page: a selector of Playwright's (CSS, {@code text=}, {@code role=}, {@code xpath=}). References may stand
 * within quotes only, where their values are escaped, so that no value can change what is selected.
 */
public record Selector(Template template) {
    private static final char UNQUOTED = 0;

    public Selector {
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
        return new Selector(Template.parse(text));
    }

    /** The selector with its references replaced by their values, escaped for the quotes that they stand in. */
    public String render(Function<Reference, String> values) {
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
        return template.raw();
    }
}
