package dev.headstream.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.Artifact;
import dev.headstream.v1.CompletedStep;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One attempt of one job. Confined to the lane's thread. */
final class FlowRun implements AutoCloseable {
    /** Kept back from the job's own deadline, so that a step ends first and can say where it was. */
    private static final Duration JOB_MARGIN = Duration.ofMillis(250);

    /** The least time to wait for word of whose the job is. */
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(50);

    private final FlowRunner runner;
    private final Flow flow;
    private final Job job;
    private final LaneSession session;
    private final Masked masked;
    private final Variables variables;
    private final HostWatch hosts;
    private final Login login;
    private final Checkpoints checkpoints;
    private final Camera camera;
    private final FailurePicture picture;
    private final Optional<PageLog> pageLog;
    private final Verdicts verdicts = new Verdicts(this);
    private final List<StepReport> reports = new ArrayList<>();
    private final List<Artifact> artifacts = new ArrayList<>();
    private final long started = System.nanoTime();
    /** The step that was begun last. */
    private Optional<StepScope> current = Optional.empty();

    FlowRun(FlowRunner runner, Flow flow, Job job, LaneSession session) {
        Masking masking = new Masking();
        this.runner = runner;
        this.flow = flow;
        this.job = job;
        this.session = session;
        this.masked = new Masked(masking);
        this.variables = new Variables(flow, job.request(), runner.secrets(), masking, runner.clock());
        this.login = new Login(flow, session.kept().isPresent());
        this.checkpoints = new Checkpoints(flow, job.progress(), session, masked, runner.json());
        this.camera = new Camera(masking);
        this.picture = new FailurePicture(runner, flow, job, session, masked, camera);
        this.pageLog = flow.context().console() && runner.takesScreenshotOnFailure()
                ? Optional.of(PageLog.on(session.context()))
                : Optional.empty();
        this.hosts = HostWatch.on(session.page(), flow.allowedHosts());
        if (runner.takesPictures()) {
            flow.steps().forEach(variables::learnSecretsOf);
        }
    }

    /** @param last the step to end after; empty: the last of the flow */
    Outcome run(Optional<String> last) {
        ResourceBlock.on(session.page(), flow);
        Resumption resumption = Resumption.of(flow, job.progress());
        if (resumption instanceof Resumption.Refused refused) {
            return new Outcome.Failed(refused.error(), false, trace());
        }
        Resumption.From from = (Resumption.From) resumption;
        try {
            flow.context().uses().forEach(variables::resolve);
        } catch (StepFailureException e) {
            return verdicts.failed(e.kind(), e.text(), null, false); // the context could not be given its login
        }
        for (Step step : flow.steps()) {
            Optional<Outcome> end = go(step, from);
            if (end.isPresent()) {
                return end.get();
            }
            if (last.filter(step.name()::equals).isPresent()) {
                return stopHere();
            }
        }
        return succeed(from.completed().isEmpty() && from.skipped().isEmpty());
    }

    private Optional<Outcome> go(Step step, Resumption.From from) {
        CompletedStep completed = from.completed().get(step.name());
        if (completed != null && !from.reenters(flow, step)) {
            return restore(step, completed);
        }
        return login.passesOver(step)
                ? passOver(step)
                : advance(
                        step,
                        completed != null,
                        from.skipped().filter(step.name()::equals).isPresent());
    }

    /** The context is logged in already; what logging in found out was kept with it, or is known if it was this run. */
    private Optional<Outcome> passOver(Step step) {
        if (login.use() == SessionUse.REMADE) {
            return Optional.empty();
        }
        variables.learnSecretsOf(step);
        try {
            variables.set(step.name(), checkpoints.values(session.kept().orElseThrow()));
            report(step, StepOutcome.SKIPPED, runner.clock().instant(), 0);
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was kept with a session was written by this class", e);
        }
    }

    private Optional<Outcome> restore(Step step, CompletedStep completed) {
        variables.learnSecretsOf(step);
        try {
            String outputs = completed.getOutputJson();
            variables.set(step.name(), outputs == null ? Map.of() : checkpoints.values(outputs));
            login.restored(step);
            report(step, StepOutcome.RESUMED, completed.getStartedAt(), completed.getDurationMillis());
            return Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.of(verdicts.failed(
                    FailureKind.OUTPUT_INVALID, "the checkpoint of the step cannot be read", step.name(), false));
        }
    }

