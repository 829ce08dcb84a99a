package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.demo.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Starts the workers and replays of a case, each with a folder, a log and settings of its own. Confined to one thread. */
final class Crew {
    private final ChaosCase.Needs needs;
    private final ChaosOptions options;
    private final ScratchFolder folder;
    private final Arena arena;
    private final Cleanup cleanup;
    private final Path evidence;
    private final List<ChaosWorker> workers = new ArrayList<>();
    private int replays;

    Crew(ChaosCase.Needs needs, ChaosOptions options, ScratchFolder folder, Arena arena, Cleanup cleanup) {
        this.needs = needs;
        this.options = options;
        this.folder = folder;
        this.arena = arena;
        this.cleanup = cleanup;
        this.evidence = folder.path().resolve("evidence");
    }

    /** The workers that were started so far; replays are not among them. */
    List<ChaosWorker> workers() {
        return workers;
    }

    /** Where those that rehearse note their steps. */
    Path evidence() {
        return evidence;
    }

    /** Starts a worker; does not wait for it. */
    ChaosWorker worker(Map<String, String> settings, Map<String, String> environment) throws Exception {
        ChaosWorker worker = start("w" + (workers.size() + 1), List.of("worker"), settings, environment);
        workers.add(worker);
        return worker;
    }

    /** Starts a replay; does not wait for it. */
    ChaosWorker replay(String id, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("replay", "--id", id));
        command.addAll(arguments);
        replays++;
        return start("r" + replays, command, Map.of(), Map.of());
    }

    private ChaosWorker start(
            String name, List<String> command, Map<String, String> settings, Map<String, String> environment)
            throws Exception {
        Path log = folder.path().resolve(name + ".log");
        Path work =
                cleanup.open("folder of " + name, ScratchFolder::createShort).path();
        List<String> line = new ArrayList<>(options.launcher());
        line.addAll(command);
        if (!needs.browser()) {
            line.addAll(List.of("--rehearse", "--evidence", evidence.toString()));
        }
        settings(name, work, settings).forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        Map<String, String> variables = new HashMap<>(Map.of(
                "HEADSTREAM_BUILD", "skip", "HEADSTREAM_SETUP", "skip", "HEADSTREAM_SECRET_PORTAL_PASSWORD", "demo"));
        variables.putAll(environment);
        WorkerProcess.Start start = new WorkerProcess.Start(line, variables, work, log);
        return new ChaosWorker(name, cleanup.open(name, () -> WorkerProcess.start(start)), log);
    }

    private Map<String, String> settings(String name, Path work, Map<String, String> more) throws IOException {
        Deployment deployment = arena.deployment();
        Map<String, String> settings = new TreeMap<>();
        settings.put("name", name);
        settings.put("flows", options.flows().toString());
        settings.put("contexts.max", String.valueOf(needs.contexts()));
        settings.put("kafka.bootstrapServers", deployment.bootstrap());
        settings.put("kafka.groupId", Stage.GROUP);
        settings.put("kafka.client.client.id", name);
        settings.put("kafka.client.session.timeout.ms", String.valueOf(Stage.SESSION.toMillis()));
        settings.put("kafka.client.heartbeat.interval.ms", "1500");
        settings.put("registry.urls", deployment.registry());
        settings.put("retry.initial", "200ms");
        settings.put("retry.maxInterruptions", "1000");
        settings.put("drain.notice", Stage.NOTICE.toSeconds() + "s");
        settings.put("management.port", "0");
        settings.put("workDirectory", work.toString());
        settings.put("artifacts", folder.folder("artifacts").toString());
        settings.putAll(needs.settings());
        settings.putAll(more);
        return settings;
    }
}
