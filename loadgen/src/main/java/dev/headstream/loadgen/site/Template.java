package dev.headstream.loadgen.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTML file with places to fill: {@code {{name}}} is escaped, {@code {{{name}}}} is put in as it is. */
final class Template {
    private static final Map<String, String> FILES = new ConcurrentHashMap<>();
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\{(\\w+)}}}|\\{\\{(\\w+)}}");

    private final String name;
    private final String text;
    private final Map<String, String> values = new HashMap<>();

    private Template(String name, String text) {
        this.name = name;
        this.text = text;
    }

    static Template of(String name) {
        return new Template(name, FILES.computeIfAbsent(name, Template::read));
    }

    Template with(String place, Object value) {
        values.put(place, String.valueOf(value));
        return this;
    }

    String render() {
        Matcher matcher = PLACE.matcher(text);
        StringBuilder rendered = new StringBuilder(text.length() + 512);
        while (matcher.find()) {
            String raw = matcher.group(1);
            String filled = raw != null ? value(raw) : escape(value(matcher.group(2)));
            matcher.appendReplacement(rendered, Matcher.quoteReplacement(filled));
        }
        return matcher.appendTail(rendered).toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String read(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the site's file " + name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String value(String place) {
        String value = values.get(place);
        if (value == null) {
            throw new IllegalStateException("nothing to put at {{" + place + "}} of " + name);
        }
        return value;
    }
}
