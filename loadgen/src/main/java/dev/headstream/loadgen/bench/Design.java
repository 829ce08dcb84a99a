package dev.headstream.loadgen.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A way to run browser jobs. */
public enum Design {
    /** Playwright for Java; every job starts a browser of its own and ends it. */
    PROCESS_PER_JOB("a browser for every job"),
    /** Playwright for Java; every lane has a Playwright and a warm browser of its own, every job a new context. */
    BROWSER_PER_LANE("a warm browser for every lane"),
    /** The worker's lanes alone, without Kafka: one browser, one Node, a new context for every job. */
    HEADSTREAM("one browser and one Node for all lanes"),
    /** The same lanes in a worker that takes the jobs from Kafka and writes their results and checkpoints to it. */
    HEADSTREAM_KAFKA("the same with jobs, results and checkpoints in Kafka"),
    /** The leanest peer: one browser, a new context for every job, in JavaScript. */
    PUPPETEER_CLUSTER("one browser, contexts, in JavaScript: the leanest peer"),
    /** One browser and no Node: the DevTools protocol by hand. What is left when all comfort is taken away. */
    RAW_CDP("one browser, no Playwright: the floor");

    private final String summary;

    Design(String summary) {
        this.summary = summary;
    }

    /** Its name on the command line and in reports. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it is, in a few words. */
    public String summary() {
        return summary;
    }

    /**
     * Finds a design by its name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static Design parse(String id) {
        return Arrays.stream(values())
                .filter(design -> design.id().equals(id.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no design '" + id + "': choose from " + String.join(", ", ids())));
    }

    private static List<String> ids() {
        return Arrays.stream(values()).map(Design::id).collect(Collectors.toList());
    }
}
