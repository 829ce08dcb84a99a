package dev.headstream.loadgen.chaos;

import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A number of jobs of one kind, the same for the same seed.
 *
 * @param prefix their ids begin with it and a hyphen
 * @param flow {@code rehearsal}, or one for a real browser
 * @param inputs those that all have
 * @param sessions how many session keys they share, 0 for none
 * @param onceStep the step that must run once, if there is one
 */
record Jobs(
        String prefix, String flow, int count, Map<String, String> inputs, int sessions, Optional<String> onceStep) {

    Jobs {
        inputs = Map.copyOf(inputs);
    }

    /** Jobs of one step that takes no time. */
    static Jobs of(String prefix, int count) {
        return new Jobs(prefix, "rehearsal", count, Map.of(), 0, Optional.empty());
    }

    /** The same with so many steps, whose times have this median and a log-normal spread. */
    Jobs steps(int steps, int medianMillis, double sigma) {
        return with("steps", String.valueOf(steps))
                .with("millis", String.valueOf(medianMillis))
                .with("sigma", String.valueOf(sigma));
    }

    /** The same with a step that must run once. */
    Jobs once(int step) {
        Jobs more = with("once", String.valueOf(step));
        return new Jobs(more.prefix, flow, count, more.inputs, sessions, Optional.of("step-" + step));
    }

    /** The same with session keys, each shared by several of them. */
    Jobs sessions(int number) {
        return new Jobs(prefix, flow, count, inputs, number, onceStep);
    }

    /** The same with an input. */
    Jobs with(String name, String value) {
        Map<String, String> more = new TreeMap<>(inputs);
        more.put(name, value);
        return new Jobs(prefix, flow, count, more, sessions, onceStep);
    }

    /** The same of another flow. */
    Jobs flow(String name) {
        return new Jobs(prefix, name, count, inputs, sessions, onceStep);
    }

    List<JobRequested> events(long seed) {
        return IntStream.range(0, count).mapToObj(number -> event(number, seed)).toList();
    }

    private JobRequested event(int number, long seed) {
        String id = prefix + "-" + number;
        Map<String, String> all = new TreeMap<>(inputs);
        if (flow.equals("rehearsal")) {
            all.put("seed", String.valueOf((seed * 31 + id.hashCode()) & 0xffffffL));
        }
        return JobRequested.newBuilder()
                .setJobId(id)
                .setFlow(flow)
                .setInputs(all)
                .setSessionKey(sessions == 0 ? null : prefix + "-session-" + number % sessions)
                .setSubmittedAt(Instant.now())
                .setTestRecord(true)
                .build();
    }
}
