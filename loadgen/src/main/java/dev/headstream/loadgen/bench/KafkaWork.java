package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The jobs of one round in Kafka: a backlog that is there before the worker starts. When all have their result, the report
 * that other designs write by themselves is made of the results. Confined to the bench's thread.
 */
final class KafkaWork implements Arm.Work, AutoCloseable {
    private final Arm.Work seenBySite;
    private final ResultReader reader;
    private final String run;
    private final int jobs;
    private final Path report;
    private final List<Long> jobMillis = new ArrayList<>();
    private int failed;
    private long firstStartMillis = Long.MAX_VALUE;
    private long lastEndMillis;
    private boolean reported;

    private KafkaWork(Arm.Work seenBySite, ResultReader reader, String run, int jobs, Path report) {
        this.seenBySite = seenBySite;
        this.reader = reader;
        this.run = run;
        this.jobs = jobs;
        this.report = report;
    }

    /**
     * Sends the jobs.
     *
     * @param run begins every job id, so that rounds on one topic can be told apart
     */
    static KafkaWork send(
            Deployment deployment,
            Arm.Work seenBySite,
            String run,
            int jobs,
            String flow,
            Map<String, String> inputs,
            Path report) {
        ResultReader reader = ResultReader.open(deployment);
        reader.fromEnd();
        try (JobSender sender = JobSender.open(deployment)) {
            IntStream.range(0, jobs)
                    .mapToObj(number -> job(run, number, flow, inputs))
                    .forEach(sender::send);
            sender.flush();
        }
        return new KafkaWork(seenBySite, reader, run, jobs, report);
    }

    private static JobRequested job(String run, int number, String flow, Map<String, String> inputs) {
        return JobRequested.newBuilder()
                .setJobId(run + number)
                .setFlow(flow)
                .setInputs(inputs)
                .setSubmittedAt(Instant.now())
                .setTestRecord(true)
                .build();
    }

    @Override
    public boolean hasBegun() {
        return seenBySite.hasBegun();
    }

    @Override
    public long openedPages() {
        return seenBySite.openedPages();
    }

    @Override
    public boolean isOver() throws IOException {
        reader.poll(Duration.ZERO).stream()
                .filter(result -> result.getJobId().startsWith(run))
                .forEach(this::add);
        if (jobMillis.size() < jobs || reported) {
            return false;
        }
        RunReport.of(jobMillis, failed, lastEndMillis - firstStartMillis).write(report);
        reported = true;
        return true;
    }

    private void add(JobResult result) {
        long end = result.getCompletedAt().toEpochMilli();
        jobMillis.add(result.getRunMillis());
        failed += result.getStatus() == JobStatus.SUCCEEDED ? 0 : 1;
        firstStartMillis = Math.min(firstStartMillis, end - result.getRunMillis());
        lastEndMillis = Math.max(lastEndMillis, end);
    }

    @Override
    public void close() {
        reader.close();
    }
}
