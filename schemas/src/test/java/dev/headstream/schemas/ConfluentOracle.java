package dev.headstream.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;

/**
 * Confluent's genuine serializer and deserializer 5.5.3, with the Avro they came with. They stand in one jar with a class
 * loader of its own, so that nothing of ours reaches them but bytes, texts and numbers.
 */
final class ConfluentOracle implements AutoCloseable {
    private static final String REGISTRY_PACKAGE = "io.confluent.kafka.schemaregistry.";

    private final URLClassLoader loader;
    private final Object registry;
    private final Object serializer;
    private final Object deserializer;

    private ConfluentOracle(URLClassLoader loader, Object registry, Map<String, ?> settings)
            throws ReflectiveOperationException {
        this.loader = loader;
        this.registry = registry;
        // Confluent looks its strategies up by name with the thread's class loader
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            this.serializer = made("KafkaAvroSerializer", settings);
            this.deserializer = made("KafkaAvroDeserializer", settings);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** With a registry in memory, see {@link #register}. */
    static ConfluentOracle inMemory() throws ReflectiveOperationException {
        URLClassLoader loader = loader();
        Object registry = loader.loadClass(REGISTRY_PACKAGE + "client.MockSchemaRegistryClient")
                .getConstructor()
                .newInstance();
        return new ConfluentOracle(loader, registry, Map.of("schema.registry.url", "http://not-called"));
    }

    /** With Confluent's own REST client. */
    static ConfluentOracle connected(String url) throws ReflectiveOperationException {
        URLClassLoader loader = loader();
        Object registry = loader.loadClass(REGISTRY_PACKAGE + "client.CachedSchemaRegistryClient")
                .getConstructor(String.class, int.class)
                .newInstance(url, 100);
        return new ConfluentOracle(loader, registry, Map.of("schema.registry.url", url));
    }

    /** Makes the registry in memory know a schema by a given id. */
    void register(String subject, String schema, int id) throws ReflectiveOperationException {
        Object parsed = loader.loadClass(REGISTRY_PACKAGE + "avro.AvroSchema")
                .getConstructor(String.class)
                .newInstance(schema);
        registry.getClass()
                .getMethod(
                        "register",
                        String.class,
                        loader.loadClass(REGISTRY_PACKAGE + "ParsedSchema"),
                        int.class,
                        int.class)
                .invoke(registry, subject, parsed, 1, id);
    }

    /** What Confluent's serializer writes for the record that the bare Avro data holds. */
    byte[] serialize(String topic, String schema, byte[] avro) throws ReflectiveOperationException {
        Object record = decoded(schema, avro);
        return (byte[]) serializer
                .getClass()
                .getMethod("serialize", String.class, Object.class)
                .invoke(serializer, topic, record);
    }

    /** The bare Avro data of what Confluent's deserializer reads. */
    byte[] deserialize(String topic, byte[] framed) throws ReflectiveOperationException {
        Object record = deserializer
                .getClass()
                .getMethod("deserialize", String.class, byte[].class)
                .invoke(deserializer, topic, framed);
        return encoded(record);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }

    private static URLClassLoader loader() {
        try {
            URL jar =
                    Path.of(System.getProperty("confluent.oracle.jar")).toUri().toURL();
            return new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object made(String name, Map<String, ?> settings) throws ReflectiveOperationException {
        Constructor<?> constructor = loader.loadClass("io.confluent.kafka.serializers." + name)
                .getConstructor(loader.loadClass(REGISTRY_PACKAGE + "client.SchemaRegistryClient"), Map.class);
        return constructor.newInstance(registry, settings);
    }

    private Object decoded(String schema, byte[] avro) throws ReflectiveOperationException {
        Object parser = avro("Schema$Parser").getConstructor().newInstance();
        Object parsed = parser.getClass().getMethod("parse", String.class).invoke(parser, schema);
        Object factory = avro("io.DecoderFactory").getMethod("get").invoke(null);
        Object decoder = factory.getClass()
                .getMethod("binaryDecoder", byte[].class, avro("io.BinaryDecoder"))
                .invoke(factory, avro, null);
        Object reader = avro("generic.GenericDatumReader")
                .getConstructor(avro("Schema"))
                .newInstance(parsed);
        return reader.getClass()
                .getMethod("read", Object.class, avro("io.Decoder"))
                .invoke(reader, null, decoder);
    }

    private byte[] encoded(Object record) throws ReflectiveOperationException {
        Object schema = avro("generic.GenericContainer").getMethod("getSchema").invoke(record);
        Object factory = avro("io.EncoderFactory").getMethod("get").invoke(null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Object encoder = factory.getClass()
                .getMethod("directBinaryEncoder", OutputStream.class, avro("io.BinaryEncoder"))
                .invoke(factory, bytes, null);
        Object writer = avro("generic.GenericDatumWriter")
                .getConstructor(avro("Schema"))
                .newInstance(schema);
        writer.getClass().getMethod("write", Object.class, avro("io.Encoder")).invoke(writer, record, encoder);
        return bytes.toByteArray();
    }

    private Class<?> avro(String name) throws ClassNotFoundException {
        return loader.loadClass("org.apache.avro." + name);
    }
}
