package dev.headstream.worker.flow;

import dev.headstream.worker.flow.SessionRule.LoggedOut;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads how jobs of a flow share a logged-in context. */
final class SessionReader {
    private static final Duration DEFAULT_TTL = Duration.ofMinutes(30);
    private static final int DEFAULT_USES = 50;
    private static final int MOST_WARM = 1_000;

    private SessionReader() {}

    /**
     * @param names of all steps, also of those with problems
     * @param steps the ones that could be read
     */
    static Optional<SessionRule> read(YamlMap flow, Set<String> inputs, Set<String> names, List<Step> steps) {
        YamlValue value = flow.get("session");
        YamlMap rule = value == null ? null : value.map("'session'", FlowKeys.SESSION);
        if (rule == null) {
            return Optional.empty();
        }
        Scope scope = Scope.ofInputs(inputs);
        YamlValue keyValue = rule.required("key", "jobs with equal keys share a session, as in \"${inputs.account}\"");
        Template key = keyValue == null ? null : scope.template(keyValue, "'key' of session");
        YamlValue usesValue = rule.get("maxUses");
        Integer uses = usesValue == null ? null : usesValue.integer("'maxUses'", 1, 100_000);
        Optional<Duration> ttl = FlowReader.duration(rule, "ttl");
        Optional<String> login = login(rule, names, steps);
        int warm = warm(rule, login, usesValue == null ? DEFAULT_USES : uses == null ? 2 : uses, steps);
        Optional<LoggedOut> loggedOut = loggedOut(rule, scope);
        return key == null
                ? Optional.empty()
                : Optional.of(new SessionRule(
                        key, uses == null ? DEFAULT_USES : uses, ttl.orElse(DEFAULT_TTL), login, warm, loggedOut));
    }

    private static Optional<String> login(YamlMap rule, Set<String> names, List<Step> steps) {
        Optional<String> login = FlowReader.stepName(rule, "login", names);
        boolean unsafe = steps.stream()
                .anyMatch(step -> login.filter(step.name()::equals).isPresent()
                        && (!step.effect().isSafe() || step.cache().isPresent()));
        if (unsafe) {
            rule.problemAt(
                    "login",
                    "a step that logs in is run again whenever a session is lost: it must be 'effect: idempotent' and"
                            + " not cached");
        }
        return login;
    }

    /** What is done ahead of need is all steps up to the login, for a job that is not there. */
    private static int warm(YamlMap rule, Optional<String> login, int uses, List<Step> steps) {
        YamlValue value = rule.get("warm");
        Integer warm = value == null ? null : value.integer("'warm'", 0, MOST_WARM);
        if (value == null || warm == null || warm == 0) {
            return 0;
        }
        if (login.isEmpty()) {
            value.problem("'warm' needs 'login', the step that is run ahead of need");
        }
        if (uses < 2) {
            value.problem("'warm' needs 'maxUses' of 2 or more: the login itself counts as a use");
        }
        for (Step step : steps) {
            if (step.effect() == Effect.ONCE) {
                value.problem("'warm' runs the steps up to the login ahead of need, and again, but step '" + step.name()
                        + "' has 'effect: once': move it behind the login, or remove 'warm'");
            }
            if (step.uses().stream()
                    .anyMatch(use -> use instanceof Reference.JobId || use instanceof Reference.StepKey)) {
                value.problem("'warm' logs in for jobs to come, but step '" + step.name()
                        + "' refers to ${job.id} or ${step.key}, which no two jobs share: remove that, or 'warm'");
            }
            if (login.filter(step.name()::equals).isPresent()) {
                break;
            }
        }
        return warm;
    }

    private static Optional<LoggedOut> loggedOut(YamlMap rule, Scope scope) {
        YamlValue value = rule.get("loggedOut");
        YamlMap sign = value == null ? null : value.map("'loggedOut'", FlowKeys.LOGGED_OUT);
        if (sign == null || value == null) {
            return Optional.empty();
        }
        if (!rule.has("login")) {
            value.problem("'loggedOut' needs 'login', the step that makes the session anew");
        }
        if (sign.has("url") == sign.has("selector")) {
            value.problem(
                    "'loggedOut' must have one of 'url', as in \"**/login*\", and 'selector', as in \"#password\"");
            return Optional.empty();
        }
        YamlValue url = sign.get("url");
        if (url != null) {
            return Optional.ofNullable(url.filled("'url' of loggedOut")).map(LoggedOut.AtUrl::new);
        }
        YamlValue selector = sign.get("selector");
        return selector == null
                ? Optional.empty()
                : Optional.ofNullable(scope.selector(selector, "'selector' of loggedOut"))
                        .map(LoggedOut.Shows::new);
    }
}
