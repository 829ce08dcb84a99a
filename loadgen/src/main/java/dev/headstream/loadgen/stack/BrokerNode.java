package dev.headstream.loadgen.stack;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import scala.Tuple2;

/** One broker and controller in this JVM, from format to shutdown. Thread-safe. */
final class BrokerNode {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerNode.class);
    private static final Duration CONTROLLED_SHUTDOWN = Duration.ofSeconds(10);

    static {
        QuietLogs.apply();
        // Kafka ends its process on a fatal fault, even on a port that is taken; that would be our process
        Exit.setExitProcedure(BrokerNode::refuseToExit);
        Exit.setHaltProcedure(BrokerNode::refuseToExit);
    }

    private final BrokerServer broker;
    private final ControllerServer controller;

    private BrokerNode(SharedServer shared, BootstrapMetadata bootstrap) {
        this.broker = new BrokerServer(shared);
        this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), bootstrap);
    }

    private static void refuseToExit(int status, String message) {
        throw new StackException("a Kafka node in this JVM failed for good (status " + status + "): " + message);
    }

    /** Formats the directory if it is new, then starts; returns when the node serves. */
    static BrokerNode start(int node, ClusterFile cluster, Path home, Map<String, String> extra) {
        if (!Files.exists(home.resolve("meta.properties"))) {
            format(node, cluster.clusterId(), home);
        }
        BrokerNode started = assemble(
                cluster, new KafkaConfig(BrokerSettings.of(node, cluster, home, extra), false), "node " + node);
        try {
            started.controller.startup();
            started.broker.startup();
            return started;
        } catch (Throwable failure) { // Scala code throws checked exceptions without saying so
            started.stopBroker();
            started.stopController();
            throw new StackException("Kafka node " + node + " did not start: " + failure.getMessage(), failure);
        }
    }

    /**
     * What {@link KafkaRaftServer} does, except that the two halves can be stopped one by one: a cluster that is taken
     * down needs its controllers until the last broker has left.
     */
    private static BrokerNode assemble(ClusterFile cluster, KafkaConfig config, String name) {
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> disk =
                KafkaRaftServer.initializeLogDirs(config, LOG, name + ": ");
        Metrics metrics = Server.initializeMetrics(config, Time.SYSTEM, cluster.clusterId());
        SharedServer shared = new SharedServer(
                config,
                disk._1(),
                Time.SYSTEM,
                metrics,
                CompletableFuture.completedFuture(cluster.voters()),
                List.of(),
                (fault, fatal, action) -> faultHandler(name, fault, fatal, action),
                ServerSocketFactory.INSTANCE);
        return new BrokerNode(shared, disk._2());
    }

    private static FaultHandler faultHandler(String node, String kind, boolean fatal, Runnable action) {
        return (message, cause) -> {
            LOG.atLevel(fatal ? Level.ERROR : Level.WARN)
                    .setCause(cause)
                    .addKeyValue("node", node)
                    .addKeyValue("fault", kind)
                    .log("fault in an embedded Kafka node");
            action.run();
            return new StackException(kind + " in Kafka " + node + ": " + message, cause);
        };
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

    /** Hands leaderships over and leaves the cluster; needs a majority of controllers. */
    void stopBroker() {
        broker.shutdown(CONTROLLED_SHUTDOWN);
        broker.awaitShutdown();
    }

    /** Comes after {@link #stopBroker()}. */
    void stopController() {
        controller.shutdown();
        controller.awaitShutdown();
    }
}
