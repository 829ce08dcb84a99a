package dev.headstream.worker.cache;

import dev.headstream.worker.flow.CacheRule;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.StepScope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What two runs of a step must have in common to have the same result: flow, version, step, the declared key, the values of
 * all that the step refers to, and the session unless results are shared among sessions.
 *
 * @param digest SHA-256 of them, so that a key holds no secret and no personal data, and has a bounded size
 */
record CacheKey(String digest) {

    static CacheKey of(Step step, CacheRule rule, StepScope scope) {
        Flow flow = scope.flow();
        Parts parts = new Parts();
        parts.add(flow.name());
        parts.add(String.valueOf(flow.version()));
        parts.add(step.name());
        parts.add(scope.render(rule.key()));
        parts.add(scope.value(new Reference.Site())); // where URLs begin with a slash
        rule.uses().forEach(reference -> parts.add(scope.value(reference)));
        parts.add(
                rule.shared() ? "" : scope.sessionKey().map("session "::concat).orElse(""));
        return new CacheKey(parts.digest());
    }

    /** Texts, each with its length, so that none can run into the next. */
    private static final class Parts {
        private final MessageDigest sha256;

        Parts() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        void add(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            sha256.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            sha256.update(bytes);
        }

        String digest() {
            return HexFormat.of().formatHex(sha256.digest());
        }
    }
}
