package dev.headstream.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.Artifact;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobError;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.browser.LaneSession;
import dev.headstream.worker.flow.Effect;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.secret.Masking;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One attempt of one job. Confined to the lane's thread. */
final class FlowRun implements AutoCloseable {
    /** Kept back from the job's own deadline, so that a step ends first and can say where it was. */
    private static final Duration JOB_MARGIN = Duration.ofMillis(250);

    private static final Duration LEAST_FOR_AN_ATTEMPT = Duration.ofSeconds(1);
    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(50);
    private static final Duration SCREENSHOT_TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_MESSAGE_LENGTH = 2_000;

    private final FlowRunner runner;
    private final Flow flow;
    private final Job job;
    private final LaneSession session;
    private final Masking masking = new Masking();
    private final Masked masked = new Masked(masking);
    private final Variables variables;
    private final HostWatch hosts;
    private final Login login;
    private final List<StepReport> reports = new ArrayList<>();
    private final List<Artifact> artifacts = new ArrayList<>();
    private final long started = System.nanoTime();
    private boolean onceBegun;

    FlowRun(FlowRunner runner, Flow flow, Job job, LaneSession session) {
        this.runner = runner;
        this.flow = flow;
        this.job = job;
        this.session = session;
        this.variables = new Variables(flow, job.request(), runner.secrets(), masking, runner.clock());
        this.login = new Login(flow, session.kept().isPresent());
        this.hosts = HostWatch.on(session.page(), flow.allowedHosts());
    }

    Outcome run() {
        Resumption resumption = Resumption.of(flow, job.progress());
        if (resumption instanceof Resumption.Refused refused) {
            return new Outcome.Failed(refused.error(), false, trace());
        }
        Resumption.From from = (Resumption.From) resumption;
        for (Step step : flow.steps()) {
            CompletedStep completed = from.completed().get(step.name());
            Optional<Outcome> end = completed != null && !from.reenters(flow, step)
                    ? restore(step, completed)
                    : login.passesOver(step)
                            ? passOver(step)
                            : advance(
                                    step,
                                    completed != null,
                                    from.skipped().filter(step.name()::equals).isPresent());
            if (end.isPresent()) {
                return end.get();
            }
        }
        return succeed(from.completed().isEmpty() && from.skipped().isEmpty());
    }

    /** The context is logged in already; what logging in found out was kept with it, or is known if it was this run. */
    private Optional<Outcome> passOver(Step step) {
        if (login.use() == SessionUse.REMADE) {
            return Optional.empty();
        }
        variables.learnSecretsOf(step);
        try {
            variables.set(step.name(), values(session.kept().orElseThrow()));
            report(step, StepOutcome.SKIPPED, runner.clock().instant(), 0);
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was kept with a session was written by this class", e);
        }
    }

    private Map<String, JsonNode> values(String json) throws JsonProcessingException {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        runner.json().readTree(json).properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
        return values;
    }

    private Optional<Outcome> restore(Step step, CompletedStep completed) {
        variables.learnSecretsOf(step);
        try {
            String outputs = completed.getOutputJson();
            variables.set(step.name(), outputs == null ? Map.of() : values(outputs));
            login.restored(step);
            report(step, StepOutcome.RESUMED, completed.getStartedAt(), completed.getDurationMillis());
            return Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.of(failed(
                    FailureKind.OUTPUT_INVALID, "the checkpoint of the step cannot be read", step.name(), false));
        }
    }

