package dev.headstream.worker;

import dev.headstream.pipeline.PipelineSerdes;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.Contracts;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The serialisers of a worker, with the ids of what it writes asked for before the first job. */
final class Contract {
    private static final Logger LOG = LoggerFactory.getLogger(Contract.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private Contract() {}

    /**
     * Registers what the worker writes and reads and waits for a registry that does not answer, saying so.
     *
     * @param shares whether it shares results of steps, which takes a contract as well
     */
    static PipelineSerdes agree(SchemaRegistryClient registry, Topics topics, boolean shares)
            throws InterruptedException {
        AvroSerializer<JobResult> results = new AvroSerializer<>(registry);
        AvroSerializer<JobState> states = new AvroSerializer<>(registry);
        while (true) {
            try {
                Contracts contracts = new Contracts(registry);
                var unused = shares ? contracts.register(topics) : contracts.registerNeeded(topics);
                results.warm(topics.results(), JobResult.class);
                states.warm(topics.state(), JobState.class);
                return new PipelineSerdes(
                        new AvroDeserializer<>(JobRequested.class, registry),
                        results,
                        states,
                        new AvroDeserializer<>(JobState.class, registry),
                        new AvroDeserializer<>(CancelRequested.class, registry));
            } catch (SchemaRegistryUnavailableException e) {
                LOG.warn("waiting for the schema registry: {}", e.getMessage());
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            }
        }
    }
}
