package dev.headstream.worker;

import dev.headstream.pipeline.replay.ReplayBound;
import dev.headstream.pipeline.replay.ReplayFilter;
import dev.headstream.pipeline.replay.ReplayRefusedException;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import dev.headstream.v1.JobStatus;
import dev.headstream.worker.browser.BrowserStartException;
import dev.headstream.worker.flow.InvalidFlowException;
import dev.headstream.worker.replay.ReplayReport;
import dev.headstream.worker.setting.SettingSources;
import dev.headstream.worker.setting.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replay}: runs a range of the jobs topic again, beside the live workers. */
@Command(
        name = "replay",
        description = {
            "Run events of the jobs topic again, in this process and a consumer group of its own: exactly one more"
                    + " result each, with the replay's id. The live group is never touched. Deadlines of the events do"
                    + " not count. Killed or stopped, it goes on where it was when the same command is given with its"
                    + " --id; its range is that of the first start then.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done (or --dry-run); all results of this process SUCCEEDED",
            "1:done; a result of this process is another one",
            "64:the command line is wrong",
            "65:the range has expired, in whole or in part, or never was",
            "69:the cluster, the registry or a topic is not to be had",
            "70:the browser cannot be started, or a bug",
            "75:ended before it was done: give the same command again with its --id",
            "78:the configuration or a flow is wrong"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream replay --flows flows --from 0:100,1:200 --to 0:150,1:300 --dry-run",
            "  headstream replay --flows flows --from 2026-01-31T09:00:00Z --only failed",
            "  headstream replay --flows flows --from 2h --flow search --skip-completed",
        })
