package dev.headstream.schemas;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Lets Avro load the contracts and the classes that a reader schema names, and no others: a writer's schema could name any.
 * Avro's setting is one for the whole process, so ours is added to what is there. Thread-safe.
 */
final class TrustedTypes {
    private static final String CONTRACTS = "dev.headstream.v1.";
    private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

    private TrustedTypes() {}

    /** Trusts the contracts. Must not touch a generated class, since it runs while the first one is being initialised. */
    static synchronized void install() {
        ClassSecurityPredicate current = ClassSecurityValidator.getGlobal();
        if (!(current instanceof Ours)) {
            ClassSecurityValidator.setGlobal(new Ours(current));
        }
    }

    /** Trusts the named types of a schema, at any depth; for records that are no contracts of ours. */
    static void add(Schema readerSchema) {
        collect(readerSchema, new HashSet<>());
        install();
    }

    private static void collect(Schema schema, Set<String> seen) {
        switch (schema.getType()) {
            case ARRAY -> collect(schema.getElementType(), seen);
            case MAP -> collect(schema.getValueType(), seen);
            case UNION -> schema.getTypes().forEach(branch -> collect(branch, seen));
            case ENUM, FIXED -> NAMES.add(SpecificData.getClassName(schema));
            case RECORD -> {
                if (seen.add(schema.getFullName())) {
                    NAMES.add(SpecificData.getClassName(schema));
                    schema.getFields().forEach(field -> collect(field.schema(), seen));
                }
            }
            default -> {
                // primitive types have no class of their own
            }
        }
    }

    private record Ours(ClassSecurityPredicate others) implements ClassSecurityPredicate {
        @Override
        public boolean isTrusted(Class<?> type) {
            String name = type.getName();
            return name.startsWith(CONTRACTS) || NAMES.contains(name) || others.isTrusted(type);
        }

        @Override
        public void forbiddenClass(String name) {
            others.forbiddenClass(name);
        }
    }
}
