package dev.headstream.loadgen.demo;

import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The jobs of one run: sign in to the demo portal, search, open the first hit, put it in the cart. Their ids begin with the
 * run's, so that runs on one stack can be told apart; all are marked as test records.
 */
record DemoJobs(String run, int count, String site) {
    private static final String FLOW = "demo";
    private static final List<String> MATERIALS =
            List.of("brass", "oak", "steel", "copper", "ceramic", "walnut", "linen");
    private static final List<String> THINGS =
            List.of("lamp", "shelf", "kettle", "clock", "stool", "toolbox", "mirror");
    private static final int ACCOUNTS = 20;

    static String newRun(Random random) {
        return String.format("demo-%06x", random.nextInt(1 << 24));
    }

    /** Whether a job belongs to this run. */
    boolean owns(String jobId) {
        return jobId.startsWith(run + "-");
    }

    /** The jobs in order; the same ones for the same run. */
    Stream<JobRequested> all(Instant now) {
        return IntStream.rangeClosed(1, count).mapToObj(number -> job(number, now));
    }

    private JobRequested job(int number, Instant now) {
        String query =
                MATERIALS.get(number % MATERIALS.size()) + " " + THINGS.get(number / MATERIALS.size() % THINGS.size());
        return JobRequested.newBuilder()
                .setJobId(run + "-" + number)
                .setFlow(FLOW)
                .setInputs(Map.of("site", site, "query", query, "account", "demo-" + number % ACCOUNTS))
                .setLabels(Map.of("run", run))
                .setSubmittedAt(now)
                .setTestRecord(true)
                .build();
    }
}
