package dev.headstream.loadgen.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a worker says of itself at one instant, out of its metrics in Prometheus' text format.
 *
 * @param contexts browser contexts by state ({@code used}, {@code limit}, {@code max})
 * @param pssBytes memory by kind of process
 */
record WorkerSample(Map<String, Long> contexts, Map<String, Long> pssBytes) {
    private static final Pattern LINE =
            Pattern.compile("^(headstream_contexts|headstream_memory_pss_bytes)\\{([^}]*)} +([-+0-9.eE]+)");
    private static final Pattern LABEL = Pattern.compile("(state|process)=\"([^\"]*)\"");

    static final WorkerSample NONE = new WorkerSample(Map.of(), Map.of());

    WorkerSample {
        contexts = Map.copyOf(contexts);
        pssBytes = Map.copyOf(pssBytes);
    }

    /** Reads the two families that matter here; all others are skipped. */
    static WorkerSample parse(String metrics) {
        Map<String, Long> contexts = new TreeMap<>();
        Map<String, Long> pss = new TreeMap<>();
        metrics.lines().forEach(line -> {
            Matcher sample = LINE.matcher(line);
            if (sample.find()) {
                Map<String, Long> family = sample.group(1).equals("headstream_contexts") ? contexts : pss;
                Matcher label = LABEL.matcher(sample.group(2));
                if (label.find()) {
                    family.merge(label.group(2), Math.round(Double.parseDouble(sample.group(3))), Long::sum);
                }
            }
        });
        return new WorkerSample(contexts, pss);
    }

    long usedContexts() {
        return contexts.getOrDefault("used", 0L);
    }

    /** Memory of all processes together. */
    long totalPssBytes() {
        return pssBytes.values().stream().mapToLong(Long::longValue).sum();
    }
}
