package dev.headstream.loadgen.stack;

import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One to three real Kafka brokers (KRaft, each also a controller) inside this JVM, on the loopback interface only.
 *
 * <p>The first start formats the data directory; every later one finds records, committed offsets and ports again. Topics
 * are not created by touching them. With three nodes replication is three and two must be in sync, so that one may be
 * stopped. While brokers live in a JVM, Kafka's way of ending its process on a fatal error is turned into an exception
 * there.
 *
 * <p>Thread-safe. The owner closes it: brokers keep the JVM alive until then.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int PORT_ATTEMPTS = 5;
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 20;

    private final Options options;
    private final DataDirectory directory;
    private final Map<Integer, BrokerNode> running = new TreeMap<>();
    private ClusterFile cluster;
    private boolean closed;

    private EmbeddedKafka(Options options, DataDirectory directory, ClusterFile cluster) {
        this.options = options;
        this.directory = directory;
        this.cluster = cluster;
    }

    /**
     * Starts the brokers and returns when all of them serve.
     *
     * @throws StackException if the directory is held by another stack or belongs to a cluster of another size, if a port
     *     that was asked for is taken, or if a broker does not come up
     */
    public static EmbeddedKafka start(Options options) {
        DataDirectory directory = DataDirectory.open(options.dataDirectory(), "kafka");
        try {
            EmbeddedKafka kafka = new EmbeddedKafka(options, directory, plan(options, directory));
            kafka.startAll();
            return kafka;
        } catch (RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    /** One broker on a free port over a temporary directory. */
    public static EmbeddedKafka start() {
        return start(Options.defaults());
    }

    private static ClusterFile plan(Options options, DataDirectory directory) {
        Optional<ClusterFile> remembered = ClusterFile.read(directory);
        remembered.filter(cluster -> cluster.nodes() != options.nodes()).ifPresent(cluster -> {
            throw new StackException("the data directory " + directory.path() + " belongs to a cluster of "
                    + cluster.nodes() + " node(s), not " + options.nodes()
                    + "; ask for that many, or name another directory");
        });
        if (remembered.isPresent() && !options.portsFixed()) {
            return remembered.get();
        }
        String clusterId = remembered.map(ClusterFile::clusterId).orElseGet(ClusterFile::newClusterId);
        List<Integer> free = ClusterFile.freePorts(2 * options.nodes());
        ClusterFile fresh = new ClusterFile(
                clusterId, free.subList(0, options.nodes()), free.subList(options.nodes(), free.size()));
        return options.ports().isEmpty() ? fresh : fresh.onBrokerPorts(options.ports());
    }

    private void startAll() {
        for (int attempt = 1; ; attempt++) {
            try {
                avoidTakenPorts();
                cluster.write(directory);
                inParallel(IntStream.rangeClosed(1, cluster.nodes()).boxed().toList(), this::startNode, START_SECONDS);
                return;
            } catch (RuntimeException failure) {
                stopAll();
                if (attempt == PORT_ATTEMPTS || !isBindFailure(failure)) {
                    throw failure;
                }
                // Somebody was faster between the look and the bind: look again
            }
        }
    }

    private void avoidTakenPorts() {
        List<Integer> taken = cluster.takenPorts();
        if (taken.isEmpty()) {
            return;
        }
        if (!options.portsFixed()) {
            cluster = cluster.onFreePorts();
        } else if (options.ports().stream().anyMatch(taken::contains)) {
            throw new StackException("port " + taken.get(0)
                    + " on 127.0.0.1 is taken by another process; stop that one, or choose another port");
        } else {
            cluster = cluster.onBrokerPorts(options.ports());
        }
    }

    private static boolean isBindFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private void startNode(int node) {
        Path home = directory.path().resolve("node-" + node);
        BrokerNode broker = BrokerNode.start(node, cluster, home, options.settings());
        synchronized (running) {
            running.put(node, broker);
        }
    }

    /** {@code host:port} of every node, comma-separated, for {@code bootstrap.servers}; the same after a restart. */
    public String bootstrap() {
        return cluster.brokerPorts().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** How many nodes the cluster has, running or not. */
    public int nodes() {
        return cluster.nodes();
    }

    /** Where records are kept. */
    public Path dataDirectory() {
        return directory.path();
    }

    /** Stops a node (1-based) in an orderly way; does nothing if it is stopped. */
    public synchronized void stop(int node) {
        requireKnown(node);
        stopNode(node);
    }

    /** Starts a stopped node (1-based) again on its ports and data; does nothing if it is running. */
    public synchronized void start(int node) {
        requireKnown(node);
        if (closed) {
            throw new IllegalStateException("the cluster is closed");
        }
        if (!isRunning(node)) {
            inParallel(List.of(node), this::startNode, START_SECONDS);
        }
    }

    /** Whether a node (1-based) is running. */
    public boolean isRunning(int node) {
        synchronized (running) {
            return running.containsKey(node);
        }
    }

    /** Stops all nodes and frees the directory, deleting it if it is temporary. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stopAll();
            directory.close();
        }
    }

    private void stopAll() {
        Map<Integer, BrokerNode> nodes;
        synchronized (running) {
            nodes = Map.copyOf(running);
            running.clear();
        }
        List<Integer> numbers = List.copyOf(nodes.keySet());
        QuietLogs.inSilence(() -> {
            inParallel(numbers, node -> at(nodes, node).stopBroker(), STOP_SECONDS);
            inParallel(numbers, node -> at(nodes, node).stopController(), STOP_SECONDS);
        });
    }

    private void stopNode(int node) {
        BrokerNode stopped;
        synchronized (running) {
            stopped = running.remove(node);
        }
        if (stopped != null) {
            stopped.stopBroker();
            stopped.stopController();
        }
    }

    private static BrokerNode at(Map<Integer, BrokerNode> nodes, int node) {
        return Objects.requireNonNull(nodes.get(node));
    }

    private void requireKnown(int node) {
        if (node < 1 || node > cluster.nodes()) {
            throw new IllegalArgumentException("node must be 1.." + cluster.nodes() + ", not " + node);
        }
    }

    private interface NodeAction {
        void on(int node);
    }

    /** Nodes elect a leader among themselves while they start, so none of them can be waited for alone. */
    private static void inParallel(List<Integer> nodes, NodeAction action, long seconds) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "embedded-kafka-lifecycle");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<?>> tasks = new ArrayList<>();
            nodes.forEach(node -> tasks.add(threads.submit(() -> action.on(node))));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (Future<?> task : tasks) {
                task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException cause
                    ? cause
                    : new StackException("a Kafka node failed: " + failure.getCause(), failure);
        } catch (TimeoutException late) {
            throw new StackException("a Kafka node did not finish within " + seconds + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while waiting for a Kafka node", interrupted);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * How to start.
     *
     * @param nodes 1 to 3
     * @param dataDirectory where to keep records; a temporary directory that is deleted on close if there is none
     * @param ports one per node, or none to choose freely
     * @param portsFixed whether those ports are insisted upon; else they are only tried first, and ports that the data
     *     directory remembers come before them
     * @param settings broker settings that overrule ours; a value that begins with a comma is added to the list of ours
     */
    public record Options(
            int nodes,
            @Nullable Path dataDirectory,
            List<Integer> ports,
            boolean portsFixed,
            Map<String, String> settings) {
        public Options {
            if (nodes < 1 || nodes > 3) {
                throw new IllegalArgumentException("nodes must be 1..3, not " + nodes);
            }
            if (!ports.isEmpty() && ports.size() != nodes) {
                throw new IllegalArgumentException("one port per node is needed: " + nodes + ", not " + ports);
            }
            for (int port : ports) {
                if (port < 1 || port > 65_535) {
                    throw new IllegalArgumentException("a port must be 1..65535, not " + port);
                }
            }
            if (portsFixed && ports.isEmpty()) {
                throw new IllegalArgumentException("no port to insist upon");
            }
            ports = List.copyOf(ports);
            settings = Map.copyOf(settings);
        }

        /** One node, temporary directory, any ports. */
        public static Options defaults() {
            return new Options(1, null, List.of(), false, Map.of());
        }

        public Options withNodes(int count) {
            return new Options(count, dataDirectory, ports, portsFixed, settings);
        }

        public Options withDataDirectory(Path directory) {
            return new Options(nodes, directory, ports, portsFixed, settings);
        }

        /** Insists on these ports, one per node. */
        public Options withPorts(Integer... fixed) {
            return new Options(nodes, dataDirectory, List.of(fixed), true, settings);
        }

        /** Tries these ports first, one per node, and takes others where one is taken. */
        public Options withPreferredPorts(Integer... preferred) {
            return new Options(nodes, dataDirectory, List.of(preferred), false, settings);
        }

        public Options withSetting(String key, String value) {
            Map<String, String> merged = new TreeMap<>(settings);
            merged.put(key, value);
            return new Options(nodes, dataDirectory, ports, portsFixed, merged);
        }
    }
}
