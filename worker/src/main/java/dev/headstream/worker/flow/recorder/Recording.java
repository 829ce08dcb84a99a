package dev.headstream.worker.flow.recorder;

import dev.headstream.worker.flow.yaml.Problems;
import dev.headstream.worker.flow.yaml.YamlDocument;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A recording of the Chrome DevTools Recorder (JSON) and the flow that does the same.
 *
 * <p>A step of the flow begins at each navigation. One that only looks is {@code effect: read}; whatever clicks, types or
 * changes is {@code effect: once}, for nobody knows what it does on the site: its author may say that it is less.
 */
public final class Recording {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration FOR_A_PAGE = Duration.ofSeconds(30);

    private final String name;
    private final String title;
    private final List<RecordedStep> steps;

    private Recording(String name, String title, List<RecordedStep> steps) {
        this.name = name;
        this.title = title;
        this.steps = List.copyOf(steps);
    }

    /** Whether a text is a recording, and not a flow that somebody has written as JSON. */
    public static boolean isRecording(String file, String text) {
        boolean saysSo = file.endsWith(".json") || text.contains("\"title\"");
        return saysSo && text.stripLeading().startsWith("{") && !text.contains("\"allowedHosts\"");
    }

    /**
     * Reads a recording; empty with the reasons among the problems if it is none.
     *
     * @param file its name, for a recording without a title
     */
    public static Optional<Recording> read(String file, String text, Problems problems) {
        // JSON has no tabs within its texts, and YAML, which JSON is a part of, has none between them
        return YamlDocument.read(text.replace('\t', ' '), problems).flatMap(value -> read(file, value, problems));
    }

    private static Optional<Recording> read(String file, YamlValue document, Problems problems) {
        YamlMap map = document.names("a recording");
        if (map == null) {
            return Optional.empty();
        }
        YamlValue titleValue = map.required("title", "every recording has one");
        String title = titleValue == null ? null : titleValue.text("'title'");
        YamlValue timeoutValue = map.get("timeout");
        Integer timeout = timeoutValue == null ? null : timeoutValue.integer("'timeout'", 1, 3_600_000);
        Duration usual = timeout == null ? TIMEOUT : Duration.ofMillis(timeout);
        YamlValue list = map.required("steps", "the list of what was recorded");
        List<RecordedStep> steps = new ArrayList<>();
        for (YamlValue item : list == null ? List.<YamlValue>of() : list.list("'steps'")) {
            RecordedStep step = RecordedStep.read(item, usual);
            if (step != null) {
                steps.add(step);
            }
        }
        boolean doesNothing = steps.stream().allMatch(step -> step.action().isEmpty());
        if (problems.isEmpty() && doesNothing) {
            map.problem("the recording does nothing: record at least one step that does");
        }
        if (problems.isEmpty() && hosts(steps).isEmpty()) {
            map.problem(
                    "the recording names no page: its first steps must hold one of type 'navigate' with a http:// or"
                            + " https:// address");
        }
        if (!problems.isEmpty() || title == null) {
            return Optional.empty();
        }
        return Optional.of(new Recording(slug(title.isBlank() ? file : title), title, steps));
    }

    /** What the flow is called. */
    public String name() {
        return name;
    }

    /** The flow that does the same, as YAML. */
    public String toFlow() {
        StringBuilder yaml =
                new StringBuilder("# Imported from a recording of the Chrome DevTools Recorder. A step that"
                        + " changes nothing may be\n# declared as 'effect: read', one whose repetition does no harm as 'effect:"
                        + " idempotent'.\n");
        yaml.append("flow: ").append(name).append("\nversion: 1\n");
        if (!title.isBlank()) {
            yaml.append("description: ").append(YamlValue.quoted(title)).append('\n');
        }
        yaml.append("allowedHosts: [");
        String separator = "";
        for (String host : hosts(steps)) {
            yaml.append(separator).append(YamlValue.quoted(host));
            separator = ", ";
        }
        List<List<RecordedStep>> groups = groups();
        Duration whole = Duration.ZERO;
        StringBuilder body = new StringBuilder("steps:\n");
        TreeSet<String> names = new TreeSet<>();
        for (List<RecordedStep> group : groups) {
            boolean isLast = group == groups.get(groups.size() - 1);
            Duration limit = limit(group);
            whole = whole.plus(limit);
            String stepName = stepName(group, names);
            boolean reads = group.stream().allMatch(RecordedStep::isReading);
            body.append("  - name: ").append(stepName).append("\n    effect: ").append(reads ? "read" : "once");
            if (!reads && !isLast) {
                body.append("\n    saveState: true"); // where it goes on after a step that is not run again
            }
            body.append("\n    budget: ").append(limit.dividedBy(2).toMillis()).append("ms\n    timeout: ");
            body.append(limit.toMillis()).append("ms\n    do:\n");
            group.forEach(step -> step.action().ifPresent(action -> body.append(action)));
        }
        Duration timeout = shorter(whole.plusSeconds(10), Duration.ofHours(1));
        yaml.append("]\ntimeout: ").append(timeout.toMillis()).append("ms\n");
        return yaml.append(body).toString();
    }

    /** What belongs together: from one navigation to the next, with what prepares the first. */
    private List<List<RecordedStep>> groups() {
        List<List<RecordedStep>> groups = new ArrayList<>();
        List<RecordedStep> group = new ArrayList<>();
        boolean opened = false;
        for (RecordedStep step : steps) {
            if (step.action().isEmpty()) {
                continue;
            }
            if (opened && step.isNavigation()) {
                groups.add(group);
                group = new ArrayList<>();
            }
            opened |= step.isNavigation();
            group.add(step);
        }
        groups.add(group);
        return groups;
    }

    private static Duration limit(List<RecordedStep> group) {
        Duration sum = group.stream().map(RecordedStep::timeout).reduce(Duration.ZERO, Duration::plus);
        return shorter(sum.plus(FOR_A_PAGE), LONGEST);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static String stepName(List<RecordedStep> group, Set<String> names) {
        String base = group.stream()
                .filter(RecordedStep::isNavigation)
                .map(step -> step.path().orElse(""))
                .findFirst()
                .map(path -> "open-" + path.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"))
                .orElse("go-on")
                .replaceAll("-+$", "");
        String cut = base.substring(0, Math.min(50, base.length())).replaceAll("-+$", "");
        String unique = cut;
        for (int number = 2; !names.add(unique); number++) {
            unique = cut + "-" + number;
        }
        return unique;
    }

    private static SortedSet<String> hosts(List<RecordedStep> steps) {
        TreeSet<String> hosts = new TreeSet<>();
        steps.forEach(step -> hosts.addAll(step.hosts()));
        return hosts;
    }

    private static String slug(String text) {
        String slug = text.toLowerCase(Locale.ROOT)
                .replaceAll("\\.json$", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+", "");
        String cut = slug.substring(0, Math.min(80, slug.length())).replaceAll("-+$", "");
        return cut.isEmpty() ? "recording" : cut;
    }
}
