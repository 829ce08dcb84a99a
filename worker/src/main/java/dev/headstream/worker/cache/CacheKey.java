package dev.headstream.worker.cache;

import dev.headstream.worker.flow.CacheRule;
import dev.headstream.worker.flow.Fingerprint;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.StepScope;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What two runs of a step must have in common to have the same result: the flow and what it is defined as, version, step, the
 * declared key, the values of all that the step refers to, and unless results are shared among sessions also the session and the values of all that the
 * steps before it refer to.
 *
 * @param digest SHA-256 of them, so that a key holds no secret and no personal data, and has a bounded size
 */
record CacheKey(String digest) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    /** Whether a text from outside can be a digest. */
    static boolean isDigest(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * Whether a secret may be among what the digest was made of. Then it must not leave the worker: who knows the rest can
     * try all short secrets until the digest is the same.
     */
    static boolean mayTakeInSecrets(CacheRule rule, Flow flow) {
        Stream<Reference> taken =
                rule.shared() ? rule.uses().stream() : flow.steps().stream().flatMap(step -> step.uses().stream());
        return taken.anyMatch(Reference::isSecret);
    }

    static CacheKey of(Step step, CacheRule rule, StepScope scope) {
        Flow flow = scope.flow();
        Fingerprint parts = new Fingerprint();
        parts.add(flow.name());
        parts.add(String.valueOf(flow.version()));
        parts.add(flow.definition().orElse("")); // results outlive workers by the topic, and a change without a version
        parts.add(step.name());
        parts.add(scope.render(rule.key()));
        parts.add(scope.value(new Reference.Site())); // where URLs begin with a slash
        rule.uses().forEach(reference -> parts.add(scope.value(reference)));
        if (!rule.shared()) {
            parts.add(scope.sessionKey().orElse(""));
            parts.add(scope.wayHere()); // a flow without sessions has its login among the steps before
        }
        return new CacheKey(parts.digest());
    }
}
