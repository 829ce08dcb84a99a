package dev.headstream.worker;

import static dev.headstream.worker.setting.SettingType.autoOr;
import static dev.headstream.worker.setting.SettingType.choice;
import static dev.headstream.worker.setting.SettingType.duration;
import static dev.headstream.worker.setting.SettingType.httpUrl;
import static dev.headstream.worker.setting.SettingType.integer;
import static dev.headstream.worker.setting.SettingType.nonEmptyList;
import static dev.headstream.worker.setting.SettingType.onOff;
import static dev.headstream.worker.setting.SettingType.path;
import static dev.headstream.worker.setting.SettingType.percent;
import static dev.headstream.worker.setting.SettingType.size;
import static dev.headstream.worker.setting.SettingType.text;

import dev.headstream.pipeline.commit.DeliveryMode;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.schemas.Topics;
import dev.headstream.worker.artifact.ArtifactPlace;
import dev.headstream.worker.artifact.S3ArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.circuit.CircuitSettings;
import dev.headstream.worker.setting.DataSize;
import dev.headstream.worker.setting.DurationText;
import dev.headstream.worker.setting.Secret;
import dev.headstream.worker.setting.SettingReader;
import dev.headstream.worker.setting.SettingSources;
import dev.headstream.worker.setting.SettingsException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a worker can be told. The calls that read the keys are the one place of their names, ranges, defaults and
 * descriptions; {@code deploy/worker.yaml} is written from them. Immutable.
 *
 * @param name the worker's name in results and logs; empty to use the host's name and the process id
 * @param jobTimeout the longest that one attempt of a job may take
 * @param flows the directory that flows are read from
 * @param flowJars the directory with the jars of flows that are written in Java; empty: there are none
 * @param artifacts where screenshots and other files of jobs are written to
 * @param workDirectory for what is written while the worker runs: profiles, downloads, the port file
 * @param secrets the directory with one file for each secret of flows
 * @param files what flows may upload
 */