    private Optional<Outcome> advance(Step step, boolean reentry, boolean skip) {
        // Not until the job's time is over: that would be held against the flow.
        Mono<Boolean> mayGoOn = job.progress().mayGoOn().timeout(max(timeLeft().dividedBy(2), LEAST_PATIENCE));
        if (!Boolean.TRUE.equals(mayGoOn.onErrorReturn(false).block())) {
            return Optional.of(interrupted("stopped before step '" + step.name() + "'"));
        }
        Instant startedAt = runner.clock().instant();
        if (skip) {
            variables.learnSecretsOf(step);
            report(step, StepOutcome.SKIPPED, startedAt, 0);
            return checkpoint(step, Map.of(), startedAt, 0, true);
        }
        Duration left = timeLeft();
        if (left.isZero()) {
            return Optional.of(timedOut(FailureKind.JOB_TIMEOUT, "no time left to start the step", step));
        }
        if (step.effect() == Effect.ONCE) {
            onceBegun = true;
            Optional<Outcome> stopped = intend(step, left);
            if (stopped.isPresent()) {
                return stopped;
            }
        }
        return attempt(step, reentry, startedAt, timeLeft());
    }

    private Optional<Outcome> attempt(Step step, boolean reentry, Instant startedAt, Duration left) {
        boolean jobIsTighter = left.compareTo(step.timeout()) < 0;
        Duration limit = max(jobIsTighter ? left : step.timeout(), Duration.ofMillis(1));
        long start = System.nanoTime();
        StepScope scope = new StepScope(this, step, TimeLimit.startingNow(limit), reentry);
        runner.observer().stepBegan(job.executionId(), step);
        try {
            StepResult result = session.within(limit, () -> runner.steps().run(step, scope));
            session.checkAlive();
            variables.set(step.name(), result.values());
            login.ran(step);
            long took = millisSince(start);
            report(step, result.outcome(), startedAt, took);
            return reentry
                    ? Optional.empty()
                    : checkpoint(step, result.values(), startedAt, took, step.effect() == Effect.ONCE);
        } catch (DeadlineExceededException e) {
            report(step, StepOutcome.FAILED, startedAt, millisSince(start));
            FailureKind kind = jobIsTighter ? FailureKind.JOB_TIMEOUT : FailureKind.STEP_TIMEOUT;
            return Optional.of(unsettledOr(
                    step,
                    timedOut(
                            kind,
                            scope.current() + ": the step was not done within " + limit.toMillis() + " ms",
                            step)));
        } catch (StepFailureException e) {
            Optional<Step> remedy = e.kind() == FailureKind.LOGGED_OUT ? login.again() : Optional.empty();
            if (remedy.isPresent()) {
                return logInAgain(remedy.get(), step, reentry);
            }
            report(step, StepOutcome.FAILED, startedAt, millisSince(start));
            return Optional.of(unsettledOr(step, outcomeOf(e, step, jobIsTighter)));
        } catch (BrowserFailureException e) {
            report(step, StepOutcome.FAILED, startedAt, millisSince(start));
            return Optional.of(outcomeOf(e, step));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a step throws nothing that is checked", e);
        }
    }

    /** The session was gone before the step could begin its work: as if nothing had been, it is run after a login. */
    private Optional<Outcome> logInAgain(Step loginStep, Step step, boolean reentry) {
        Optional<Outcome> end = advance(loginStep, true, false);
        return end.isPresent() ? end : advance(step, reentry, false);
    }

    private Outcome outcomeOf(StepFailureException e, Step step, boolean jobIsTighter) {
        boolean outOfTime = e.kind() == FailureKind.ACTION_TIMEOUT || e.kind() == FailureKind.SELECTOR_NOT_FOUND;
        if (outOfTime && jobIsTighter && timeLeft().toMillis() < 1_000) {
            return timedOut(FailureKind.JOB_TIMEOUT, e.text(), step);
        }
        boolean maybeStale = isMaybeStale() && e.kind() != FailureKind.SECRET_MISSING;
        return failed(e.kind(), e.text(), step.name(), e.kind().isRetryable() || maybeStale);
    }

    /**
     * Whether what the page answers may be due to a session that the portal has ended without a sign. The failure ends the
     * session here too, so another attempt logs in itself; but none is made on a suspicion after a step that runs once.
     */
    private boolean isMaybeStale() {
        return login.use() == SessionUse.WARM && !onceBegun;
    }

