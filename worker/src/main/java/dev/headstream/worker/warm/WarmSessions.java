package dev.headstream.worker.warm;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.SessionLeft;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.SessionRule;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.flow.Template;
import dev.headstream.worker.warm.WarmEvents.Result;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Logs in ahead of need: makes the sessions anew that are about to end, for the keys that jobs used last ({@code warm} of
 * a flow's session), where a context is free that no job wants. Thread-safe; nothing blocks.
 *
 * <p>Only a key that a job of this worker has been logged in with is logged in again, and not after a job with it has
 * failed, until another went well: nobody's account is tried with credentials that may be wrong.
 */
public final class WarmSessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmSessions.class);

    private final Browser browser;
    private final WarmEvents events;
    private final LongSupplier nanos;
    private final WarmKeys keys = new WarmKeys();
    private final Sinks.Empty<Void> closing = Sinks.empty();

    /** Where it is logged in. */
    public interface Browser {
        /** Whether contexts are not short: none was taken away for want of memory or CPU. */
        boolean hasRoom();

        /** What is left of a session. */
        Optional<SessionLeft> session(Keep keep);

        /**
         * Runs the flow up to its login and leaves the session; empty if no context is free. Fails with a
         * {@link CancellationException} if a job wants the context.
         */
        Mono<Outcome> logIn(Flow flow, Map<String, String> inputs, Keep keep);
    }

    /** @param nanos a clock, in nanoseconds */
    public WarmSessions(Browser browser, WarmEvents events, LongSupplier nanos) {
        this.browser = browser;
        this.events = events;
        this.nanos = nanos;
    }

    /** An attempt of a job, after the login for its key that is under way, if one is. */
    public Mono<Outcome> around(Flow flow, JobRequested request, Keep keep, Mono<Outcome> attempt) {
        if (flow.session().filter(rule -> rule.warm() > 0).isEmpty()) {
            return attempt;
        }
        return Mono.defer(() -> keys.enter(keep.key())
                .then(attempt)
                .doOnNext(outcome -> judge(flow, request, keep, outcome))
                .doFinally(unused -> keys.leave(keep.key())));
    }

    private void judge(Flow flow, JobRequested request, Keep keep, Outcome outcome) {
        if (outcome instanceof Outcome.Succeeded) {
            Keep anew = new Keep(keep.key(), keep.maxUses(), keep.ttl(), false);
            keys.used(new WarmKeys.Login(flow, anew, needed(flow, request)), nanos.getAsLong());
        } else if (outcome instanceof Outcome.Failed || outcome instanceof Outcome.TimedOut) {
            keys.forget(flow.name(), keep.key());
        }
    }

    /** Of the inputs, which may be personal, no more than logging in takes. */
    private static Map<String, String> needed(Flow flow, JobRequested request) {
        String login = flow.session().flatMap(SessionRule::login).orElse("");
        Stream<Step> before =
                flow.steps().stream().takeWhile(step -> !step.name().equals(login));
        Stream<Reference> ofSteps =
                Stream.concat(before, flow.step(login).stream()).flatMap(step -> step.uses().stream());
        Stream<Reference> ofFlow = Stream.concat(flow.session().map(SessionRule::key).stream(), flow.site().stream())
                .flatMap(Template::references);
        Map<String, String> needed = new LinkedHashMap<>();
        Stream.concat(ofSteps, ofFlow).forEach(reference -> {
            if (reference instanceof Reference.Input input) {
                String value = request.getInputs().get(input.name());
                if (value != null) {
                    needed.put(input.name(), value);
                }
            }
        });
        return needed;
    }

    /**
     * Begins the logins that are due; to be called every second or so.
     *
     * @param mayRun whether jobs of a flow are let through at the moment
     */
    public void look(Predicate<String> mayRun) {
        if (!browser.hasRoom()) {
            return;
        }
        keys.due(nanos.getAsLong(), browser::session).stream()
                .filter(login -> mayRun.test(login.flow().name()))
                .filter(keys::tryBegin)
                .forEach(this::begin);
    }

    private void begin(WarmKeys.Login login) {
        Disposable untilItEndsOrClose = browser.logIn(login.flow(), login.inputs(), login.keep())
                .map(outcome -> Optional.of(result(login.flow(), outcome)))
                .onErrorResume(failure -> Mono.just(Optional.of(result(login.flow(), failure))))
                .takeUntilOther(closing.asMono())
                .defaultIfEmpty(Optional.empty()) // no context was free
                .subscribe(result -> ended(login, result));
        LOG.atDebug()
                .setMessage("login ahead of need")
                .addKeyValue("flow", login.flow().name())
                .addKeyValue("over", untilItEndsOrClose.isDisposed())
                .log();
    }

    private void ended(WarmKeys.Login login, Optional<Result> result) {
        keys.ended(login, result, nanos.getAsLong());
        result.ifPresent(it -> events.warmed(login.flow().name(), it));
    }

    private static Result result(Flow flow, Outcome outcome) {
        if (outcome instanceof Outcome.Succeeded) {
            return Result.MADE;
        }
        if (outcome instanceof Outcome.Interrupted) {
            return Result.INTERRUPTED;
        }
        warn(flow, outcome instanceof Outcome.Failed failed ? failed.error().getMessage() : "it took too long");
        return Result.FAILED;
    }

    private static Result result(Flow flow, Throwable failure) {
        if (failure instanceof CancellationException || failure instanceof BrowserFailureException) {
            return Result.INTERRUPTED;
        }
        warn(flow, String.valueOf(failure.getMessage()));
        return Result.FAILED;
    }

    private static void warn(Flow flow, String reason) {
        LOG.atWarn()
                .setMessage("a login ahead of need failed; the next job of its key logs in itself")
                .addKeyValue("flow", flow.name())
                .addKeyValue("reason", reason)
                .log();
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        var unused = closing.tryEmitEmpty();
    }
}
