package dev.headstream.worker.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.pipeline.replay.ReplayFilter.Reason;
import dev.headstream.pipeline.replay.ReplayPlan;
import dev.headstream.pipeline.replay.ReplaySurvey.PartitionCount;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay came to, or would.
 *
 * @param resumed whether an earlier process had begun it
 * @param complete whether every offset of the plan is finished
 * @param counts what the range holds, by partition; empty unless it was counted
 * @param finished offsets that are finished, by all processes that ran it
 * @param results results that this process wrote, by status
 * @param repeated events that this process did not run because their execution was done or running
 * @param deadLetters events that this process wrote to the dead letters
 * @param leftOut events that this process left out, by reason
 */
public record ReplayReport(
        String replayId,
        String group,
        boolean dryRun,
        boolean resumed,
        boolean complete,
        ReplayPlan plan,
        SortedMap<Integer, PartitionCount> counts,
        long finished,
        Map<JobStatus, Long> results,
        long repeated,
        long deadLetters,
        Map<Reason, Long> leftOut,
        Duration took) {

    public ReplayReport {
        counts = new TreeMap<>(counts);
        results = Map.copyOf(results);
        leftOut = Map.copyOf(leftOut);
    }

    /** Whether all results that this process wrote are SUCCEEDED. */
    public boolean allSucceeded() {
        return results.entrySet().stream()
                .allMatch(entry -> entry.getKey() == JobStatus.SUCCEEDED || entry.getValue() == 0);
    }

    /** For a person. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (dryRun) {
            addCounts(lines);
        } else {
            lines.add(String.format(
                    Locale.ROOT,
                    "replay %s: %s of %s offsets finished, %s results by this process in %.1f s%s",
                    replayId,
                    count(finished),
                    count(plan.offsets()),
                    count(results.values().stream().mapToLong(Long::longValue).sum()),
                    took.toMillis() / 1_000.0,
                    ofResults()));
            if (repeated > 0) {
                lines.add("  " + count(repeated) + " not run: their execution has its result already");
            }
            if (deadLetters > 0) {
                lines.add("  " + count(deadLetters) + " to the dead letters");
            }
        }
        leftOut.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> lines.add("  " + count(entry.getValue()) + " left out: " + words(entry.getKey())));
        return lines;
    }

    private void addCounts(List<String> lines) {
        String format = "%9s  %9s  %9s  %12s  %12s  %-24s  %-24s";
        lines.add(String.format(
                Locale.ROOT, format, "partition", "events", "to run", "first", "last", "first time", "last time"));
        long events = 0;
        long selected = 0;
        for (Map.Entry<Integer, PartitionCount> entry : counts.entrySet()) {
            PartitionCount of = entry.getValue();
            events += of.events();
            selected += of.selected();
            lines.add(String.format(
                    Locale.ROOT,
                    format,
                    entry.getKey(),
                    count(of.events()),
                    count(of.selected()),
                    of.firstOffset(),
                    of.lastOffset(),
                    of.firstTime(),
                    of.lastTime()));
        }
        lines.add(count(selected) + " of " + count(events) + " events would be run; nothing was");
        if (resumed) {
            lines.add("replay " + replayId + " has begun: " + count(finished) + " of " + count(plan.offsets())
                    + " offsets are finished");
        }
    }

    private String ofResults() {
        List<String> parts = new ArrayList<>();
        for (JobStatus status : JobStatus.values()) {
            long number = results.getOrDefault(status, 0L);
            if (number > 0) {
                parts.add(count(number) + " " + status);
            }
        }
        return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
    }

    private static String words(Reason reason) {
        return switch (reason) {
            case OTHER_FLOW -> "of another flow";
            case OTHER_RESULT -> "their last result is another one, or there is none";
            case COMPLETED -> "succeeded already";
            case EFFECTS -> "their flow has a step that must run once: --allow-effects runs them";
            case UNDECODABLE -> "cannot be decoded, and filters are set";
        };
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** For a script: the names are stable. */
    public String json() {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode()
                .put("replayId", replayId)
                .put("group", group)
                .put("dryRun", dryRun)
                .put("resumed", resumed)
                .put("complete", complete)
                .put("offsets", plan.offsets())
                .put("finished", finished);
        ArrayNode partitions = root.putArray("partitions");
        plan.spans().forEach((partition, span) -> {
            ObjectNode node = partitions
                    .addObject()
                    .put("partition", partition)
                    .put("from", span.from())
                    .put("to", span.to());
            PartitionCount of = counts.get(partition);
            if (of != null) {
                node.put("events", of.events())
                        .put("selected", of.selected())
                        .put("firstOffset", of.firstOffset())
                        .put("lastOffset", of.lastOffset())
                        .put("firstTime", of.firstTime().toString())
                        .put("lastTime", of.lastTime().toString());
            } else if (dryRun) {
                node.put("events", 0).put("selected", 0);
            }
        });
        ObjectNode resultsNode = root.putObject("results");
        new TreeMap<>(results).forEach((status, number) -> {
            if (status != JobStatus.UNKNOWN) {
                resultsNode.put(status.name(), number);
            }
        });
        root.put("repeated", repeated).put("deadLetters", deadLetters);
        ObjectNode leftOutNode = root.putObject("leftOut");
        new TreeMap<>(leftOut).forEach((reason, number) -> leftOutNode.put(reason.name(), number));
        return root.put("seconds", took.toMillis() / 1_000.0).toPrettyString();
    }
}
