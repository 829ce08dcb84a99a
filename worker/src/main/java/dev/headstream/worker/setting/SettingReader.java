package dev.headstream.worker.setting;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Declares keys and reads them in one go: each call names a key, its type, its default and what it is for. A value that
 * cannot be used is noted and its default returned in its place, so that one run finds all problems; {@link #finish}
 * then refuses. Confined to one thread.
 */
public final class SettingReader {
    private final SettingSources sources;
    private final SecretReferences references;
    private final Declarations declarations;
    private final String section;

    /** A reader of the top-level keys. */
    public SettingReader(SettingSources sources) {
        this(sources, new SecretReferences(sources.processEnvironment()), new Declarations(), "");
    }

    private SettingReader(
            SettingSources sources, SecretReferences references, Declarations declarations, String section) {
        this.sources = sources;
        this.references = references;
        this.declarations = declarations;
        this.section = section;
    }

    /**
     * Reads the keys of a section into a record. What the record's constructor refuses with an {@link
     * IllegalArgumentException} becomes a problem of the section.
     *
     * @return empty if the section has problems, which {@link #finish} reports
     */
    public <T> Optional<T> section(String name, String description, Function<SettingReader, T> reading) {
        declarations.section(name, description);
        int before = declarations.problemCount();
        try {
            T read = reading.apply(new SettingReader(sources, references, declarations, name));
            return declarations.problemCount() == before ? Optional.of(read) : Optional.empty();
        } catch (IllegalArgumentException contradiction) {
            if (declarations.problemCount() == before) {
                declarations.problem(new SettingProblem(name, "", String.valueOf(contradiction.getMessage()), ""));
            }
            return Optional.empty();
        }
    }

    /** Reads a key that has a default; the default is written as a person would write it. */
    public <T> T read(String name, SettingType<T> type, String defaultText, String description) {
        String yaml = type.isList() ? "[" + defaultText + "]" : defaultText;
        declarations.key(section, name, yaml, type.allowed(), description);
        T byDefault = type.parse(Given.scalar(defaultText, "default"));
        return sources.find(key(name))
                .flatMap(given -> parse(name, type, given))
                .orElse(byDefault);
    }

    /** Reads a key that may be left out. */
    public <T> Optional<T> readOptional(String name, SettingType<T> type, String description) {
        declarations.key(section, name, "", type.allowed(), description);
        return sources.find(key(name)).flatMap(given -> parse(name, type, given));
    }

    /** Reads a key that may be left out and whose value must be given by reference. */
    public Optional<Secret> readSecret(String name, String description) {
        String allowed = "a reference: ${env:NAME} or ${file:/path}";
        declarations.key(section, name, "", allowed, description);
        Optional<Given> given = sources.find(key(name));
        if (given.isPresent() && !SecretReferences.in(given.get().text())) {
            problem(
                    name,
                    given.get().masked(),
                    "is a secret in plain text, which files and process lists show",
                    allowed);
            return Optional.empty();
        }
        return given.flatMap(reference -> resolve(key(name), reference)).map(resolved -> new Secret(resolved.text()));
    }

    /**
     * Reads all keys below a name as they are, with references resolved.
     *
     * @param objection what is wrong with an entry, given its key and its text before references are resolved
     */
    public Map<String, String> readMap(String name, String allowed, String description, Objection objection) {
        declarations.map(section, name, allowed, description);
        String prefix = key(name) + ".";
        Map<String, String> entries = new LinkedHashMap<>();
        for (String key : sources.keysBelow(prefix)) {
            String entry = key.substring(prefix.length());
            Given given = sources.find(key).orElseThrow();
            Optional<String> refused = objection.to(entry, given.text());
            if (refused.isPresent()) {
                declarations.problem(new SettingProblem(key, given.masked(), refused.get(), ""));
            } else {
                resolve(key, given).ifPresent(resolved -> entries.put(entry, resolved.text()));
            }
        }
        return entries;
    }

    /** Notes a problem that only the caller can see, with a key of this section. */
    public void problem(String name, String given, String reason, String allowed) {
        declarations.problem(new SettingProblem(key(name), given, reason, allowed));
    }

    /**
     * Ends the reading.
     *
     * @throws SettingsException if anything that was given cannot be used, or is not the name of a setting
     */
    public void finish() {
        var problems = declarations.problems(sources);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /** The commented YAML file that lists every key that was declared, with its default. */
    public String reference(String title) {
        return declarations.reference(title);
    }

    private <T> Optional<T> parse(String name, SettingType<T> type, Given given) {
        try {
            return resolve(key(name), given).map(type::parse);
        } catch (RuntimeException refused) {
            String reason = refused instanceof IllegalArgumentException && refused.getMessage() != null
                    ? refused.getMessage()
                    : "is not allowed";
            problem(name, given.toString(), reason, type.allowed());
            return Optional.empty();
        }
    }

    private Optional<Given> resolve(String key, Given given) {
        try {
            return Optional.of(
                    new Given(given.items().stream().map(references::resolve).toList(), given.list(), given.origin()));
        } catch (IllegalArgumentException leadsNowhere) {
            declarations.problem(
                    new SettingProblem(key, "(" + given.origin() + ")", String.valueOf(leadsNowhere.getMessage()), ""));
            return Optional.empty();
        }
    }

    private String key(String name) {
        return Declarations.full(section, name);
    }

    /** Says what is wrong with an entry of a map, if anything is. */
    @FunctionalInterface
    public interface Objection {
        Optional<String> to(String key, String text);
    }
}
