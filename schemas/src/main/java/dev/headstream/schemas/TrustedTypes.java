package dev.headstream.schemas;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Lets Avro load exactly the classes that a reader schema names. Since 1.12 Avro refuses every other class, because a
 * writer's schema could name any; its setting is one for the whole process, so ours is added to what is there.
 */
final class TrustedTypes {
    private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

    private TrustedTypes() {}

    /** Trusts the named types of a schema of ours, at any depth. */
    static synchronized void add(Schema readerSchema) {
        collect(readerSchema, new HashSet<>());
        ClassSecurityPredicate current = ClassSecurityValidator.getGlobal();
        if (!(current instanceof Ours)) {
            ClassSecurityValidator.setGlobal(new Ours(current));
        }
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
            return NAMES.contains(type.getName()) || others.isTrusted(type);
        }

        @Override
        public void forbiddenClass(String name) {
            others.forbiddenClass(name);
        }
    }
}
