package dev.headstream.loadgen.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.stack.RegistryContent.Subject;
import dev.headstream.loadgen.stack.RegistryContent.Version;
import dev.headstream.schemas.CompatibilityLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the registry over its durable content: every change is on disk before it is visible, so that no id which a
 * record may carry is ever forgotten. Thread-safe.
 */
final class Subjects {
    private static final String FILE = "registry.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DataDirectory directory;
    private RegistryContent content;

    Subjects(DataDirectory directory) {
        this.directory = directory;
        this.content = load(directory.path().resolve(FILE));
    }

    private static RegistryContent load(Path file) {
        if (!Files.exists(file)) {
            return RegistryContent.empty();
        }
        try {
            return JSON.readValue(file.toFile(), RegistryContent.class);
        } catch (IOException failure) {
            throw new StackException(
                    "cannot read the schema registry's " + file + ": " + failure.getMessage()
                            + "; restore it, or delete it to start with an empty registry",
                    failure);
        }
    }

    private void change(RegistryContent next) {
        if (next.equals(content)) {
            return;
        }
        try {
            directory.replace(FILE, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(next));
        } catch (IOException failure) {
            throw new StackException("cannot write the schema registry's data: " + failure, failure);
        }
        content = next;
    }

    /** A version of a subject with its schema. */
    record Registered(String subject, int version, int id, String schema) {}

    /** Registers a schema, or finds it among the versions that are not deleted. */
    synchronized int register(String subject, Schema schema) {
        String text = schema.toString();
        Subject known = content.subject(subject);
        for (Version version : known.live()) {
            if (text(version).equals(text)) {
                return version.id();
            }
        }
        List<String> violations = content.compatibilityOf(subject).violations(schema, parsed(known.live()));
        if (!violations.isEmpty()) {
            throw RegistryException.incompatible(subject, String.join("; ", violations));
        }
        change(content.register(subject, text));
        return content.idOf(text).orElseThrow();
    }

    synchronized Registered lookup(String subject, Schema schema, boolean deletedToo) {
        String text = schema.toString();
        return existing(subject, deletedToo).stream()
                .filter(version -> text(version).equals(text))
                .reduce((older, newer) -> newer)
                .map(version -> registered(subject, version))
                .orElseThrow(() -> RegistryException.schemaNotFound(""));
    }

    synchronized List<String> subjects(String prefix, boolean deletedToo) {
        return content.subjects().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .filter(entry -> !visible(entry.getValue(), deletedToo).isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    synchronized List<Integer> versions(String subject, boolean deletedToo) {
        return existing(subject, deletedToo).stream().map(Version::version).toList();
    }

    /** By number or {@code latest}. */
    synchronized Registered version(String subject, String number, boolean deletedToo) {
        return registered(subject, find(subject, number, deletedToo));
    }

    synchronized String schema(int id) {
        String text = content.schemas().get(id);
        if (text == null) {
            throw RegistryException.schemaNotFound(id + " ");
        }
        return text;
    }

    /** Where an id is in use, deleted versions left out. */
    synchronized List<Registered> uses(int id) {
        schema(id);
        List<Registered> uses = new ArrayList<>();
        for (String subject : subjects("", false)) {
            content.subject(subject).live().stream()
                    .filter(version -> version.id() == id)
                    .forEach(version -> uses.add(registered(subject, version)));
        }
        return uses;
    }

    /** Hides all versions of a subject, or removes them for good once they are hidden. */
    synchronized List<Integer> deleteSubject(String subject, boolean permanent) {
        Subject known = content.subject(subject);
        if (known.versions().isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        List<Version> gone = permanent ? known.versions() : known.live();
        if (permanent && !known.live().isEmpty()) {
            throw RegistryException.notSoftDeleted(subject);
        }
        if (gone.isEmpty()) {
            throw RegistryException.softDeleted(subject);
        }
        change(content.with(subject, permanent ? known.purge(gone) : known.delete(gone)));
        return gone.stream().map(Version::version).toList();
    }

    synchronized int deleteVersion(String subject, String number, boolean permanent) {
        Version gone = find(subject, number, permanent);
        if (permanent && !gone.deleted()) {
            throw RegistryException.notSoftDeleted(subject + " version " + number);
        }
        Subject known = content.subject(subject);
        change(content.with(subject, permanent ? known.purge(List.of(gone)) : known.delete(List.of(gone))));
        return gone.version();
    }

    synchronized CompatibilityLevel compatibility() {
        return content.compatibility();
    }

    synchronized void setCompatibility(CompatibilityLevel level) {
        change(content.with(level));
    }

    synchronized CompatibilityLevel compatibility(String subject, boolean orGlobal) {
        CompatibilityLevel own = content.subject(subject).compatibility();
        if (own == null && !orGlobal) {
            throw RegistryException.noOwnCompatibility(subject);
        }
        return content.compatibilityOf(subject);
    }

    /** Sets the level of a subject, which need not exist yet; without a level the global one holds again. */
    synchronized void setCompatibility(String subject, @Nullable CompatibilityLevel level) {
        change(content.with(subject, content.subject(subject).with(level)));
    }

    /** Why a schema may not follow a version, or the versions that the subject's level looks at; empty if it may. */
    synchronized List<String> violations(String subject, @Nullable String number, Schema schema) {
        CompatibilityLevel level = content.compatibilityOf(subject);
        return number == null
                ? level.violations(schema, parsed(content.subject(subject).live()))
                : level.violations(schema, parsed(List.of(find(subject, number, false))));
    }

    private List<Version> existing(String subject, boolean deletedToo) {
        List<Version> versions = visible(content.subject(subject), deletedToo);
        if (versions.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        return versions;
    }

    private static List<Version> visible(Subject subject, boolean deletedToo) {
        return deletedToo ? subject.versions() : subject.live();
    }

    private Version find(String subject, String number, boolean deletedToo) {
        List<Version> versions = existing(subject, deletedToo);
        if (number.equals("latest") || number.equals("-1")) {
            return versions.get(versions.size() - 1);
        }
        int wanted = versionNumber(number);
        return versions.stream()
                .filter(version -> version.version() == wanted)
                .findFirst()
                .orElseThrow(() -> RegistryException.versionNotFound(number));
    }

    private static int versionNumber(String number) {
        try {
            int parsed = Integer.parseInt(number);
            if (parsed >= 1) {
                return parsed;
            }
        } catch (NumberFormatException noNumber) {
            // Said below
        }
        throw RegistryException.invalidVersion(number);
    }

    private Registered registered(String subject, Version version) {
        return new Registered(subject, version.version(), version.id(), text(version));
    }

    private String text(Version version) {
        return Objects.requireNonNull(content.schemas().get(version.id()), "a version without its schema");
    }

    private List<Schema> parsed(List<Version> versions) {
        return versions.stream().map(version -> parse(text(version))).toList();
    }

    /** Reads a schema as a client sent it. */
    static Schema parse(String text) {
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException failure) {
            throw RegistryException.invalidSchema(String.valueOf(failure.getMessage()));
        }
    }
}
