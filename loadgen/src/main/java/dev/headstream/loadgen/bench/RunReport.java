package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process that ran jobs wrote about them; {@code headstream flow run --report FILE} writes the same.
 *
 * @param jobs jobs run, failed ones included
 * @param failed jobs that did not end well
 * @param wallMillis from the start of the first job to the end of the last
 * @param p50Millis median time of a job
 * @param p95Millis what 95 of 100 jobs did not exceed
 * @param jobMillis times of the jobs, in the order in which they ended
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record RunReport(int jobs, int failed, long wallMillis, long p50Millis, long p95Millis, List<Long> jobMillis) {
    private static final ObjectMapper JSON = new ObjectMapper();

    RunReport {
        if (jobs < 0 || failed < 0 || failed > jobs || wallMillis < 0) {
            throw new IllegalArgumentException(
                    "a report of " + jobs + " jobs, " + failed + " failed, in " + wallMillis + " ms");
        }
        jobMillis = List.copyOf(jobMillis);
    }

    static RunReport of(List<Long> jobMillis, int failed, long wallMillis) {
        return new RunReport(
                jobMillis.size(),
                failed,
                wallMillis,
                Samples.quantile(jobMillis, 0.5),
                Samples.quantile(jobMillis, 0.95),
                jobMillis);
    }

    double jobsPerSecond() {
        return wallMillis == 0 ? 0 : (jobs - failed) * 1_000.0 / wallMillis;
    }

    static RunReport read(Path file) throws IOException {
        return JSON.readValue(Files.readAllBytes(file), RunReport.class);
    }

    void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }
}