    private Outcome outcomeOf(BrowserFailureException e, Step step) {
        return e.kind() == BrowserFailureException.Kind.PAGE_CRASHED
                ? unsettledOr(step, failed(FailureKind.PAGE_CRASHED, String.valueOf(e.getMessage()), step.name(), true))
                : interrupted("in step '" + step.name() + "': " + e.getMessage());
    }

    /** A step that must run once and failed on its way may have taken effect: only a person can tell. */
    private Outcome unsettledOr(Step step, Outcome outcome) {
        if (step.effect() != Effect.ONCE) {
            return outcome;
        }
        JobError cause = outcome instanceof Outcome.Failed failed
                ? failed.error()
                : outcome instanceof Outcome.TimedOut timedOut ? timedOut.error() : null;
        return cause == null
                ? outcome
                : new Outcome.Failed(
                        new JobError(
                                FailureKind.UNCERTAIN.code(),
                                cause.getMessage() + " [" + cause.getKind() + "]. The step must run once and had begun:"
                                        + " see on the site whether it took effect",
                                step.name()),
                        false,
                        trace());
    }

    private Optional<Outcome> intend(Step step, Duration left) {
        return await(
                job.progress().intend(step.name(), flow.version()),
                min(left, CHECKPOINT_TIMEOUT),
                "the intent of step '" + step.name() + "' was not recorded, so it was not begun");
    }

    private Optional<Outcome> checkpoint(
            Step step, Map<String, JsonNode> values, Instant startedAt, long took, boolean mustBeDurable) {
        ObjectNode outputs = runner.json().createObjectNode();
        values.forEach((name, value) -> outputs.set(name, masked.json(value)));
        CompletedStep completed = new CompletedStep(
                step.name(), values.isEmpty() ? null : outputs.toString(), startedAt, took, budgetMillis(step));
        Mono<Void> recorded = job.progress().complete(completed, flow.version(), storageState(step));
        return mustBeDurable
                ? await(
                        recorded,
                        max(min(session.remaining(), CHECKPOINT_TIMEOUT), Duration.ofSeconds(1)),
                        "the end of step '" + step.name() + "' was not recorded")
                : Optional.empty();
    }

    private @Nullable String storageState(Step step) {
        return step.saveState() ? session.context().storageState() : null;
    }

    /** Waiting is permitted on a lane's thread, and an unsafe step must. */
    private Optional<Outcome> await(Mono<Void> checkpoint, Duration timeout, String otherwise) {
        try {
            checkpoint.block(timeout);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(interrupted(otherwise + ": " + e.getMessage()));
        }
    }

    private Outcome succeed(boolean allRan) {
        ObjectNode outputs = runner.json().createObjectNode();
        List<String> missing = new ArrayList<>();
        flow.outputs().forEach((name, shape) -> {
            Optional<JsonNode> value = variables.get(name).filter(node -> !node.isNull());
            if (value.isEmpty() && !shape.optional()) {
                missing.add(name);
            }
            outputs.set(name, value.map(masked::json).orElse(null));
        });
        if (!missing.isEmpty()) {
            return failed(
                    FailureKind.OUTPUT_INVALID,
                    "the flow ended without a value for " + String.join(", ", missing),
                    null,
                    isMaybeStale());
        }
        if (flow.session().isPresent() && login.leavesLoggedIn(allRan)) {
            session.keep(loginValues(), login.use() == SessionUse.REMADE);
        }
        return new Outcome.Succeeded(flow.outputs().isEmpty() ? null : outputs.toString(), trace());
    }

    /** What a job that goes on in this context needs of the login that it is spared. */
    private String loginValues() {
        ObjectNode values = runner.json().createObjectNode();
        flow.steps().stream().filter(login::isLogin).forEach(step -> step.sets()
                .forEach(name ->
                        variables.get(step.name(), name).ifPresent(value -> values.set(name, masked.json(value)))));
        return values.toString();
    }

