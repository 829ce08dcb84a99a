package dev.headstream.loadgen.command;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.schemas.Topics;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every command finds its deployment: command line, then environment, then the local stack. */
public final class ConnectionOptions {
    static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";
    static final String DEFAULT_REGISTRY = "http://127.0.0.1:8081";

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers (HEADSTREAM_BOOTSTRAP; default: the local stack, " + DEFAULT_BOOTSTRAP + ").")
    private @Nullable String bootstrap;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "Schema registry (HEADSTREAM_REGISTRY; default: the local stack, " + DEFAULT_REGISTRY + ").")
    private @Nullable String registry;

    @Option(
            names = "--prefix",
            paramLabel = "NAME",
            description = "First word of the topic names (HEADSTREAM_PREFIX; default: headstream).")
    private @Nullable String prefix;

    @Option(
            names = "--client-config",
            paramLabel = "FILE",
            description = "Properties for Kafka's clients and the registry, for example SASL and TLS.")
    private @Nullable Path clientConfig;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long to wait for a broker (default: ${DEFAULT-VALUE}).")
    private Duration connectTimeout = Duration.ofSeconds(10);

    /** How long to wait for a broker before giving up. */
    public Duration patience() {
        return connectTimeout;
    }

    /** The deployment that the options and the process's environment name. */
    public Deployment deployment() {
        return deployment(System.getenv());
    }

    Deployment deployment(Map<String, String> environment) {
        Map<String, String> client = clientConfig == null ? Map.of() : read(clientConfig);
        return new Deployment(
                first(
                        bootstrap,
                        environment.get("HEADSTREAM_BOOTSTRAP"),
                        client.get("bootstrap.servers"),
                        DEFAULT_BOOTSTRAP),
                first(
                        registry,
                        environment.get("HEADSTREAM_REGISTRY"),
                        client.get("schema.registry.url"),
                        DEFAULT_REGISTRY),
                Topics.withPrefix(first(prefix, environment.get("HEADSTREAM_PREFIX"), null, "headstream")),
                client);
    }

    private static String first(
            @Nullable String option, @Nullable String environment, @Nullable String file, String otherwise) {
        if (option != null) {
            return option;
        }
        if (environment != null && !environment.isBlank()) {
            return environment;
        }
        return file == null ? otherwise : file;
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException failure) {
            throw new CommandException(
                    ExitCodes.NO_INPUT, "--client-config: cannot read " + file + ": " + failure, failure);
        }
        Map<String, String> settings = new HashMap<>();
        properties.forEach((key, value) -> settings.put(key.toString(), value.toString()));
        return settings;
    }
}
