package dev.headstream.loadgen.stack;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;

/** One broker and controller in this JVM, from format to shutdown. Thread-safe. */
final class BrokerNode implements AutoCloseable {
    static {
        QuietLogs.apply();
        // Kafka ends its process on a fatal fault, even on a port that is taken; that would be our process
        Exit.setExitProcedure(BrokerNode::refuseToExit);
        Exit.setHaltProcedure(BrokerNode::refuseToExit);
    }

    private final Server server;

    private BrokerNode(Server server) {
        this.server = server;
    }

    private static void refuseToExit(int status, String message) {
        throw new StackException("a Kafka node in this JVM failed for good (status " + status + "): " + message);
    }

    /** Formats the directory if it is new, then starts; returns when the node serves. */
    static BrokerNode start(int node, String clusterId, Map<String, String> settings, Path home) {
        if (!Files.exists(home.resolve("meta.properties"))) {
            format(node, clusterId, home);
        }
        Server server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        try {
            server.startup();
            return new BrokerNode(server);
        } catch (RuntimeException failure) {
            stop(server);
            throw new StackException("Kafka node " + node + " did not start: " + failure.getMessage(), failure);
        }
    }

    private static void format(int node, String clusterId, Path home) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream print = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            Files.createDirectories(home);
            new Formatter()
                    .setPrintStream(print)
                    .setClusterId(clusterId)
                    .setNodeId(node)
                    .addDirectory(home.toString())
                    .setMetadataLogDirectory(home.toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .run();
        } catch (Exception failure) {
            throw new StackException(
                    "cannot format " + home + " for Kafka: " + failure.getMessage() + " "
                            + said.toString(StandardCharsets.UTF_8).trim(),
                    failure);
        }
    }

    private static void stop(Server server) {
        server.shutdown();
        server.awaitShutdown();
    }

    @Override
    public void close() {
        stop(server);
    }
}
