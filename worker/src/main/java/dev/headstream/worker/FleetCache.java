package dev.headstream.worker;

import dev.headstream.pipeline.fleet.SharedStepReader;
import dev.headstream.pipeline.fleet.SharedStepWriter;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.CachedStep;
import dev.headstream.worker.cache.CacheEvents;
import dev.headstream.worker.cache.CacheEvents.Exchange;
import dev.headstream.worker.cache.Fleet;
import dev.headstream.worker.cache.StepCache;
import dev.headstream.worker.flow.FlowCatalog;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The worker's cache of steps and, where the settings say so, what ties it to those of the other workers: the two threads of
 * its reader and its writer. Closing it ends these; the cache itself goes on.
 */
final class FleetCache implements AutoCloseable {
    /** What closing may take where results are shared. */
    static final Duration CLOSING_TIME = SharedStepReader.CLOSING_TIME.plus(SharedStepWriter.CLOSING_TIME);

    private final StepCache steps;
    private final Optional<Tie> tie;

    private record Tie(SharedStepReader reader, SharedStepWriter writer) {}

    private FleetCache(StepCache steps, Optional<Tie> tie) {
        this.steps = steps;
        this.tie = tie;
    }

    /** Begins to read what others found out; returns at once. The registry stays the caller's to close, after this. */
    static FleetCache open(
            WorkerConfig config, FlowCatalog flows, SchemaRegistryClient registry, CacheEvents events, Clock clock) {
        StepCache.Settings settings = new StepCache.Settings(
                config.cache().maxBytes().bytes(), config.cache().coalesce() == WorkerConfig.Switch.ON);
        if (!config.cache().isShared()) {
            return new FleetCache(new StepCache(settings, events), Optional.empty());
        }
        String topic = config.topics().cache();
        Map<String, Object> client = config.kafka().connectionProperties();
        SharedStepWriter writer = new SharedStepWriter(topic, client, new AvroSerializer<>(registry), written(events));
        String name = config.name().orElse("");
        Fleet fleet = new Fleet(flows, name, SharedStepReader.LONGEST_LIFE, writer::offer, events, clock);
        StepCache steps = new StepCache(settings, events, fleet);
        SharedStepReader reader = new SharedStepReader(
                topic, client, new AvroDeserializer<>(CachedStep.class, registry), read(steps, events), clock);
        writer.start();
        reader.start();
        return new FleetCache(steps, Optional.of(new Tie(reader, writer)));
    }

    private static SharedStepWriter.Listener written(CacheEvents events) {
        return new SharedStepWriter.Listener() {
            @Override
            public void published() {
                events.exchanged(Exchange.PUBLISHED);
            }

            @Override
            public void dropped() {
                events.exchanged(Exchange.DROPPED);
            }
        };
    }

    private static SharedStepReader.Listener read(StepCache steps, CacheEvents events) {
        return new SharedStepReader.Listener() {
            @Override
            public void read(CachedStep entry) {
                steps.learn(entry);
            }

            @Override
            public void takenBack(String digest) {
                steps.forget(digest);
            }

            @Override
            public void unreadable() {
                events.exchanged(Exchange.UNREADABLE);
            }
        };
    }

    StepCache steps() {
        return steps;
    }

    @Override
    public void close() {
        tie.ifPresent(it -> {
            it.reader().close();
            it.writer().close();
        });
    }
}
