package dev.headstream.loadgen.stack;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.headstream.schemas.CompatibilityLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a registry holds, as one immutable value, in the form in which it is kept on disk. Ids are global: the same
 * schema text has the same id under every subject, and an id is never given out twice.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RegistryContent(
        int lastId, CompatibilityLevel compatibility, Map<Integer, String> schemas, Map<String, Subject> subjects) {

    RegistryContent {
        schemas = Map.copyOf(schemas);
        subjects = Map.copyOf(subjects);
    }

    /** Confluent's default: an unconfigured registry checks BACKWARD. */
    static RegistryContent empty() {
        return new RegistryContent(0, CompatibilityLevel.BACKWARD, Map.of(), Map.of());
    }

    Optional<Integer> idOf(String text) {
        return schemas.entrySet().stream()
                .filter(entry -> entry.getValue().equals(text))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** A subject of which at least one version was ever registered or a level set. */
    Subject subject(String name) {
        return Optional.ofNullable(subjects.get(name)).orElse(Subject.UNKNOWN);
    }

    CompatibilityLevel compatibilityOf(String name) {
        return Optional.ofNullable(subject(name).compatibility()).orElse(compatibility);
    }

    RegistryContent with(CompatibilityLevel level) {
        return new RegistryContent(lastId, level, schemas, subjects);
    }

    RegistryContent with(String name, Subject subject) {
        Map<String, Subject> changed = new TreeMap<>(subjects);
        changed.put(name, subject);
        return new RegistryContent(lastId, compatibility, schemas, changed);
    }

    /** With the schema as the newest version of a subject. */
    RegistryContent register(String name, String text) {
        int id = idOf(text).orElse(lastId + 1);
        Map<Integer, String> known = new TreeMap<>(schemas);
        known.put(id, text);
        return new RegistryContent(Math.max(lastId, id), compatibility, known, subjects)
                .with(name, subject(name).append(id));
    }

    /** The versions of one subject, oldest first, and its own level if it has one. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Subject(@Nullable CompatibilityLevel compatibility, int lastVersion, List<Version> versions) {
        static final Subject UNKNOWN = new Subject(null, 0, List.of());

        Subject {
            versions = List.copyOf(versions);
        }

        List<Version> live() {
            return versions.stream().filter(version -> !version.deleted()).toList();
        }

        Subject with(@Nullable CompatibilityLevel level) {
            return new Subject(level, lastVersion, versions);
        }

        Subject append(int id) {
            List<Version> longer = new ArrayList<>(versions);
            longer.add(new Version(lastVersion + 1, id, false));
            return new Subject(compatibility, lastVersion + 1, longer);
        }

        /** With these versions hidden. */
        Subject delete(List<Version> gone) {
            return new Subject(
                    compatibility,
                    lastVersion,
                    versions.stream()
                            .map(version -> gone.contains(version) ? version.hidden() : version)
                            .toList());
        }

        /** Without these versions; their numbers are not given out again. */
        Subject purge(List<Version> gone) {
            return new Subject(
                    compatibility,
                    lastVersion,
                    versions.stream().filter(version -> !gone.contains(version)).toList());
        }
    }

    /** One version of a subject. */
    record Version(int version, int id, boolean deleted) {
        Version hidden() {
            return new Version(version, id, true);
        }
    }
}
