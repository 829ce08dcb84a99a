package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.PlaywrightException;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.artifact.ArtifactStore;
import dev.headstream.worker.artifact.UploadFolder;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.ContextSpec.Credentials;
import dev.headstream.worker.browser.LaneSession;
import dev.headstream.worker.flow.Fingerprint;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.secret.SecretReferences;
import java.time.Clock;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one attempt of a job on a lane, from the first step that is not completed to an {@link Outcome}. Blocking, to be
 * called on the lane's thread; the runner itself is thread-safe and keeps nothing between runs.
 *
 * <p>A job's failure is a value. What is thrown is a bug.
 */
public final class FlowRunner {
    private static final Logger LOG = LoggerFactory.getLogger(FlowRunner.class);

    private final SecretReferences secrets;
    private final ArtifactStore artifacts;
    private final RunObserver observer;
    private final Clock clock;
    private final boolean screenshotOnFailure;
    private final boolean pictures;
    private final LastPage.Onlooker onlooker;
    private final ObjectMapper json = new ObjectMapper();
    private final StepRunner steps;

    private FlowRunner(Builder builder) {
        this.secrets = builder.secrets;
        this.artifacts = builder.artifacts;
        this.observer = builder.observer;
        this.clock = builder.clock;
        this.screenshotOnFailure = builder.screenshotOnFailure;
        this.pictures = builder.pictures;
        this.onlooker = builder.onlooker;
        this.steps = builder.around.apply(
                new BrowserStepRunner(new Actions.Tools(json, artifacts, builder.uploads, observer, builder.pictures)));
    }

    /** A runner with these collaborators and defaults for everything else. */
    public static FlowRunner of(SecretReferences secrets, ArtifactStore artifacts) {
        return builder(secrets, artifacts).build();
    }

    /** A runner to be told more about. */
    public static Builder builder(SecretReferences secrets, ArtifactStore artifacts) {
        return new Builder(secrets, artifacts);
    }

    /** Runs one attempt. The flow must be the one that the job names, and its inputs must have no problems. */
    public Outcome run(Flow flow, Job job, LaneSession session) {
        try (FlowRun run = new FlowRun(this, flow, job, session)) {
            return shown(run, run.run(Optional.empty()));
        }
    }

    /**
     * Runs the steps up to one of them, that one too, and ends well there, with the outputs that are known by then. In a
     * flow with sessions that is a way to log in without a job: the session is left to be gone on in.
     */
    public Outcome runUpTo(String step, Flow flow, Job job, LaneSession session) {
        if (flow.step(step).isEmpty()) {
            throw new IllegalArgumentException("flow '" + flow.name() + "' has no step '" + step + "'");
        }
        try (FlowRun run = new FlowRun(this, flow, job, session)) {
            return shown(run, run.run(Optional.of(step)));
        }
    }

