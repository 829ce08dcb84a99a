package dev.headstream.worker.flow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is read from a page, and where. */
public sealed interface Extraction {

    /** The text of one element, or one of its attributes. */
    record One(Selector selector, Optional<String> attribute) implements Extraction {}

    /** The same part of every element that the selector finds. */
    record Each(Selector each, Part part) implements Extraction {}

    /** A record of every element that the selector finds. */
    record Records(Selector each, Map<String, Part> fields) implements Extraction {
        public Records {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** The rows of one table. */
    record Table(Selector selector) implements Extraction {}

    /** How many elements the selector finds. */
    record Count(Selector selector) implements Extraction {}

    /**
     * A part of an element: the first element below it that a CSS selector finds (or itself, if the selector is empty),
     * as text or one of its attributes.
     */
    record Part(String css, Optional<String> attribute) {
        /**
         * Reads {@code .title}, {@code a@href}, {@code @href} or {@code .} (itself).
         *
         * @throws IllegalArgumentException saying what is wrong and what is allowed
         */
        public static Part parse(String text) {
            SelectorAndAttribute split = SelectorAndAttribute.parse(text);
            String css = split.selector().equals(".") ? "" : split.selector();
            if (css.isEmpty() && split.attribute().isEmpty() && !text.equals(".")) {
                throw new IllegalArgumentException("a selector must not be empty; '.' is the element itself");
            }
            if (css.contains("${")) {
                throw new IllegalArgumentException("references are not allowed in the fields of a record");
            }
            if (css.matches(
                    "(?s)(text|role|xpath|css|id|data-testid)=.*|//.*|.*>>.*|.*:(has-text|text|visible|nth-match)\\b.*")) {
                throw new IllegalArgumentException("'" + css + "' is not plain CSS: the fields of a record are read by"
                        + " CSS selectors within each element");
            }
            return new Part(css, split.attribute());
        }
    }

    /** {@code selector@attribute}, or a selector alone. */
    record SelectorAndAttribute(String selector, Optional<String> attribute) {
        static SelectorAndAttribute parse(String text) {
            int at = text.lastIndexOf('@');
            if (at >= 0 && text.substring(at + 1).matches("[A-Za-z_][A-Za-z0-9_:.-]*")) {
                return new SelectorAndAttribute(text.substring(0, at).strip(), Optional.of(text.substring(at + 1)));
            }
            return new SelectorAndAttribute(text.strip(), Optional.empty());
        }
    }
}