    private Optional<Outcome> advance(Step step, boolean reentry, boolean skip) {
        // Not until the job's time is over: that would be held against the flow.
        Mono<Boolean> mayGoOn = job.progress().mayGoOn().timeout(max(timeLeft().dividedBy(2), LEAST_PATIENCE));
        if (!Boolean.TRUE.equals(mayGoOn.onErrorReturn(false).block())) {
            return Optional.of(verdicts.interrupted("stopped before step '" + step.name() + "'"));
        }
        Instant startedAt = runner.clock().instant();
        if (skip) {
            variables.learnSecretsOf(step);
            report(step, StepOutcome.SKIPPED, startedAt, 0);
            return checkpoints.complete(step, Map.of(), startedAt, 0).map(verdicts::interrupted);
        }
        Duration left = timeLeft();
        if (left.isZero()) {
            return Optional.of(verdicts.timedOut(FailureKind.JOB_TIMEOUT, "no time left to start the step", step));
        }
        if (step.effect() == Effect.ONCE) {
            login.beginsWhatRunsOnce();
            Optional<String> stopped = checkpoints.intend(step, left);
            if (stopped.isPresent()) {
                return stopped.map(verdicts::interrupted);
            }
        }
        return attempt(step, reentry, startedAt, timeLeft());
    }

    private Optional<Outcome> attempt(Step step, boolean reentry, Instant startedAt, Duration left) {
        boolean jobIsTighter = left.compareTo(step.timeout()) < 0;
        Duration limit = max(jobIsTighter ? left : step.timeout(), Duration.ofMillis(1));
        long start = System.nanoTime();
        StepScope scope = new StepScope(this, step, TimeLimit.startingNow(limit), reentry);
        current = Optional.of(scope);
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
                    : checkpoints
                            .complete(step, result.values(), startedAt, took)
                            .map(verdicts::interrupted);
        } catch (DeadlineExceededException e) {
            report(step, StepOutcome.FAILED, startedAt, millisSince(start));
            FailureKind kind = jobIsTighter ? FailureKind.JOB_TIMEOUT : FailureKind.STEP_TIMEOUT;
            return Optional.of(verdicts.unsettledOr(
                    step,
                    verdicts.timedOut(
                            kind,
                            scope.current() + ": the step was not done within " + limit.toMillis() + " ms",
                            step)));
        } catch (StepFailureException e) {
            Optional<Step> remedy = e.kind() == FailureKind.LOGGED_OUT ? login.again() : Optional.empty();
            if (remedy.isPresent()) {
                return logInAgain(remedy.get(), step, reentry);
            }
            report(step, StepOutcome.FAILED, startedAt, millisSince(start));
            return Optional.of(verdicts.of(e, step, jobIsTighter));
        } catch (BrowserFailureException e) {
            report(step, StepOutcome.FAILED, startedAt, millisSince(start));
            return Optional.of(verdicts.of(e, step));
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

    /** The author wants no more of it, or the login was all that was wanted: what is not there yet is not missing. */
    private Outcome stopHere() {
        ObjectNode outputs = runner.json().createObjectNode();
        flow.outputs().keySet().forEach(name -> variables
                .get(name)
                .filter(value -> !value.isNull())
                .ifPresent(value -> outputs.set(name, masked.json(value))));
        keepSession(false);
        return new Outcome.Succeeded(outputs.isEmpty() ? null : outputs.toString(), trace());
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
            return verdicts.failed(
                    FailureKind.OUTPUT_INVALID,
                    "the flow ended without a value for " + String.join(", ", missing),
                    null,
                    login.isMaybeStale());
        }
        keepSession(allRan);
        return new Outcome.Succeeded(flow.outputs().isEmpty() ? null : outputs.toString(), trace());
    }

    private void keepSession(boolean allRan) {
        if (flow.session().isPresent() && login.leavesLoggedIn(allRan)) {
            session.keep(loginValues(), login.use() == SessionUse.REMADE);
        }
    }

    /** What a job that goes on in this context needs of the login that it is spared. */
    private String loginValues() {
        ObjectNode values = runner.json().createObjectNode();
        flow.steps().stream().filter(login::isLogin).forEach(step -> step.sets()
                .forEach(name ->
                        variables.get(step.name(), name).ifPresent(value -> values.set(name, masked.json(value)))));
        return values.toString();
    }

    void picture(@Nullable String step, FailureKind kind) {
        flow.steps().forEach(variables::learnSecretsOf); // also of steps to come: the page may show them already
        picture.take(step, kind, current).ifPresent(artifacts::add);
        pageLog.flatMap(log -> picture.store(step, log)).ifPresent(artifacts::add);
    }

    private void report(Step step, StepOutcome outcome, Instant startedAt, long took) {
        StepReport report = new StepReport(step.name(), outcome, startedAt, took, budgetMillis(step));
        reports.add(report);
        runner.observer().stepEnded(report);
    }

    Outcome.Trace trace() {
        return new Outcome.Trace(flow.version(), reports, artifacts, Duration.ofNanos(System.nanoTime() - started));
    }

    /** What is left of the job: of the lane's deadline and of the event's own, whichever is sooner. */
    Duration timeLeft() {
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
        pageLog.ifPresent(PageLog::close);
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

    Camera camera() {
        return camera;
    }

    /** What an author sees of the page that the run ended on. */
    LastPage lastPage() {
        String url = session.page().url().split("[?#]", 2)[0];
        return new LastPage(masked.text(url), masked.text(session.page().title()));
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