    private Outcome shown(FlowRun run, Outcome outcome) {
        boolean failed = outcome instanceof Outcome.Failed || outcome instanceof Outcome.TimedOut;
        if (failed && !onlooker.equals(LastPage.Onlooker.NONE)) {
            try {
                onlooker.failedOn(run.lastPage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (PlaywrightException e) {
                LOG.warn(
                        "the page that the run failed on is gone: {}",
                        String.valueOf(e.getMessage()).strip());
            }
        }
        return outcome;
    }

    /**
     * What the context of a job looks like. Reads secrets where the flow's site asks for a login of its own, and these may
     * be files.
     */
    public ContextSpec context(Flow flow, JobRequested request) {
        ContextSpec spec = flow.context().spec();
        return flow.context()
                .basicAuth()
                .map(login -> spec.withCredentials(new Credentials(
                        origin(given(flow, request, "", new Reference.Site())),
                        login.username().render(reference -> given(flow, request, "", reference)),
                        login.password().render(reference -> given(flow, request, "", reference)))))
                .orElse(spec);
    }

    private static String origin(String url) {
        return url.replaceFirst("^([A-Za-z]+://[^/?#]*).*", "$1");
    }

    /**
     * What jobs that may share a logged-in context have in common, as a digest; empty if the flow has no sessions. That is
     * the declared key, and whatever makes a session another one though the flow's author did not think of it: the site, and
     * what the login and the steps before it refer to. A flow that does not name its login logs in where it uses secrets.
     */
    public Optional<String> sessionKey(Flow flow, JobRequested request) {
        return flow.session().map(rule -> {
            Fingerprint parts = new Fingerprint()
                    .add(flow.name())
                    .add(rule.key().render(reference -> given(flow, request, "", reference)))
                    .add(given(flow, request, "", new Reference.Site()));
            flow.context().uses().forEach(reference -> parts.add(given(flow, request, "", reference)));
            Stream<Step> steps = rule.login()
                    .map(login -> Stream.concat(before(flow, login), flow.step(login).stream()))
                    .orElseGet(() -> flow.steps().stream()
                            .filter(step -> step.uses().stream().anyMatch(Reference::isSecret)));
            steps.forEach(step -> addGiven(parts, flow, request, step));
            return parts.digest();
        });
    }

    /** What the steps before this one refer to in a job, as a digest: all that may make the same page another one. */
    String wayTo(Step step, Flow flow, JobRequested request) {
        Fingerprint parts = new Fingerprint();
        flow.context().uses().forEach(reference -> parts.add(given(flow, request, "", reference)));
        before(flow, step.name()).forEach(earlier -> addGiven(parts, flow, request, earlier));
        return parts.digest();
    }

    private static Stream<Step> before(Flow flow, String name) {
        return flow.steps().stream().takeWhile(step -> !step.name().equals(name));
    }

    private void addGiven(Fingerprint parts, Flow flow, JobRequested request, Step step) {
        step.uses().forEach(reference -> parts.add(given(flow, request, step.name(), reference)));
    }

    /** What a reference stands for before anything has run; values that steps extract follow from the others. */
    private String given(Flow flow, JobRequested request, String step, Reference reference) {
        if (reference instanceof Reference.Input input) {
            return Variables.input(flow, request, input.name());
        }
        if (reference instanceof Reference.Secret secret) {
            return secrets.find(secret.name()).orElse("");
        }
        if (reference instanceof Reference.Totp totp) {
            return secrets.find(totp.secret()).orElse("");
        }
        if (reference instanceof Reference.Site) {
            return flow.site()
                    .map(site -> site.render(inner -> given(flow, request, step, inner)))
                    .orElse("");
        }
        if (reference instanceof Reference.JobId) {
            return request.getJobId();
        }
        return reference instanceof Reference.StepKey ? request.getJobId() + "/" + step : "";
    }

    SecretReferences secrets() {
        return secrets;
    }

    ArtifactStore artifactStore() {
        return artifacts;
    }

    RunObserver observer() {
        return observer;
    }

    Clock clock() {
        return clock;
    }

    boolean takesPictures() {
        return pictures;
    }

    boolean takesScreenshotOnFailure() {
        return screenshotOnFailure;
    }

    ObjectMapper json() {
        return json;
    }

    StepRunner steps() {
        return steps;
    }

    /** Collects what a runner works with. */
    public static final class Builder {
        private final SecretReferences secrets;
        private final ArtifactStore artifacts;
        private RunObserver observer = RunObserver.NONE;
        private Clock clock = Clock.systemUTC();
        private UploadFolder uploads = UploadFolder.NONE;
        private boolean screenshotOnFailure;
        private boolean pictures;
        private LastPage.Onlooker onlooker = LastPage.Onlooker.NONE;
        private UnaryOperator<StepRunner> around = UnaryOperator.identity();

        private Builder(SecretReferences secrets, ArtifactStore artifacts) {
            this.secrets = secrets;
            this.artifacts = artifacts;
        }

        /** Tells somebody what happens. */
        public Builder observer(RunObserver value) {
            observer = value;
            return this;
        }

        /** Takes the time from a clock other than the system's. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Lets flows upload the files of a folder. */
        public Builder uploads(UploadFolder value) {
            uploads = value;
            return this;
        }

        /**
         * Stores a picture of the page that a job failed on, as the artifact {@code failure-STEP.png}, and what its pages
         * had written to their consoles, as {@code failure-STEP.log}.
         */
        public Builder screenshotOnFailure(boolean value) {
            screenshotOnFailure = value;
            return this;
        }

        /** Shows the page of a job that failed to somebody before it is closed. */
        public Builder onlooker(LastPage.Onlooker value) {
            onlooker = value;
            return this;
        }

        /** Takes a picture after each action, for the observer; that costs time, which counts. */
        public Builder pictures(boolean value) {
            pictures = value;
            return this;
        }

        /** Wraps the running of steps, in a cache for example. */
        public Builder around(UnaryOperator<StepRunner> value) {
            around = value;
            return this;
        }

        public FlowRunner build() {
            return new FlowRunner(this);
        }
    }
}
