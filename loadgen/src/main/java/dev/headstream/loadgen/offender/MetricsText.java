package dev.headstream.loadgen.offender;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What workers' metrics say of their steps, in Prometheus' text format. Counters count from a worker's start, so two texts of
 * one worker give what happened between them.
 */
public final class MetricsText {
    private static final Pattern SAMPLE =
            Pattern.compile("^(headstream_[a-z_]+)(?:\\{([^}]*)})?\\s+([-+0-9.eEIna]+)\\s*$");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final String STEP = "headstream_step_duration_seconds";
    private static final String JOB = "headstream_job_duration_seconds";

    private final Map<Key, Double> samples;

    private record Key(String name, Map<String, String> labels) {}

    private MetricsText(Map<Key, Double> samples) {
        this.samples = samples;
    }

    /** Reads one text. */
    public static MetricsText parse(String text) {
        Map<Key, Double> samples = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                Map<String, String> labels = new TreeMap<>();
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
                samples.put(new Key(sample.group(1), labels), number(sample.group(3)));
            }
        });
        return new MetricsText(samples);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.replace("+Inf", "Infinity"));
        } catch (NumberFormatException noNumber) {
            return 0;
        }
    }

    /** Several workers together. */
    public static MetricsText together(List<MetricsText> texts) {
        Map<Key, Double> sum = new LinkedHashMap<>();
        texts.forEach(text -> text.samples.forEach((key, value) -> sum.merge(key, value, Double::sum)));
        return new MetricsText(sum);
    }

    /** What was counted since an earlier text of the same workers; how many contexts there are stays as it is. */
    public MetricsText since(MetricsText earlier) {
        Map<Key, Double> difference = new LinkedHashMap<>();
        samples.forEach((key, value) -> difference.put(
                key,
                key.name().startsWith("headstream_contexts")
                        ? value
                        : Math.max(0, value - earlier.samples.getOrDefault(key, 0.0))));
        return new MetricsText(difference);
    }

    /** Whether any worker of ours wrote it. */
    public boolean isEmpty() {
        return samples.isEmpty();
    }

    /**
     * What the counters come to.
     *
     * @param contexts jobs at the same time; 0 to take what the workers say
     */
    public Offenders offenders(int contexts) {
        long jobs = Math.round(sum(JOB + "_count", Map.of()));
        double average = jobs == 0 ? 0 : sum(JOB + "_sum", Map.of()) * 1_000 / jobs;
        int most = contexts > 0 ? contexts : (int) Math.round(sum("headstream_contexts", Map.of("state", "max")));
        return new Offenders(
                jobs,
                new Capacity(most, average),
                sum("headstream_contexts", Map.of("state", "used")),
                names().map(this::step).filter(step -> step.calls() > 0).toList());
    }

    private Stream<StepFigures.Name> names() {
        return samples.keySet().stream()
                .filter(key -> key.name().equals(STEP + "_count"))
                .map(key -> new StepFigures.Name(
                        key.labels().getOrDefault("flow", ""), key.labels().getOrDefault("step", "")))
                .distinct();
    }

    private StepFigures step(StepFigures.Name name) {
        Map<String, String> labels = Map.of("flow", name.flow(), "step", name.step());
        TreeMap<Double, Double> buckets = new TreeMap<>();
        matching(STEP + "_bucket", labels)
                .forEach(sample -> buckets.merge(
                        number(sample.getKey().labels().getOrDefault("le", "0")), sample.getValue(), Double::sum));
        return new StepFigures(
                name,
                Math.round(sum(STEP + "_count", labels)),
                Math.round(sum(STEP + "_sum", labels) * 1_000),
                percentile(buckets, 0.5),
                percentile(buckets, 0.95),
                0,
                Math.round(sum("headstream_step_over_budget_seconds_total", labels) * 1_000),
                Math.round(sum(STEP + "_count", with(labels, "cached"))),
                Math.round(sum(STEP + "_count", with(labels, "coalesced"))));
    }

    private static Map<String, String> with(Map<String, String> labels, String outcome) {
        Map<String, String> more = new HashMap<>(labels);
        more.put("outcome", outcome);
        return more;
    }

    private double sum(String name, Map<String, String> labels) {
        return matching(name, labels).mapToDouble(Map.Entry::getValue).sum();
    }

    private Stream<Map.Entry<Key, Double>> matching(String name, Map<String, String> labels) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().name().equals(name)
                        && sample.getKey().labels().entrySet().containsAll(labels.entrySet()));
    }

    /** Within a bucket the calls are taken to be spread evenly, as Prometheus' histogram_quantile does. */
    private static long percentile(NavigableMap<Double, Double> buckets, double part) {
        if (buckets.isEmpty() || buckets.lastEntry().getValue() <= 0) {
            return 0;
        }
        double rank = part * buckets.lastEntry().getValue();
        double low = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : new ArrayList<>(buckets.entrySet())) {
            if (bucket.getValue() >= rank) {
                if (bucket.getKey().isInfinite()) {
                    return Math.round(low * 1_000);
                }
                double within = bucket.getValue() - below;
                return Math.round(
                        (low + (bucket.getKey() - low) * (within == 0 ? 1 : (rank - below) / within)) * 1_000);
            }
            low = bucket.getKey();
            below = bucket.getValue();
        }
        return Math.round(low * 1_000);
    }
}
