package dev.headstream.loadgen.stack;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The settings of one combined broker and controller, small enough for a laptop and strict enough for transactions. */
final class BrokerSettings {
    private BrokerSettings() {}

    static final String CONTROLLER_LISTENER = "CONTROLLER";

    static Map<String, String> of(int node, ClusterFile cluster, Path directory, Map<String, String> extra) {
        Map<String, String> settings = new HashMap<>();
        identity(settings, node, cluster);
        replication(settings, cluster.nodes());
        footprint(settings);
        settings.put("log.dirs", directory.toString());
        extra.forEach((key, value) ->
                settings.merge(key, value, (ours, theirs) -> theirs.startsWith(",") ? ours + theirs : theirs));
        return settings;
    }

    private static void identity(Map<String, String> settings, int node, ClusterFile cluster) {
        String broker = "PLAINTEXT://127.0.0.1:" + cluster.brokerPort(node);
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(node));
        settings.put("controller.quorum.voters", voters(cluster));
        settings.put("listeners", broker + "," + CONTROLLER_LISTENER + "://127.0.0.1:" + cluster.controllerPort(node));
        settings.put("advertised.listeners", broker);
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    }

    private static String voters(ClusterFile cluster) {
        return IntStream.rangeClosed(1, cluster.nodes())
                .mapToObj(node -> node + "@127.0.0.1:" + cluster.controllerPort(node))
                .collect(Collectors.joining(","));
    }

    private static void replication(Map<String, String> settings, int nodes) {
        String factor = String.valueOf(nodes);
        String inSync = String.valueOf(Math.max(1, nodes - 1));
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(topic + ".replication.factor", factor);
            settings.put(topic + ".num.partitions", "1");
        }
        settings.put("transaction.state.log.min.isr", inSync);
        settings.put("share.coordinator.state.topic.min.isr", inSync);
        settings.put("default.replication.factor", factor);
        settings.put("min.insync.replicas", inSync);
    }

    private static void footprint(Map<String, String> settings) {
        // A mistyped topic must fail where it is typed, not come into being with the wrong settings
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        // what a dead worker left open blocks its successor until somebody looks
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        settings.put("group.consumer.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "200");
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(2 * 1024 * 1024));
        settings.put("log.index.size.max.bytes", String.valueOf(1024 * 1024));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "2");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "1");
    }
}
