package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What steps took once, to hold later runs against. A step is slower than it was if its 95th percentile is up by more than
 * 10 % and more than 250 ms, and that is no chance: the lower end of the 95 % confidence interval of the difference, by the
 * bootstrap (Efron 1979, percentile method), lies above both.
 */
final class StepsBaseline {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double SHARE = 0.10;
    private static final long MILLIS = 250;
    private static final int RESAMPLES = 2_000;
    private static final int FEWEST = 5;
    private static final long SEED = 20_260_131;

    private final Map<String, List<Long>> millis;

    private StepsBaseline(Map<String, List<Long>> millis) {
        this.millis = millis;
    }

    /** One step that is slower than it was. */
    record Regression(String step, long beforeMillis, long nowMillis, long surelyMillis) {}

    static StepsBaseline of(List<StepsFigures> figures) {
        Map<String, List<Long>> millis = new TreeMap<>();
        for (StepsFigures arm : figures) {
            arm.stepMillis().forEach((step, samples) -> millis.put(arm.arm().id() + "/" + step, samples));
        }
        return new StepsBaseline(millis);
    }

    /** @throws IOException if there is no such file, or it holds none */
    static StepsBaseline read(Path file) throws IOException {
        return new StepsBaseline(JSON.readValue(file.toFile(), new TypeReference<Map<String, List<Long>>>() {}));
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(millis) + "\n");
    }

    /** The steps of a run that are slower than here; steps of which there are too few calls are not judged. */
    List<Regression> regressions(StepsBaseline now) {
        List<Regression> regressions = new ArrayList<>();
        now.millis.forEach((step, samples) -> {
            List<Long> before = millis.getOrDefault(step, List.of());
            if (before.size() < FEWEST || samples.size() < FEWEST) {
                return;
            }
            long was = p95(before);
            long surely = leastDifference(before, samples);
            if (surely > Math.max(Math.round(was * SHARE), MILLIS)) {
                regressions.add(new Regression(step, was, p95(samples), surely));
            }
        });
        return regressions;
    }

    private static long leastDifference(List<Long> before, List<Long> now) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Long> differences = new ArrayList<>(RESAMPLES);
        for (int i = 0; i < RESAMPLES; i++) {
            differences.add(p95(resample(now, random)) - p95(resample(before, random)));
        }
        return Samples.quantile(differences, 0.025);
    }

    private static List<Long> resample(List<Long> samples, SplittableRandom random) {
        return random.ints(samples.size(), 0, samples.size())
                .mapToObj(samples::get)
                .toList();
    }

    private static long p95(List<Long> samples) {
        return Samples.quantile(samples, 0.95);
    }
}
