package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.stack.EmbeddedKafka;
import dev.headstream.loadgen.stack.EmbeddedRegistry;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.Contracts;
import dev.headstream.schemas.setup.TopicAdmin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/** The brokers, the registry and the topics of one case; nothing is shared with other cases. */
final class Arena {
    static final int PARTITIONS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Optional<EmbeddedKafka> kafka;
    private final Optional<BrokerProcess> broker;
    private final Optional<TcpProxy> proxy;
    private final Deployment deployment;
    private final ScratchFolder folder;
    private final int registryPort;
    private EmbeddedRegistry registry;

    private Arena(
            Optional<EmbeddedKafka> kafka,
            Optional<BrokerProcess> broker,
            Optional<TcpProxy> proxy,
            EmbeddedRegistry registry,
            Deployment deployment,
            ScratchFolder folder) {
        this.kafka = kafka;
        this.broker = broker;
        this.proxy = proxy;
        this.registry = registry;
        this.deployment = deployment;
        this.folder = folder;
        this.registryPort =
                Integer.parseInt(registry.url().substring(registry.url().lastIndexOf(':') + 1));
    }

    static Arena open(ChaosCase.Needs needs, ScratchFolder folder, long seed, Cleanup cleanup) throws Exception {
        EmbeddedKafka.Options options = settings().withNodes(needs.brokers()).withDataDirectory(folder.folder("kafka"));
        Optional<TcpProxy> proxy = Optional.empty();
        if (needs.proxied()) {
            int second = freePort();
            TcpProxy way = cleanup.open("proxy", () -> TcpProxy.to(second, seed));
            proxy = Optional.of(way);
            options = options.withSetting("listeners", ",PROXIED://127.0.0.1:" + second)
                    .withSetting("advertised.listeners", ",PROXIED://127.0.0.1:" + way.port())
                    .withSetting("listener.security.protocol.map", ",PROXIED:PLAINTEXT");
        }
        EmbeddedKafka.Options decided = options;
        Optional<EmbeddedKafka> kafka = needs.killable()
                ? Optional.empty()
                : Optional.of(cleanup.open("brokers", () -> EmbeddedKafka.start(decided)));
        Optional<BrokerProcess> broker = needs.killable()
                ? Optional.of(cleanup.open(
                        "broker",
                        () -> BrokerProcess.start(
                                folder.folder("kafka"), folder.path().resolve("broker.log"))))
                : Optional.empty();
        String bootstrap = kafka.map(EmbeddedKafka::bootstrap)
                .or(() -> broker.map(BrokerProcess::bootstrap))
                .orElseThrow();
        EmbeddedRegistry registry = EmbeddedRegistry.start(registryOptions(folder));
        Deployment deployment = new Deployment(bootstrap, registry.url(), Topics.defaults(), Map.of());
        Arena arena = new Arena(kafka, broker, proxy, registry, deployment, folder);
        cleanup.open("registry", () -> (AutoCloseable) arena::stopRegistry);
        arena.setUp(needs.brokers());
        return arena;
    }

    /** As of a broker that is in a hurry to clean up. */
    static EmbeddedKafka.Options settings() {
        return EmbeddedKafka.Options.defaults().withSetting("log.cleaner.backoff.ms", "500");
    }

    private static EmbeddedRegistry.Options registryOptions(ScratchFolder folder) throws IOException {
        return EmbeddedRegistry.Options.defaults().withDataDirectory(folder.folder("registry"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private void setUp(int brokers) {
        try (Admin admin = deployment.admin(PATIENCE);
                SchemaRegistryClient client = deployment.registryClient()) {
            new TopicAdmin(admin, PATIENCE).create(deployment.topics(), PARTITIONS, (short) brokers);
            new Contracts(client).register(deployment.topics());
        }
    }

    EmbeddedKafka kafka() {
        return kafka.orElseThrow();
    }

    /** The one that can be killed. */
    BrokerProcess broker() {
        return broker.orElseThrow();
    }

    /** Where the first broker keeps its logs. */
    Path brokerLogs() {
        return folder.path().resolve("kafka").resolve("node-1");
    }

    /** The bad network. */
    TcpProxy proxy() {
        return proxy.orElseThrow();
    }

    Deployment deployment() {
        return deployment;
    }

    /** Where a worker finds the brokers on the way through the proxy. */
    String proxied() {
        return "127.0.0.1:" + proxy().port();
    }

    synchronized void stopRegistry() {
        registry.close();
    }

    /** Starts it again where it was, with what it knew. */
    synchronized void startRegistry() throws IOException {
        registry = EmbeddedRegistry.start(registryOptions(folder).withPort(registryPort));
    }
}
