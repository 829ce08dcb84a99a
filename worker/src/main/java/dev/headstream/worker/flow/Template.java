package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.secret.SecretReferences;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Text with references in it, as in {@code https://portal.example/${inputs.account}/orders}. Two dollar signs before
 * the brace stand for the characters themselves.
 *
 * @param raw the text as it was written
 * @param parts what it is made of, in order
 */
public record Template(String raw, List<Part> parts) {
    private static final Pattern REFERENCE = Pattern.compile("\\$?\\$\\{([^}]*)}?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    private static final Pattern STEP_VARIABLE = Pattern.compile("steps\\.([a-z][a-z0-9-]*)\\.([A-Za-z][A-Za-z0-9_]*)");
    private static final List<String> FORMS =
            List.of("inputs.NAME", "NAME", "steps.STEP.NAME", "secret:NAME", "totp:NAME", "site", "job.id", "step.key");

    /** A piece of a template. */
    public sealed interface Part {
        /** Text that stands for itself. */
        record Literal(String text) implements Part {}

        /** Text that is known only when the job runs. */
        record Placeholder(Reference reference) implements Part {}
    }

    public Template {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException naming the reference that cannot be read and what is allowed
     */
    public static Template parse(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder literal = new StringBuilder();
        int end = 0;
        while (matcher.find()) {
            literal.append(text.substring(end, matcher.start()));
            end = matcher.end();
            if (matcher.group().startsWith("$$")) {
                literal.append(matcher.group(), 1, matcher.group().length());
                continue;
            }
            if (!matcher.group().endsWith("}")) {
                throw new IllegalArgumentException("'" + matcher.group() + "' is not closed: write ${...}, or $${ for"
                        + " the characters themselves");
            }
            flush(literal, parts);
            parts.add(new Part.Placeholder(reference(matcher.group(1).strip())));
        }
        literal.append(text.substring(end));
        flush(literal, parts);
        return new Template(text, parts);
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (literal.length() > 0) {
            parts.add(new Part.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static Reference reference(String text) {
        if (text.equals("site")) {
            return new Reference.Site();
        }
        if (text.equals("job.id")) {
            return new Reference.JobId();
        }
        if (text.equals("step.key")) {
            return new Reference.StepKey();
        }
        if (text.startsWith("inputs.")
                && NAME.matcher(text.substring("inputs.".length())).matches()) {
            return new Reference.Input(text.substring("inputs.".length()));
        }
        if (text.startsWith("secret:")
                && SecretReferences.NAME
                        .matcher(text.substring("secret:".length()))
                        .matches()) {
            return new Reference.Secret(text.substring("secret:".length()));
        }
        if (text.startsWith("totp:")
                && SecretReferences.NAME
                        .matcher(text.substring("totp:".length()))
                        .matches()) {
            return new Reference.Totp(text.substring("totp:".length()));
        }
        Matcher variable = STEP_VARIABLE.matcher(text);
        if (variable.matches()) {
            return new Reference.StepVariable(variable.group(1), variable.group(2));
        }
        if (NAME.matcher(text).matches()) {
            return new Reference.Variable(text);
        }
        throw new IllegalArgumentException("unknown reference '${" + text + "}'"
                + Suggestions.hint(text, List.of("site", "job.id", "step.key")) + " (allowed: ${"
                + String.join("}, ${", FORMS) + "}; $${ for the characters themselves)");
    }

    /** The references in it, in order. */
    public Stream<Reference> references() {
        return parts.stream().filter(Part.Placeholder.class::isInstance).map(part -> ((Part.Placeholder) part)
                .reference());
    }

    /** True if it holds no reference. */
    public boolean isLiteral() {
        return references().findAny().isEmpty();
    }

    /** The text with every reference replaced by its value. */
    public String render(Function<Reference, String> values) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Part.Literal literal) {
                text.append(literal.text());
            } else if (part instanceof Part.Placeholder placeholder) {
                text.append(values.apply(placeholder.reference()));
            }
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return raw;
    }
}