    private Outcome failed(FailureKind kind, String message, @Nullable String step, boolean retryable) {
        takeScreenshot(step, kind);
        return new Outcome.Failed(error(kind, message, step), retryable, trace());
    }

    private Outcome timedOut(FailureKind kind, String message, Step step) {
        takeScreenshot(step.name(), kind);
        boolean retryable = kind == FailureKind.JOB_TIMEOUT ? hasTimeForAnotherAttempt() : kind.isRetryable();
        return new Outcome.TimedOut(error(kind, message, step.name()), retryable, trace());
    }

    /** The event's deadline is final; the limit of one attempt, which its flow sets, is not. */
    private boolean hasTimeForAnotherAttempt() {
        Instant deadline = job.deadline();
        return deadline == null
                || deadline.minus(LEAST_FOR_AN_ATTEMPT).isAfter(runner.clock().instant());
    }

    private Outcome interrupted(String reason) {
        return new Outcome.Interrupted(masking.mask(reason), trace());
    }

    private JobError error(FailureKind kind, String message, @Nullable String step) {
        String text = masking.mask((step == null ? "" : "step '" + step + "', ") + message);
        String cut = text.length() > MAX_MESSAGE_LENGTH ? text.substring(0, MAX_MESSAGE_LENGTH) + "..." : text;
        return new JobError(kind.code(), cut, step);
    }

    /** A picture helps to see why; that it cannot be taken must not hide the failure itself. */
    private void takeScreenshot(@Nullable String step, FailureKind kind) {
        Duration limit = min(session.remaining(), SCREENSHOT_TIMEOUT);
        if (!runner.takesScreenshotOnFailure() || limit.isZero() || kind == FailureKind.PAGE_CRASHED) {
            return;
        }
        try {
            byte[] picture = session.within(limit, () -> session.page()
                    .screenshot(new Page.ScreenshotOptions().setTimeout((double) limit.toMillis())));
            String name = "failure-" + (step == null ? flow.name() : step) + ".png";
            artifacts.add(runner.artifactStore().store(job.executionId(), name, "image/png", picture));
        } catch (Exception e) {
            org.slf4j.LoggerFactory.getLogger(FlowRun.class)
                    .atWarn()
                    .addKeyValue("jobId", job.request().getJobId())
                    .addKeyValue("step", String.valueOf(step))
                    .log("no picture of the failure could be taken: {}", masking.mask(String.valueOf(e.getMessage())));
        }
    }

    private void report(Step step, StepOutcome outcome, Instant startedAt, long took) {
        StepReport report = new StepReport(step.name(), outcome, startedAt, took, budgetMillis(step));
        reports.add(report);
        runner.observer().stepEnded(report);
    }

    private Outcome.Trace trace() {
        return new Outcome.Trace(flow.version(), reports, artifacts, Duration.ofNanos(System.nanoTime() - started));
    }

    /** What is left of the job: of the lane's deadline and of the event's own, whichever is sooner. */
    private Duration timeLeft() {
        Duration left = session.remaining().minus(JOB_MARGIN);
        Instant deadline = job.deadline();
        if (deadline != null) {
            left = min(left, Duration.between(runner.clock().instant(), deadline));
        }
        return max(left, Duration.ZERO);
    }

    private static long budgetMillis(Step step) {
        return step.budget().map(Duration::toMillis).orElse(0L);
    }

    private static long millisSince(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /** Takes back what it hung on the context, which may serve another job. */
    @Override
    public void close() {
        hosts.close();
        if (flow.session().isPresent()) {
            runner.observer().sessionUsed(flow.name(), login.use());
        }
    }

    FlowRunner runner() {
        return runner;
    }

    Flow flow() {
        return flow;
    }

    Masked masked() {
        return masked;
    }

    Login login() {
        return login;
    }

    Job job() {
        return job;
    }

    LaneSession session() {
        return session;
    }

    Variables variables() {
        return variables;
    }

    HostWatch hosts() {
        return hosts;
    }

    List<Artifact> artifacts() {
        return artifacts;
    }
}
