package dev.headstream.loadgen.stack;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;

/**
 * What a data directory remembers of its cluster: the id it was formatted with and the ports it was last reached at, so
 * that clients find it there again after a restart.
 */
record ClusterFile(String clusterId, List<Integer> brokerPorts, List<Integer> controllerPorts) {
    private static final String NAME = "cluster.properties";

    ClusterFile {
        brokerPorts = List.copyOf(brokerPorts);
        controllerPorts = List.copyOf(controllerPorts);
        if (brokerPorts.isEmpty() || brokerPorts.size() != controllerPorts.size()) {
            throw new IllegalArgumentException(
                    "as many broker as controller ports are needed, not " + brokerPorts + " and " + controllerPorts);
        }
    }

    static String newClusterId() {
        return Uuid.randomUuid().toString();
    }

    static Optional<ClusterFile> read(DataDirectory directory) {
        Path file = directory.path().resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (Reader reader = new StringReader(Files.readString(file, StandardCharsets.UTF_8))) {
            Properties properties = new Properties();
            properties.load(reader);
            return Optional.of(new ClusterFile(
                    required(properties, "cluster.id"),
                    ports(required(properties, "broker.ports")),
                    ports(required(properties, "controller.ports"))));
        } catch (IOException | IllegalArgumentException failure) {
            throw new StackException(
                    "cannot read " + file + ": " + failure.getMessage()
                            + "; restore it, or delete its directory to start afresh (its records are lost)",
                    failure);
        }
    }

    void write(DataDirectory directory) {
        Properties properties = new Properties();
        properties.setProperty("cluster.id", clusterId);
        properties.setProperty("broker.ports", joined(brokerPorts));
        properties.setProperty("controller.ports", joined(controllerPorts));
        StringWriter text = new StringWriter();
        try {
            properties.store(text, null);
            directory.replace(NAME, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new StackException("cannot write " + directory.path().resolve(NAME) + ": " + failure, failure);
        }
    }

    /** The same cluster on ports that were free a moment ago. */
    ClusterFile onFreePorts() {
        List<Integer> free = freePorts(2 * nodes());
        return new ClusterFile(clusterId, free.subList(0, nodes()), free.subList(nodes(), 2 * nodes()));
    }

    /** The same cluster, controllers on ports that were free a moment ago. */
    ClusterFile onBrokerPorts(List<Integer> ports) {
        return new ClusterFile(clusterId, ports, freePorts(ports.size()));
    }

    int nodes() {
        return brokerPorts.size();
    }

    int brokerPort(int node) {
        return brokerPorts.get(node - 1);
    }

    int controllerPort(int node) {
        return controllerPorts.get(node - 1);
    }

    /** Where each node's controller listens. */
    Map<Integer, InetSocketAddress> voters() {
        Map<Integer, InetSocketAddress> voters = new HashMap<>();
        for (int node = 1; node <= nodes(); node++) {
            voters.put(node, new InetSocketAddress(InetAddress.getLoopbackAddress(), controllerPort(node)));
        }
        return voters;
    }

    /** The ports that something listens on already. */
    List<Integer> takenPorts() {
        List<Integer> taken = new ArrayList<>();
        brokerPorts.stream().filter(port -> !isFree(port)).forEach(taken::add);
        controllerPorts.stream().filter(port -> !isFree(port)).forEach(taken::add);
        return taken;
    }

    static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Distinct ports, held all at once and then let go: another process may still take one before it is used. */
    static List<Integer> freePorts(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException failure) {
            throw new StackException("no free port on the loopback interface: " + failure, failure);
        } finally {
            held.forEach(ClusterFile::release);
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing was ever accepted on it
        }
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("the key " + key + " is missing");
        }
        return value;
    }

    private static List<Integer> ports(String text) {
        List<Integer> ports = new ArrayList<>();
        for (String port : text.split(",", -1)) {
            ports.add(Integer.valueOf(port.trim()));
        }
        return ports;
    }

    private static String joined(List<Integer> ports) {
        return String.join(",", ports.stream().map(String::valueOf).toList());
    }
}
