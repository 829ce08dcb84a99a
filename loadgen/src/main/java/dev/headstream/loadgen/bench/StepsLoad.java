package dev.headstream.loadgen.bench;

import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The jobs of every arm, the same ones in the same order: three of five ask for one of a few popular things in a word, which
 * is a broad query, the others for something that nobody else asks for.
 *
 * @param site the portal's address
 * @param jobs how many
 * @param accounts whose sessions they use
 */
record StepsLoad(String site, int jobs, int accounts) {
    static final String FLOW = "bench-steps";
    private static final int CYCLE = 5;
    private static final List<Integer> REPEATED_IN_CYCLE = List.of(0, 2, 4);
    private static final List<String> POPULAR = List.of("lamp", "shelf");

    StepsLoad {
        if (jobs < 1 || accounts < 1) {
            throw new IllegalArgumentException("a load needs jobs and accounts, not " + jobs + " and " + accounts);
        }
    }

    Stream<JobRequested> all(Instant now) {
        return IntStream.range(0, jobs).mapToObj(number -> job(number, now));
    }

    private JobRequested job(int number, Instant now) {
        return JobRequested.newBuilder()
                .setJobId("bench-" + number)
                .setFlow(FLOW)
                .setInputs(Map.of("site", site, "query", query(number), "account", "account-" + number % accounts))
                .setSubmittedAt(now)
                .setTestRecord(true)
                .build();
    }

    static String query(int number) {
        int repeated = REPEATED_IN_CYCLE.indexOf(number % CYCLE);
        return repeated >= 0
                ? POPULAR.get((number / CYCLE * REPEATED_IN_CYCLE.size() + repeated) % POPULAR.size())
                : "oak stool " + number;
    }
}
