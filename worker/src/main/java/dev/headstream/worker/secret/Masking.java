package dev.headstream.worker.secret;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Takes secret values out of text that leaves the worker. Learns a value when it is used. Confined to the thread of one
 * run.
 */
public final class Masking {
    /** What stands in place of a secret. */
    public static final String MASK = "***";

    private final TreeSet<String> values =
            new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    /** Remembers a value, and the forms that it takes in URLs and in JSON. */
    public void learn(String secret) {
        if (secret.isBlank()) {
            return;
        }
        values.add(secret);
        String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        values.add(encoded);
        values.add(encoded.replace("+", "%20"));
        values.add(secret.replace("\\", "\\\\").replace("\"", "\\\""));
    }

    /** What was learned, in every form. */
    public List<String> values() {
        return List.copyOf(values);
    }

    /** The text without any value learned, the longest taken out first. */
    public String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, MASK);
        }
        return masked;
    }
}
