package dev.headstream.pipeline;

import dev.headstream.pipeline.admission.Selection;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.replay.ReplayBound;
import dev.headstream.pipeline.replay.ReplayGroup;
import dev.headstream.pipeline.replay.ReplayPlan;
import dev.headstream.pipeline.replay.ReplayPlanner;
import dev.headstream.pipeline.source.SourceEnds;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.InMemorySchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.Contracts;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import reactor.core.publisher.Mono;

/** A replay of everything in a process of its own, to be killed. Its jobs take 150 ms. */
final class ReplayProcess {
    private ReplayProcess() {}

    /** Starts one. */
    static Process start(PipelineFixture kafka, String replayId) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplayProcess.class.getName(),
                        String.valueOf(kafka.client().get("bootstrap.servers")),
                        kafka.topics.jobs().replaceFirst("\\.jobs$", ""),
                        kafka.group,
                        replayId))
                .inheritIO()
                .start();
    }

    public static void main(String[] args) throws Exception {
        // A member that was killed is noticed in six seconds, the least that brokers allow.
        Map<String, Object> client = Map.of("bootstrap.servers", args[0]);
        Topics topics = Topics.withPrefix(args[1]);
        InMemorySchemaRegistryClient registry = new InMemorySchemaRegistryClient();
        new Contracts(registry).register(topics);
        try (Admin admin = Admin.create(client)) {
            ReplayPlanner planner = new ReplayPlanner(admin, topics, Instant.now());
            ReplayGroup group = new ReplayGroup(admin, topics, args[2], args[3]);
            ReplayPlan plan = group.begun().orElse(null);
            if (plan == null) {
                plan = planner.plan(new ReplayBound.Edge(), new ReplayBound.Edge());
                group.begin(plan, planner);
            }
            Pipeline pipeline = new Pipeline(
                    PipelineConfig.defaults(
                                    Map.of(
                                            "bootstrap.servers", args[0],
                                            "session.timeout.ms", 6_000,
                                            "heartbeat.interval.ms", 1_000),
                                    topics,
                                    args[2],
                                    "replayer")
                            .withReplay(group.id(), args[3]),
                    new PipelineSerdes(
                            new AvroDeserializer<>(JobRequested.class, registry),
                            new AvroSerializer<>(registry),
                            new AvroSerializer<>(registry),
                            new AvroDeserializer<>(JobState.class, registry),
                            new AvroDeserializer<>(CancelRequested.class, registry)),
                    PipelineFixture.handler(
                            3, job -> Mono.delay(Duration.ofMillis(150)).map(tick -> PipelineFixture.succeeded())),
                    new PipelineMetrics(new SimpleMeterRegistry(), KnownFlows.none()),
                    Clock.systemUTC(),
                    new EventScope(SourceEnds.at(plan.ends()), Selection.ALL));
            pipeline.start();
            while (!group.progress(plan).complete()) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            pipeline.close();
            group.delete();
        }
        System.exit(0);
    }
}
