package dev.headstream.pipeline.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;

/**
 * The declaration of a meter; the only way that meters are made. Immutable.
 *
 * @param name Micrometer's name, such as {@code headstream.job.duration}
 * @param unit base unit: {@code seconds} for every timer, {@code bytes}, or empty for plain counts
 * @param tags the keys of its tags, in the order in which values are given; no id, address or selector is ever a tag
 * @param buckets upper bounds of a timer's histogram; explicit, because a default histogram ends at 30 s
 */
public record MeterSpec(
        String name, Type type, String unit, String description, List<String> tags, List<Duration> buckets) {

    /** What kind of meter it is. */
    public enum Type {
        COUNTER,
        TIMER,
        GAUGE
    }

    public MeterSpec {
        tags = List.copyOf(tags);
        buckets = List.copyOf(buckets);
    }

    public static MeterSpec counter(String name, String description, String... tags) {
        return new MeterSpec(name, Type.COUNTER, "", description, List.of(tags), List.of());
    }

    public static MeterSpec gauge(String name, String unit, String description, String... tags) {
        return new MeterSpec(name, Type.GAUGE, unit, description, List.of(tags), List.of());
    }

    public static MeterSpec timer(String name, List<Duration> buckets, String description, String... tags) {
        return new MeterSpec(name, Type.TIMER, "seconds", description, List.of(tags), buckets);
    }

    /** Buckets from their bounds in milliseconds. */
    static List<Duration> millis(long... bounds) {
        List<Duration> buckets = new ArrayList<>();
        for (long bound : bounds) {
            buckets.add(Duration.ofMillis(bound));
        }
        return buckets;
    }

    /** The same timer with further bounds, so that a share within a budget can be read off exactly. */
    public MeterSpec withBuckets(Collection<Duration> further) {
        TreeSet<Duration> all = new TreeSet<>(buckets);
        further.stream().filter(bound -> bound.compareTo(Duration.ZERO) > 0).forEach(all::add);
        return new MeterSpec(name, type, unit, description, tags, List.copyOf(all));
    }

    /** The counter with these values of its tags, made at the first call. */
    public Counter counter(MeterRegistry registry, String... values) {
        expect(Type.COUNTER);
        return Counter.builder(name)
                .description(description)
                .tags(tagged(values))
                .register(registry);
    }

    /** The timer with these values of its tags, made at the first call. */
    public Timer timer(MeterRegistry registry, String... values) {
        expect(Type.TIMER);
        return Timer.builder(name)
                .description(description)
                .tags(tagged(values))
                .serviceLevelObjectives(buckets.toArray(Duration[]::new))
                .register(registry);
    }

    /** Makes a gauge that asks {@code value} at each scrape and keeps it reachable. */
    public Gauge gauge(MeterRegistry registry, DoubleSupplier value, String... values) {
        expect(Type.GAUGE);
        return Gauge.builder(name, value::getAsDouble)
                .description(description)
                .baseUnit(unit.isEmpty() ? null : unit)
                .tags(tagged(values))
                .strongReference(true)
                .register(registry);
    }

    private Tags tagged(String... values) {
        if (values.length != tags.size()) {
            throw new IllegalArgumentException(
                    name + " has the tags " + tags + ", and " + values.length + " values were given");
        }
        List<Tag> pairs = new ArrayList<>();
        for (int index = 0; index < values.length; index++) {
            pairs.add(Tag.of(tags.get(index), values[index]));
        }
        return Tags.of(pairs);
    }

    private void expect(Type wanted) {
        if (type != wanted) {
            throw new IllegalStateException(name + " is a " + type + ", not a " + wanted);
        }
    }
}
