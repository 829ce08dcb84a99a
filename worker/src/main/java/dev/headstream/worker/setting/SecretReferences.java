package dev.headstream.worker.setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values in the place of {@code ${env:NAME}} and {@code ${file:/path}}. One newline at the end of a file is not
 * part of its value, because editors and mounted secrets add one.
 */
final class SecretReferences {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");
    private final Map<String, String> environment;

    SecretReferences(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    static boolean in(String text) {
        return REFERENCE.matcher(text).find();
    }

    /** @throws IllegalArgumentException naming the reference that leads nowhere */
    String resolve(String text) {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (reference.find()) {
            String value = reference.group(1).equals("env") ? variable(reference.group(2)) : file(reference.group(2));
            reference.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return reference.appendTail(resolved).toString();
    }

    private String variable(String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException("refers to the environment variable " + name + ", which is not set");
        }
        return value;
    }

    private static String file(String name) {
        try {
            String content = Files.readString(Path.of(name));
            return content.replaceFirst("\\r?\\n\\z", "");
        } catch (IOException | RuntimeException unreadable) {
            throw new IllegalArgumentException("refers to the file " + name + ", which cannot be read", unreadable);
        }
    }
}
