package dev.headstream.worker.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the value of a {@code ${secret:name}}: a file of that name in a directory (as Kubernetes and Docker mount
 * secrets), else the environment variable {@code HEADSTREAM_SECRET_NAME}. Files are read anew each time, so a rotated
 * secret is seen. Thread-safe.
 */
public final class SecretReferences {
    /** What a secret may be called. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?");

    private static final String VARIABLE_PREFIX = "HEADSTREAM_SECRET_";

    private final Map<String, String> environment;
    private final @Nullable Path directory;

    /**
     * @param environment where variables are looked up
     * @param directory where files are looked up, null for nowhere
     */
    public SecretReferences(Map<String, String> environment, @Nullable Path directory) {
        this.environment = Map.copyOf(environment);
        this.directory = directory;
    }

    /** Looks in the directory that the variable {@code HEADSTREAM_SECRETS} names, if it is set, and in the environment. */
    public static SecretReferences ofEnvironment(Map<String, String> environment) {
        String directory = environment.get("HEADSTREAM_SECRETS");
        return new SecretReferences(environment, directory == null ? null : Path.of(directory));
    }

    /** The value of a secret, or empty if there is none of that name. */
    public Optional<String> find(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Optional<String> fromFile = readFile(name);
        return fromFile.isPresent() ? fromFile : Optional.ofNullable(environment.get(variable(name)));
    }

    /** Where a secret would have been found, for a message that it was not. */
    public String whereToPut(String name) {
        String variable = "the environment variable " + variable(name);
        return directory == null ? variable : "the file " + directory.resolve(name) + " or " + variable;
    }

    private Optional<String> readFile(String name) {
        if (directory == null) {
            return Optional.empty();
        }
        Path file = directory.resolve(name);
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file).stripTrailing())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String variable(String name) {
        return VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
