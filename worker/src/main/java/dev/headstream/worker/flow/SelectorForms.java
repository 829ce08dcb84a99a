package dev.headstream.worker.flow;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts the selectors of the Chrome DevTools Recorder into Playwright's language. What has none of the Recorder's forms is
 * Playwright's already, CSS above all, which both have in common.
 */
final class SelectorForms {
    private static final Pattern DEEPER = Pattern.compile("\\s*>>>>?\\s*");
    private static final Pattern FUNCTION = Pattern.compile("::-p-(aria|text|xpath)\\((.*)\\)", Pattern.DOTALL);
    private static final Pattern ARIA_ATTRIBUTE =
            Pattern.compile("\\[\\s*(name|role)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\]\"']*))\\s*]");
    /** What a name without a role is looked for in: all roles that take part in what a person does. */
    private static final List<String> ROLES = List.of(
            "button",
            "link",
            "textbox",
            "checkbox",
            "radio",
            "combobox",
            "searchbox",
            "spinbutton",
            "slider",
            "switch",
            "tab",
            "option",
            "menuitem",
            "menuitemcheckbox",
            "menuitemradio",
            "treeitem",
            "heading",
            "img",
            "listitem",
            "cell",
            "gridcell",
            "columnheader",
            "row",
            "dialog");

    private SelectorForms() {}

    /** The selector as Playwright has it. */
    static String playwright(String selector) {
        if (!selector.contains(">>>")) {
            return one(selector);
        }
        return Stream.of(DEEPER.split(selector))
                .filter(part -> !part.isBlank())
                .map(SelectorForms::one)
                .collect(Collectors.joining(" >> "));
    }

    private static String one(String selector) {
        String text = selector.strip();
        if (text.startsWith("aria/")) {
            return aria(text.substring("aria/".length()));
        }
        if (text.startsWith("text/")) {
            return text(text.substring("text/".length()));
        }
        if (text.startsWith("xpath/")) {
            return "xpath=" + text.substring("xpath/".length());
        }
        if (text.startsWith("pierce/")) {
            return text.substring("pierce/".length());
        }
        Matcher function = FUNCTION.matcher(text);
        if (!function.matches()) {
            return selector;
        }
        return switch (function.group(1)) {
            case "aria" -> aria(unquoted(function.group(2)));
            case "text" -> text(unquoted(function.group(2)));
            default -> "xpath=" + unquoted(function.group(2));
        };
    }

    /** Part of what is written, in its case, as the Recorder's text selector has it; Playwright's own has no such form. */
    private static String text(String text) {
        return "text=/"
                + Pattern.compile("[\\\\^$.|?*+()\\[\\]{}/]")
                        .matcher(text)
                        .replaceAll("\\\\$0")
                        .replace(">", "\\x3e") + "/";
    }

    private static String aria(String text) {
        String name = text;
        String role = "";
        Matcher attribute = ARIA_ATTRIBUTE.matcher(text);
        while (attribute.find()) {
            String value = Stream.of(attribute.group(2), attribute.group(3), attribute.group(4))
                    .filter(group -> group != null)
                    .findFirst()
                    .orElse("");
            name = name.replace(attribute.group(), "");
            if (attribute.group(1).equals("role")) {
                role = value;
            } else {
                name = value;
            }
        }
        String named = name.isBlank() ? "" : "[name=" + quoted(name.strip().replaceAll("\\s+", " ")) + "s]";
        if (!role.isEmpty()) {
            return "role=" + role + named;
        }
        String label = "[aria-label=" + quoted(name.strip()) + "]";
        return "role=" + ROLES.get(0) + named
                + ROLES.stream()
                        .skip(1)
                        .map(other -> " >> internal:or=" + quoted("role=" + other + named))
                        .collect(Collectors.joining())
                + " >> internal:or=" + quoted(label);
    }

    private static String unquoted(String text) {
        String stripped = text.strip();
        boolean quoted = stripped.length() > 1 && stripped.matches("(?s)\".*\"|'.*'");
        return quoted ? stripped.substring(1, stripped.length() - 1) : stripped;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
