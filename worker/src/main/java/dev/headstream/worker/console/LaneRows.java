package dev.headstream.worker.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.worker.browser.LaneSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What each context does: a row a lane, or a row a job where jobs run without a browser. */
final class LaneRows {
    private final Console console;

    LaneRows(Console console) {
        this.console = console;
    }

    ArrayNode rows() {
        List<LaneSnapshot> lanes = console.lanes().rows().get();
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        if (lanes.isEmpty()) {
            console.running().all().stream()
                    .sorted(Comparator.comparingLong(RunningJobs.Running::since))
                    .forEach(running -> rows.add(job(object("-", "running"), running)
                            .put(
                                    "sinceMillis",
                                    console.running().since(running.since()).toMillis())));
        }
        lanes.forEach(lane -> rows.add(row(lane)));
        return rows;
    }

    private ObjectNode row(LaneSnapshot lane) {
        ObjectNode row = object(lane.lane(), lane.state().name().toLowerCase(Locale.ROOT))
                .put("sinceMillis", lane.since().toMillis());
        if (lane.leaving()) {
            row.put("leaving", true);
        }
        lane.keptUses().ifPresent(uses -> row.put("uses", uses));
        console.happenings()
                .newest(one -> one.kind().equals(WatchedBrowser.RECYCLED)
                        && one.where().equals(lane.lane()))
                .ifPresent(one -> row.put("recycled", one.why())
                        .put("recycledAt", one.at().toEpochMilli()));
        Optional<RunningJobs.Running> running = lane.task().flatMap(console.running()::find);
        lane.task().ifPresent(task -> row.put("jobId", task));
        return running.map(one -> job(row, one)).orElse(row);
    }

    private ObjectNode job(ObjectNode row, RunningJobs.Running running) {
        row.put("jobId", running.job().executionId())
                .put("flow", running.job().request().getFlow())
                .put("attempt", running.job().attempt());
        running.now().ifPresent(now -> row.put("step", now.step())
                .put("stepMillis", console.running().since(now.since()).toMillis())
                .put("budgetMillis", now.budget().toMillis())
                .put("timeoutMillis", now.timeout().toMillis()));
        return row;
    }

    private static ObjectNode object(String lane, String state) {
        return JsonNodeFactory.instance.objectNode().put("lane", lane).put("state", state);
    }
}
