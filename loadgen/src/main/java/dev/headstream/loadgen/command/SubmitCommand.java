package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.console.Times;
import dev.headstream.loadgen.submit.InputProblems;
import dev.headstream.loadgen.submit.JobDefaults;
import dev.headstream.loadgen.submit.JobFile;
import dev.headstream.loadgen.submit.JobFile.Format;
import dev.headstream.v1.JobRequested;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code submit}: puts jobs on the topic, from options or from a file. */
@Command(
        name = "submit",
        description = "Send jobs: one from options, or many from a file.%n",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream submit catalog-search --input query=shoes --wait",
            "  headstream submit --jsonl jobs.jsonl      {\"jobId\":\"a-1\",\"flow\":\"f\",\"inputs\":{\"query\":\"shoes\"}}",
            "  headstream submit catalog-search --csv -  jobId,query,label.team",
            "",
            "In JSON lines and CSV the names are those of the event: jobId, flow, inputs, sessionKey,",
            "deadline, maxAttempts, labels, testRecord. In CSV every other column is an input. Options",
            "hold for each job that does not say otherwise. A job id runs once: sending it again is safe.",
        })
final class SubmitCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "FLOW", description = "Name of the flow to run.")
    private @Nullable String flow;

    @Option(names = "--input", paramLabel = "K=V", description = "An input of the flow; may be given several times.")
    private Map<String, String> inputs = new TreeMap<>();

    @Option(names = "--jsonl", paramLabel = "FILE", description = "Read jobs from JSON lines; - is standard input.")
    private @Nullable Path jsonl;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Read jobs from CSV with a heading; - is standard input.")
    private @Nullable Path csv;

    @Option(names = "--job-id", paramLabel = "ID", description = "The job's id (default: a random one).")
    private @Nullable String jobId;

    @Option(
            names = "--session-key",
            paramLabel = "KEY",
            description = "Jobs with the same key run one after another, in order.")
    private @Nullable String sessionKey;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "When results stop being of use: 10m from now, or an instant.")
    private @Nullable String deadline;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often a job may be tried (default: ${DEFAULT-VALUE}).")
    private int maxAttempts = JobDefaults.MAX_ATTEMPTS;

    @Option(names = "--label", paramLabel = "K=V", description = "A label; may be given several times.")
    private Map<String, String> labels = new TreeMap<>();

    @Option(names = "--test-record", description = "Mark the jobs as tests, so that consumers can leave them out.")
    private boolean testRecord;

    @Option(names = "--wait", description = "Wait for the results and print them; exit 1 if any did not succeed.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "How long to wait after sending (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofMinutes(5);

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "How to print results: table or jsonl (default: ${DEFAULT-VALUE}).")
    private ResultFormat format = ResultFormat.TABLE;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() throws IOException {
        checkUsage();
        Instant now = Instant.now();
        JobDefaults defaults = defaults(now);
        Path file = jsonl != null ? jsonl : csv;
        Submission submission =
                new Submission(connection.deployment(), connection.patience(), Terminal.out(), Terminal.err(), format);
        if (file == null) {
            return submission.run(1, jobId != null, visitor -> visitor.job(0, single(defaults, now)), waitFor());
        }
        Format fileFormat = jsonl != null ? Format.JSONL : Format.CSV;
        try (JobFile jobs = open(file, fileFormat)) {
            InputProblems problems = check(jobs, file, defaults, now);
            return submission.run(problems.jobs(), true, visitor -> jobs.read(defaults, now, visitor), waitFor());
        }
    }

    private @Nullable Duration waitFor() {
        return wait ? timeout : null;
    }

    private void checkUsage() {
        if (jsonl != null && csv != null) {
            throw usage("give --jsonl or --csv, not both");
        }
        boolean file = jsonl != null || csv != null;
        if (!file && flow == null) {
            throw usage("name the FLOW to run, or a file of jobs with --jsonl or --csv");
        }
        if (file && jobId != null) {
            throw usage("--job-id is for one job; in a file each job has its own");
        }
        if (jobId != null && (jobId.isBlank() || jobId.length() > 200)) {
            throw usage("--job-id must have 1 to 200 characters");
        }
        if (maxAttempts < 1 || maxAttempts > 100) {
            throw usage("--max-attempts must be 1 to 100, not " + maxAttempts);
        }
    }

    private JobDefaults defaults(Instant now) {
        Instant until = null;
        if (deadline != null) {
            try {
                until = Times.future(deadline, now);
            } catch (IllegalArgumentException wrong) {
                throw usage("--deadline: " + wrong.getMessage());
            }
            if (!until.isAfter(now)) {
                throw usage("--deadline: " + until + " has passed already");
            }
        }
        return new JobDefaults(flow, inputs, sessionKey, until, maxAttempts, labels, testRecord);
    }

    private JobRequested single(JobDefaults defaults, Instant now) {
        return JobRequested.newBuilder()
                .setJobId(jobId == null ? UUID.randomUUID().toString() : jobId)
                .setFlow(String.valueOf(defaults.flow()))
                .setInputs(defaults.inputs())
                .setSessionKey(defaults.sessionKey())
                .setDeadline(defaults.deadline())
                .setMaxAttempts(defaults.maxAttempts())
                .setLabels(defaults.labels())
                .setSubmittedAt(now)
                .setTestRecord(defaults.testRecord())
                .build();
    }

    private static JobFile open(Path file, Format format) throws IOException {
        if (file.toString().equals("-")) {
            return JobFile.spool(format, System.in);
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandException(ExitCodes.NO_INPUT, file + " is no file that can be read");
        }
        return JobFile.of(format, file);
    }

    private static InputProblems check(JobFile jobs, Path file, JobDefaults defaults, Instant now) {
        String name = file.toString().equals("-") ? "standard input" : file.toString();
        InputProblems problems = new InputProblems();
        try {
            jobs.read(defaults, now, problems);
        } catch (NoSuchFileException | MalformedInputException unreadable) {
            throw new CommandException(ExitCodes.NO_INPUT, "cannot read " + name + " as UTF-8 text", unreadable);
        } catch (IOException unreadable) {
            throw new CommandException(ExitCodes.NO_INPUT, "cannot read " + name + ": " + unreadable, unreadable);
        }
        if (!problems.isEmpty()) {
            throw new CommandException(ExitCodes.DATA, problems.describe(name));
        }
        if (problems.jobs() == 0) {
            throw new CommandException(ExitCodes.DATA, "there is no job in " + name);
        }
        if (problems.repeated() > 0) {
            Terminal.err()
                    .line("note: " + Figures.counted(problems.repeated(), "job") + " in " + name
                            + " repeat the id of an earlier one; each id runs once and gets one result");
        }
        return problems;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
