package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.Map;

/** Makes events of 1 KB that ask for a time of work: what the rehearsal of a worker understands, and so do all peers. */
final class Events {
    static final String FLOW = "rehearsal";
    static final String WORK = "millis";

    private static final int BYTES = 1_024;
    private static final String FILLER = "filler";

    private final String topic;
    private final AvroSerializer<JobRequested> serializer;

    Events(String topic, SchemaRegistryClient registry) {
        this.topic = topic;
        this.serializer = new AvroSerializer<>(registry);
    }

    byte[] event(String jobId, int workMillis) {
        int bare = encode(jobId, workMillis, "").length;
        return encode(jobId, workMillis, "x".repeat(Math.max(0, BYTES - bare)));
    }

    /** How long the work is that an event asks for. */
    static long workMillis(JobRequested event) {
        return Long.parseLong(event.getInputs().getOrDefault(WORK, "0"));
    }

    private byte[] encode(String jobId, int workMillis, String filler) {
        return serializer.encode(
                topic,
                JobRequested.newBuilder()
                        .setJobId(jobId)
                        .setFlow(FLOW)
                        .setInputs(Map.of(WORK, Integer.toString(workMillis)))
                        .setLabels(Map.of(FILLER, filler))
                        .setSubmittedAt(Instant.now())
                        .setTestRecord(true)
                        .build());
    }
}