public record WorkerConfig(
        Optional<String> name,
        Path flows,
        Optional<Path> flowJars,
        Duration jobTimeout,
        ArtifactPlace artifacts,
        S3 s3,
        Path workDirectory,
        Optional<Path> secrets,
        FileSettings files,
        Kafka kafka,
        Registry registry,
        Topics topics,
        Delivery delivery,
        Retry retry,
        Contexts contexts,
        Lane lane,
        Cache cache,
        Sessions sessions,
        Circuit circuit,
        Browser browser,
        Memory memory,
        Drain drain,
        Management management) {

    private static final String TITLE = "Every setting of a worker, with its default. Give the file as --config FILE;"
            + " any setting can also be given as an environment variable (kafka.groupId is HEADSTREAM_KAFKA_GROUP_ID)"
            + " or as --set kafka.groupId=VALUE, each winning over the one before.";

    /**
     * Reads the configuration.
     *
     * @throws SettingsException naming all that is wrong with it
     */
    public static WorkerConfig load(SettingSources sources) {
        return read(new SettingReader(sources));
    }

    /** What a worker does that is told nothing. */
    public static WorkerConfig defaults() {
        return load(SettingSources.defaults());
    }

    /** The commented YAML file that lists every key with its default: what {@code deploy/worker.yaml} holds. */
    public static String reference() {
        SettingReader in = new SettingReader(SettingSources.defaults());
        read(in);
        return in.reference(TITLE);
    }

    private static WorkerConfig read(SettingReader in) {
        Optional<String> name = in.readOptional(
                "name",
                text("[A-Za-z0-9._-]{1,100}", "up to 100 letters, digits, dots, hyphens and underscores"),
                "Name of the worker in results, logs and the console. Left out: the host's name and the process id.");
        Path flows = in.read("flows", path(), "flows", "Directory with the flows that this worker can run.");
        Optional<Path> flowJars = in.readOptional(
                "flowJars",
                path(),
                "Directory with the jars of flows that are written in Java, and what they need beside the worker's own"
                        + " classes. Their code runs in the worker with all its rights. Left out: none.");
        Duration jobTimeout = in.read(
                "jobTimeout",
                duration("1s", "1h"),
                "60s",
                "The longest that one attempt of a job may take; then it is interrupted and its context freed.");
        ArtifactPlace artifacts = ArtifactPlace.parse(in.read(
                "artifacts",
                text(ArtifactPlace.PATTERN, "a directory, or s3://BUCKET/PREFIX"),
                ".headstream/artifacts",
                "Where screenshots and other files that jobs make are kept: a directory, or s3://BUCKET/PREFIX, whose"
                        + " credentials come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), a profile or"
                        + " the machine's role. Results refer to them by URI; the console shows pictures that are in a"
                        + " directory."));
        Optional<S3> s3 = in.section("s3", "The storage, where artifacts are kept in a bucket.", S3::read);
        s3.ifPresent(storage -> checkArtifacts(in, artifacts, storage.connection()));
        Path workDirectory = in.read(
                        "workDirectory",
                        autoOr(path()),
                        "auto",
                        "Directory for what the worker writes while it runs: browser profile, downloads, the file"
                                + " management.port. Its path may have 50 bytes at most. auto: headstream-USER in the"
                                + " temporary directory.")
                .orElseGet(WorkerConfig::temporaryDirectory);
        checkWorkDirectory(in, workDirectory);
        Optional<Path> secrets = in.readOptional(
                "secrets",
                path(),
                "Directory with one file for each secret that flows refer to as ${secret:NAME}; without a file, the"
                        + " environment variable HEADSTREAM_SECRET_NAME counts.");
        Optional<FileSettings> files =
                in.section("files", "Files that flows give to pages ('upload').", FileSettings::read);
        Optional<Kafka> kafka = in.section("kafka", "The cluster that jobs come from and results go to.", Kafka::read);
        Optional<Registry> registry =
                in.section("registry", "The schema registry, any that speaks Confluent's REST API.", Registry::read);
        Optional<Topics> topics = in.section("topics", "The topics.", WorkerConfig::readTopics);
        Optional<Delivery> delivery = in.section("delivery", "How results and offsets are written.", Delivery::read);
        Optional<Retry> retry =
                in.section("retry", "The pause before a failed job is tried again; it holds no context.", Retry::read);
        Optional<Contexts> contexts =
                in.section("contexts", "Browser contexts: how many jobs run at the same time.", Contexts::read);
        Optional<Lane> lane =
                in.section("lane", "How contexts are driven: each by a lane, one job after the other.", Lane::read);
        Optional<Cache> cache =
                in.section("cache", "Results of steps that flows declare as cached ('cache').", Cache::read);
        Optional<Sessions> sessions = in.section(
                "sessions",
                "Contexts that stay logged in between jobs, where flows declare it ('session').",
                Sessions::read);
        Optional<Circuit> circuit = in.section(
                "circuit",
                "Jobs of a flow that fails or is slow wait for a while, so that others have the contexts.",
                Circuit::read);
        Optional<Browser> browser = in.section("browser", "The one Chromium of the worker.", Browser::read);
        Optional<Memory> memory = in.section(
                "memory",
                "Memory of the worker with all its processes (PSS), and what is done about too much of it.",
                Memory::read);
        Optional<Drain> drain = in.section("drain", "What happens on SIGTERM.", Drain::read);
        Optional<Management> management =
                in.section("management", "The HTTP server for /livez, /readyz and /metrics.", Management::read);
        in.finish();
        return new WorkerConfig(
                name,
                flows,
                flowJars,
                jobTimeout,
                artifacts,
                s3.orElseThrow(),
                workDirectory,
                secrets,
                files.orElseThrow(),
                kafka.orElseThrow(),
                registry.orElseThrow(),
                topics.orElseThrow(),
                delivery.orElseThrow(),
                retry.orElseThrow(),
                contexts.orElseThrow(),
                lane.orElseThrow(),
                cache.orElseThrow(),
                sessions.orElseThrow(),
                circuit.orElseThrow(),
                browser.orElseThrow(),
                memory.orElseThrow(),
                drain.orElseThrow(),
                management.orElseThrow());
    }

    /** Asks the browser's own configuration, so that its bound on the path is among the problems that are reported. */
    private static void checkWorkDirectory(SettingReader in, Path directory) {
        try {
            var unused = BrowserConfig.defaults().withWorkDirectory(directory);
        } catch (IllegalArgumentException refused) {
            in.problem("workDirectory", "'" + directory + "'", String.valueOf(refused.getMessage()), "");
        }
    }

    private static void checkArtifacts(SettingReader in, ArtifactPlace place, S3ArtifactStore.Connection connection) {
        if (place instanceof ArtifactPlace.Bucket bucket) {
            S3ArtifactStore.problem(bucket, connection)
                    .ifPresent(problem -> in.problem("artifacts", "'" + bucket + "'", problem, ""));
        }
    }

    private static Path temporaryDirectory() {
        String user = System.getProperty("user.name", "worker").replaceAll("[^A-Za-z0-9_-]", "_");
        return Path.of(System.getProperty("java.io.tmpdir"), "headstream-" + user);
    }

    private static Topics readTopics(SettingReader in) {
        return Topics.withPrefix(in.read(
                "prefix",
                text("[a-zA-Z0-9._-]{1,200}", "up to 200 letters, digits, dots, hyphens and underscores"),
                "headstream",
                "First word of the topics' names: PREFIX.jobs, PREFIX.results, PREFIX.state, PREFIX.dead-letters,"
                        + " PREFIX.cancellations, PREFIX.cache."));
    }

    /** A storage that speaks S3. */
    public record S3(S3ArtifactStore.Connection connection) {
        private static S3 read(SettingReader in) {
            return new S3(new S3ArtifactStore.Connection(
                    in.readOptional(
                            "endpoint", httpUrl(), "Address of a storage other than Amazon's. Left out: Amazon's."),
                    in.readOptional(
                            "region",
                            text("[a-z0-9-]{1,50}", "a region, as in eu-central-1"),
                            "Region of the bucket. Left out: AWS_REGION or the profile's; of a storage other than Amazon's"
                                    + " any."),
                    in.read(
                            "pathStyle",
                            onOff(),
                            "off",
                            "Whether the bucket stands in the path of addresses instead of in the host's name, as most"
                                    + " storage other than Amazon's wants it.")));
        }
    }

    /**
     * Files that flows give to pages.
     *
     * @param directory where those are that flows may name; empty: nowhere
     * @param maxBytes the largest
     */
    public record FileSettings(Optional<Path> directory, DataSize maxBytes) {
        private static FileSettings read(SettingReader in) {
            return new FileSettings(
                    in.readOptional(
                            "directory",
                            path(),
                            "Directory whose files flows may upload by name ('file'). Left out: none; what jobs bring"
                                    + " along as text or base64 can be uploaded all the same."),
                    in.read("maxBytes", size("1B", "50MiB"), "10MiB", "The largest file that is uploaded."));
        }
    }

    /**
     * The cluster and the consumer group.
     *
     * @param groupProtocol how the workers of the group share the partitions
     * @param startTimeout how long to wait for the cluster at start before giving up
     * @param clientProperties passed to every Kafka client as they are, TLS and SASL above all; may hold secrets
     */
    public record Kafka(
            List<String> bootstrapServers,
            String groupId,
            GroupProtocol groupProtocol,
            Duration startTimeout,
            Map<String, String> clientProperties) {

        public Kafka {
            bootstrapServers = List.copyOf(bootstrapServers);
            clientProperties = Map.copyOf(clientProperties);
            List<String> brokers = GroupProtocol.OF_THE_BROKER.stream()
                    .filter(clientProperties::containsKey)
                    .toList();
            if (groupProtocol == GroupProtocol.CONSUMER && !brokers.isEmpty()) {
                throw new IllegalArgumentException("with groupProtocol consumer the brokers decide on "
                        + String.join(" and ", brokers) + ": leave it out of client, and set group.consumer."
                        + brokers.get(0) + " on the brokers or consumer." + brokers.get(0)
                        + " on the group; or use groupProtocol classic");
            }
        }

        /** What every client of this cluster is made with: the servers and the client properties. */
        public Map<String, Object> connectionProperties() {
            Map<String, Object> properties = new HashMap<>(clientProperties);
            properties.put("bootstrap.servers", String.join(",", bootstrapServers));
            return properties;
        }

        /** Without the values of the client properties, which may be secrets. */
        @Override
        public String toString() {
            return "Kafka[bootstrapServers=" + bootstrapServers + ", groupId=" + groupId + ", groupProtocol="
                    + groupProtocol + ", startTimeout=" + startTimeout + ", clientProperties="
                    + clientProperties.keySet() + "]";
        }

        private static Kafka read(SettingReader in) {
            return new Kafka(
                    in.read(
                            "bootstrapServers",
                            nonEmptyList(text("\\S+:\\d{1,5}", "host:port")),
                            "127.0.0.1:9092",
                            "Brokers to find the cluster by."),
                    in.read(
                            "groupId",
                            text("\\S{1,200}", "up to 200 characters without blanks"),
                            "headstream-workers",
                            "Consumer group; workers of one deployment share it."),
                    in.read(
                            "groupProtocol",
                            choice(GroupProtocol.class),
                            "classic",
                            "How the workers share the partitions. consumer is that of KIP-848: brokers from 4.0, and"
                                    + " the time after which a dead worker's jobs go to others is the brokers'"
                                    + " group.consumer.session.timeout.ms (45 s) instead of the 15 s of classic."),
                    in.read(
                            "startTimeout",
                            duration("1s", "1h"),
                            "60s",
                            "How long to wait for the cluster at start before the worker exits with 69."),
                    in.readMap(
                            "client",
                            "any setting of Kafka's clients that the worker does not set itself; secrets as"
                                    + " ${env:NAME} or ${file:/path}",
                            "Passed to every Kafka client as it is: TLS, SASL, timeouts. For example"
                                    + " {security.protocol: SASL_SSL, sasl.mechanism: PLAIN}.",
                            new KafkaClientSettings()));
        }
    }

    /**
     * The schema registry.
     *
     * @param clientProperties Confluent's keys, passed to serializers and the registry client; may hold secrets
     */
    public record Registry(
            List<URI> urls,
            Optional<String> username,
            Optional<Secret> password,
            Map<String, String> clientProperties) {

        public Registry {
            urls = List.copyOf(urls);
            clientProperties = Map.copyOf(clientProperties);
            if (username.isPresent() != password.isPresent()) {
                throw new IllegalArgumentException("username and password belong together: give both or neither");
            }
        }

        /** Everything in Confluent's own keys ({@code schema.registry.url}, {@code basic.auth.*}). */
        public Map<String, Object> properties() {
            Map<String, Object> properties = new HashMap<>(clientProperties);
            properties.put(
                    "schema.registry.url",
                    String.join(",", urls.stream().map(URI::toString).toList()));
            if (username.isPresent() && password.isPresent()) {
                properties.put("basic.auth.credentials.source", "USER_INFO");
                properties.put(
                        "basic.auth.user.info",
                        username.get() + ":" + password.get().reveal());
            }
            return properties;
        }

        /** Without the values of the client properties, which may be secrets. */
        @Override
        public String toString() {
            return "Registry[urls=" + urls + ", username=" + username + ", password=" + password + ", clientProperties="
                    + clientProperties.keySet() + "]";
        }

        private static Registry read(SettingReader in) {
            return new Registry(
                    in.read("urls", nonEmptyList(httpUrl()), "http://127.0.0.1:8081", "Addresses, tried in order."),
                    in.readOptional(
                            "username", text("[^:]{1,200}", "text without a colon"), "User for basic authentication."),
                    in.readSecret("password", "Password for basic authentication."),
                    in.readMap(
                            "client",
                            "settings of Confluent's serializers and registry client; secrets as ${env:NAME} or"
                                    + " ${file:/path}",
                            "Passed to the serializers and the registry client as it is, for example"
                                    + " {schema.registry.ssl.truststore.location: /etc/ca.p12}.",
                            WorkerConfig::objectToPlainSecret));
        }
    }

    /**
     * How results and offsets are written.
     *
     * @param mode whether an event gets exactly one terminal record or at least one
     * @param commitInterval the longest that a finished job waits for its transaction
     * @param maxResult a larger result is replaced by one that says so
     */
    public record Delivery(DeliveryMode mode, Duration commitInterval, DataSize maxResult) {
        private static Delivery read(SettingReader in) {
            return new Delivery(
                    in.read(
                            "mode",
                            choice(DeliveryMode.class),
                            "exactly-once",
                            "exactly-once: results, journal and offsets in transactions. at-least-once: without; after"
                                    + " a crash a job may have a second result, and an unsafe step may run twice."),
                    in.read(
                            "commitInterval",
                            duration("1ms", "1s"),
                            "100ms",
                            "The longest that a finished job waits for others to be written with its result."),
                    in.read(
                            "maxResult",
                            size("1KiB", "64MiB"),
                            "900kB",
                            "A larger result is replaced by a FAILED one that says so; keep it below the brokers'"
                                    + " message.max.bytes."));
        }
    }

    /**
     * The pause before another attempt: {@code initial} doubled each time up to {@code max}; the share
     * {@code jitter} of it is random.
     *
     * @param maxInterruptions how often browser or worker may go away under a job before it is taken for the cause
     */
    public record Retry(Duration initial, Duration max, double jitter, int maxInterruptions) {

        public Retry {
            if (initial.compareTo(max) > 0) {
                throw new IllegalArgumentException("initial (" + DurationText.of(initial)
                        + ") must not be longer than max (" + DurationText.of(max) + ")");
            }
        }

        private static Retry read(SettingReader in) {
            return new Retry(
                    in.read("initial", duration("1ms", "1h"), "1s", "Pause before the second attempt; then doubled."),
                    in.read("max", duration("1ms", "1d"), "60s", "The longest pause."),
                    in.read("jitter", percent(0, 100), "20%", "How much of a pause is random, so that retries spread."),
                    in.read(
                            "maxInterruptions",
                            integer(1, 1_000),
                            "5",
                            "How often browser or worker may go away under a job before the job is taken for the"
                                    + " cause and fails."));
        }
    }

    /** How many jobs run at the same time: at most {@code max}, fewer when memory or CPU run short. */
    public record Contexts(int max) {
        private static final int PER_CPU = 2;

        private static Contexts read(SettingReader in) {
            return new Contexts(in.read(
                            "max",
                            autoOr(integer(1, 256)),
                            "auto",
                            "The most contexts, and so jobs, at a time; auto is two for each CPU.")
                    .orElseGet(() -> PER_CPU * Runtime.getRuntime().availableProcessors()));
        }
    }

    /** What drives a context. */
    public record Lane(BrowserConfig.Transport transport) {
        private static Lane read(SettingReader in) {
            return new Lane(in.read(
                    "transport",
                    choice(BrowserConfig.Transport.class),
                    "socket",
                    "How a lane is connected to the browser. socket: straight from the worker, which rests on internals"
                            + " of Playwright. driver: as Playwright itself does it, with a Node.js process a lane, some"
                            + " 60 MB each; for a release of Playwright that socket does not work with."));
        }
    }

    /** Whether something is done. */
    public enum Switch {
        ON,
        OFF
    }

    /**
     * Results of steps.
     *
     * @param maxBytes bound on what is kept; 0 keeps nothing
     * @param coalesce whether equal steps at the same time are run once
     * @param share with whom results are shared
     */
    public record Cache(DataSize maxBytes, Switch coalesce, Share share) {

        public Cache {
            if (share == Share.FLEET && maxBytes.bytes() == 0) {
                throw new IllegalArgumentException("share fleet with maxBytes 0: nothing is kept that could be shared;"
                        + " give maxBytes a size, or leave share off");
            }
        }

        /** Whether other workers get results, and theirs are used. */
        public boolean isShared() {
            return share == Share.FLEET;
        }

        /** With whom a worker shares the results of its steps. */
        public enum Share {
            OFF,
            FLEET
        }

        private static Cache read(SettingReader in) {
            return new Cache(
                    in.read("maxBytes", size("0B", "4GiB"), "16MiB", "The most that is kept; 0 keeps nothing."),
                    in.read(
                            "coalesce",
                            choice(Switch.class),
                            "on",
                            "Whether equal steps at the same time are run once, the others waiting for it: on or off."),
                    in.read(
                            "share",
                            choice(Share.class),
                            "off",
                            "off: results stay in the worker. fleet: workers tell one another theirs by the topic"
                                    + " PREFIX.cache, in the clear, up to 64 KiB and for a day at most; none that shows a"
                                    + " secret, or is of a step whose key takes one in. Their clocks may differ by 5 s."));
        }
    }

    /** Logged-in contexts. */
    public record Sessions(Switch warm) {
        private static Sessions read(SettingReader in) {
            return new Sessions(in.read(
                    "warm",
                    choice(Switch.class),
                    "on",
                    "Whether a job goes on in the session that one with the same key left: on or off."));
        }
    }

    /** When the circuit of a flow opens, and for how long; empty to have none. */
    public record Circuit(Optional<CircuitSettings> settings) {
        private static Circuit read(SettingReader in) {
            Switch used = in.read(
                    "breaker",
                    choice(Switch.class),
                    "on",
                    "Whether flows that fail or are slow are held back: on or off.");
            CircuitSettings settings = new CircuitSettings(
                    in.read(
                            "failureRate",
                            percent(1, 100),
                            "50%",
                            "Share of attempts that failed, and might go well another time, which opens it."),
                    in.read(
                            "slowRate",
                            percent(1, 100),
                            "80%",
                            "Share of attempts that took longer than the budget of their flow, which opens it."),
                    in.read("window", integer(1, 10_000), "20", "The last attempts that are looked at."),
                    in.read("minimum", integer(1, 10_000), "10", "Attempts before it is judged; at most the window."),
                    in.read(
                            "openFor",
                            duration("100ms", "1h"),
                            "15s",
                            "How long it stays open; doubled each time that it is no better after that."),
                    in.read("openAtMost", duration("100ms", "1d"), "5m", "The longest that it stays open."),
                    in.read(
                            "probes",
                            integer(1, 100),
                            "2",
                            "Attempts that are let through to see whether it is better."));
            return new Circuit(used == Switch.ON ? Optional.of(settings) : Optional.empty());
        }
    }

    /**
     * The browser process.
     *
     * @param executable the browser to start; empty to look for one
     * @param node the Node.js to start it with; empty to look for one
     */
    public record Browser(
            Optional<Path> executable,
            Optional<Path> node,
            BrowserConfig.Sandbox sandbox,
            boolean webgl,
            DataSize nodeHeap,
            Duration startTimeout,
            Retire retire) {

        private static Browser read(SettingReader in) {
            return new Browser(
                    in.read(
                            "executable",
                            autoOr(path()),
                            "auto",
                            "The browser to start; auto is HEADSTREAM_CHROMIUM, else the first that is found of"
                                    + " chromium-headless-shell, chromium and chrome."),
                    in.read(
                            "node",
                            autoOr(path()),
                            "auto",
                            "The Node.js (20 or later) to start it with; auto is HEADSTREAM_NODE, else the one on the"
                                    + " path."),
                    in.read(
                            "sandbox",
                            choice(BrowserConfig.Sandbox.class),
                            "auto",
                            "Chromium's sandbox. auto: on where the machine allows it, and the worker says which."),
                    in.read(
                            "webgl",
                            onOff(),
                            "off",
                            "Whether pages get WebGL (maps, 3D). It is rendered in software: some 12 MB more, and much CPU"
                                    + " time of a page that draws."),
                    in.read("nodeHeap", size("64MiB", "4GiB"), "128MiB", "Bound of Node's heap."),
                    in.read("startTimeout", duration("1s", "10m"), "30s", "How long the browser may take to start."),
                    Retire.read(in));
        }
    }

    /**
     * When a browser that works is replaced by another.
     *
     * @param memory share of the memory limit that Node and Chromium together may use
     */
    public record Retire(int jobs, Duration age, double memory) {
        private static Retire read(SettingReader in) {
            return new Retire(
                    in.read(
                            "retireJobs",
                            integer(1, 1_000_000_000),
                            "2000",
                            "After so many jobs a second browser is started and takes over; the first ends with its"
                                    + " jobs."),
                    in.read("retireAge", duration("1s", "365d"), "12h", "The same when it is so old."),
                    in.read(
                            "retireMemory",
                            percent(1, 100),
                            "65%",
                            "The same when Node and Chromium together use more than this share of memory.limit in ten samples in a"
                                    + " row, five minutes after it was started or later. Where two browsers would exceed"
                                    + " memory.hard, jobs finish first and then it is started again: also for jobs and"
                                    + " age."));
        }
    }

    /**
     * Bounds on the memory of the worker's process tree.
     *
     * @param limit what it may use in all; empty for the cgroup's limit, or the machine's memory where there is none
     * @param soft share of the limit above which fewer contexts are used
     * @param hard share of the limit above which the browser, then the worker, is replaced
     */
    public record Memory(Optional<DataSize> limit, double soft, double hard, Duration sampleInterval) {

        public Memory {
            if (soft >= hard) {
                throw new IllegalArgumentException(
                        "soft (" + Math.round(100 * soft) + "%) must be below hard (" + Math.round(100 * hard) + "%)");
            }
        }

        private static Memory read(SettingReader in) {
            return new Memory(
                    in.read(
                            "limit",
                            autoOr(size("256MiB", "1024GiB")),
                            "auto",
                            "What the worker may use in all; auto is the limit of its cgroup (container), or the"
                                    + " machine's memory."),
                    in.read(
                            "soft",
                            percent(10, 98),
                            "75%",
                            "Share of the limit above which the number of contexts is halved, until it is calm."),
                    in.read(
                            "hard",
                            percent(11, 99),
                            "90%",
                            "Share of the limit above which the browser is replaced and, if that does not help, the"
                                    + " worker drains and exits with 75."),
                    in.read("sampleInterval", duration("250ms", "1m"), "2s", "How often memory is measured."));
        }
    }

    /** What happens on SIGTERM; {@code notice} is the time until the process is killed. */
    public record Drain(Duration notice) {
        private static Drain read(SettingReader in) {
            return new Drain(in.read(
                    "notice",
                    duration("15s", "1h"),
                    "30s",
                    "Time from SIGTERM until the process is killed (terminationGracePeriodSeconds, spot notice)."));
        }
    }

    /** Who may look at the console: nobody, who is on the worker's machine, or whoever can reach the port. */
    public enum ConsoleFor {
        NOBODY,
        MACHINE,
        ANYONE
    }

    /** The HTTP server; port 0 takes any that is free. */
    public record Management(String host, int port, ConsoleFor console) {
        private static Management read(SettingReader in) {
            return new Management(
                    in.read(
                            "host",
                            text("\\S{1,253}", "an address of this machine"),
                            "127.0.0.1",
                            "Address to listen on; in a container, where probes come from outside, 0.0.0.0."),
                    in.read(
                            "port",
                            integer(0, 65_535),
                            "9464",
                            "Port to listen on; 0 takes any that is free and writes it to management.port in the"
                                    + " work directory."),
                    in.read(
                            "console",
                            choice(ConsoleFor.class),
                            "machine",
                            "Who may see the console, which shows job ids and pictures of pages that jobs failed on."
                                    + " machine: a browser on the worker's machine, or one whose connection is forwarded"
                                    + " to there; anyone: whoever can reach the port; nobody: there is none."));
        }
    }

    private static Optional<String> objectToPlainSecret(String key, String text) {
        boolean secret = key.contains("password")
                || key.contains("secret")
                || key.endsWith("user.info")
                || key.endsWith(".token");
        boolean plain = secret && !text.contains("${env:") && !text.contains("${file:");
        return plain
                ? Optional.of("holds a secret in plain text; refer to it as ${env:NAME} or ${file:/path}")
                : Optional.empty();
    }
}