final class ReplayCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int REFUSED = 65;
    private static final int SOFTWARE = 70;
    private static final int UNFINISHED = 75;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,60}");
    private static final Pattern CONTEXTS = Pattern.compile("(\\d{1,3})(%?)");
    private static final String PORT = "management.port";
    /** Of what a worker here would use, so that live jobs keep their latency. */
    private static final int USUAL_PERCENT = 25;

    @Option(
            names = "--from",
            paramLabel = "BOUND",
            description = "First event: PARTITION:OFFSET,... (then only these partitions take part), a time such as"
                    + " 2026-01-31T09:00:00Z, or an age such as 2h. Default: the oldest that is kept.")
    private Optional<String> from = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "BOUND",
            description = "First event that is not meant any more, in the same forms. Default: behind the newest now.")
    private Optional<String> to = Optional.empty();

    @Option(
            names = "--only",
            paramLabel = "STATUS",
            split = ",",
            description = "Only jobs whose last result, live or of another replay, is one of these: failed (which means"
                    + " FAILED or TIMED_OUT), timed_out, cancelled, rejected, succeeded.")
    private List<String> only = List.of();

    @Option(names = "--skip-completed", description = "Not jobs whose last result is SUCCEEDED.")
    private boolean skipCompleted;

    @Option(names = "--flow", paramLabel = "NAME", description = "Only jobs of this flow.")
    private Optional<String> flow = Optional.empty();

    @Option(
            names = "--allow-effects",
            description = "Also jobs of flows with a step that must run once (effect: once). Without it they are left"
                    + " out, without a result, and counted.")
    private boolean allowEffects;

    @Option(names = "--dry-run", description = "Count, and run nothing.")
    private boolean dryRun;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Name of the replay, up to 60 letters, digits, dots, hyphens and underscores; default: made"
                    + " up and printed. With that of a replay that is not done: goes on with it.")
    private Optional<String> id = Optional.empty();

    @Option(
            names = "--contexts",
            paramLabel = "N|N%",
            description = "The most jobs at a time, or a share of what a worker here would run; default 25%%, at least"
                    + " 1, so that live jobs keep their latency.")
    private String contexts = USUAL_PERCENT + "%";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON; - for standard output.")
    private Optional<String> json = Optional.empty();

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file with the settings of a worker.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--flows", paramLabel = "DIR", description = "Directory with the flows (setting flows).")
    private Optional<String> flows = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting of a worker; wins over the environment and the file. Can be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Mixin
    private RehearsalOptions rehearsal = new RehearsalOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            Instant now = Instant.now();
            Replay.Range range = new Replay.Range(bound("--from", from, now), bound("--to", to, now), now);
            ReplayFilter.Options filter = new ReplayFilter.Options(flow, statuses(), skipCompleted, allowEffects);
            Replay replay = new Replay(
                    config(),
                    replayId(now),
                    range,
                    filter,
                    rehearsal,
                    spec.commandLine().getErr());
            return conclude(replay.run(dryRun));
        } catch (InterruptedException e) {
            return say(UNFINISHED, "stopped before it was done");
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (SettingsException | InvalidFlowException e) {
            return say(SettingsException.EXIT_CODE, e.getMessage());
        } catch (ReplayRefusedException e) {
            return say(REFUSED, e.getMessage());
        } catch (UnavailableException
                | IOException
                | KafkaException
                | SchemaRegistryException
                | SchemaRegistryUnavailableException e) {
            return say(UnavailableException.EXIT_CODE, e.getMessage());
        } catch (BrowserStartException e) {
            return say(SOFTWARE, e.getMessage());
        }
    }

    private int conclude(ReplayReport report) throws IOException {
        if (json.isPresent() && !json.get().equals("-")) {
            Files.writeString(Path.of(json.get()), report.json() + System.lineSeparator());
        }
        boolean jsonOnOut = json.filter("-"::equals).isPresent();
        var people =
                jsonOnOut ? spec.commandLine().getErr() : spec.commandLine().getOut();
        report.lines().forEach(people::println);
        if (jsonOnOut) {
            spec.commandLine().getOut().println(report.json());
        }
        if (dryRun) {
            return 0;
        }
        if (!report.complete()) {
            return say(UNFINISHED, "not done; to go on, give the same command with --id " + report.replayId());
        }
        return report.allSucceeded() ? 0 : FAILED;
    }

    private ReplayBound bound(String option, Optional<String> text, Instant now) {
        return text.map(given -> ReplayBound.parse(option, given, now)).orElseGet(ReplayBound.Edge::new);
    }

    private Set<JobStatus> statuses() {
        Set<JobStatus> statuses = EnumSet.noneOf(JobStatus.class);
        for (String word : only) {
            switch (word.strip().toLowerCase(Locale.ROOT).replace('-', '_')) {
                case "failed" -> statuses.addAll(Set.of(JobStatus.FAILED, JobStatus.TIMED_OUT));
                case "timed_out" -> statuses.add(JobStatus.TIMED_OUT);
                case "cancelled" -> statuses.add(JobStatus.CANCELLED);
                case "rejected" -> statuses.add(JobStatus.REJECTED);
                case "succeeded" -> statuses.add(JobStatus.SUCCEEDED);
                default ->
                    throw new IllegalArgumentException(
                            "--only: '" + word + "' is none of failed, timed_out, cancelled, rejected, succeeded");
            }
        }
        return statuses;
    }

    private String replayId(Instant now) {
        String given = id.orElseGet(() -> DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                        .withZone(ZoneOffset.UTC)
                        .format(now)
                + String.format(Locale.ROOT, "-%04x", new SecureRandom().nextInt(0x10000)));
        if (!ID.matcher(given).matches()) {
            throw new IllegalArgumentException(
                    "--id: '" + given + "' must be 1 to 60 letters, digits, dots, hyphens and underscores");
        }
        return given;
    }

    /** A worker's settings, but beside a worker: with fewer contexts, a port and a folder of its own. */
    private WorkerConfig config() {
        WorkerConfig worker = WorkerConfig.load(sources());
        SettingSources sources = sources();
        sources.option("contexts.max", String.valueOf(contexts(worker.contexts().max())));
        Path folder = worker.workDirectory();
        sources.option(
                "workDirectory",
                folder.resolveSibling(folder.getFileName() + "-r").toString());
        if (!settings.containsKey(PORT)) {
            sources.option(PORT, "0");
        }
        return WorkerConfig.load(sources);
    }

    private int contexts(int ofAWorker) {
        Matcher given = CONTEXTS.matcher(contexts.strip());
        int number = given.matches() ? Integer.parseInt(given.group(1)) : 0;
        boolean share = number > 0 && !given.group(2).isEmpty();
        if (number < 1 || (share && number > 100) || number > 256) {
            throw new IllegalArgumentException(
                    "--contexts: '" + contexts + "' is neither a number from 1 to 256 nor a share from 1% to 100%");
        }
        return share ? Math.max(1, ofAWorker * number / 100) : number;
    }

    private SettingSources sources() {
        SettingSources sources = SettingSources.defaults();
        file.ifPresent(sources::file);
        sources.environment(System.getenv());
        flows.ifPresent(value -> sources.option("flows", value));
        return sources.options(settings);
    }

    private int say(int code, @Nullable String message) {
        spec.commandLine().getErr().println("headstream: " + message);
        return code;
    }
}
