package dev.headstream.worker.flow.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a step is beside its function; as the keys of a step in a flow file. Confined to one thread. */
public final class StepDeclaration {
    private final Map<String, Object> keys = new LinkedHashMap<>();
    private final List<String> uses = new ArrayList<>();
    private final List<String> sets = new ArrayList<>();

    StepDeclaration(String name) {
        keys.put("name", name);
    }

    /** It changes nothing: may run again, may be cached. */
    public StepDeclaration reads() {
        return put("effect", "read");
    }

    /** It changes something, and a second run leaves the same state. */
    public StepDeclaration isIdempotent() {
        return put("effect", "idempotent");
    }

    /** It must never run twice. */
    public StepDeclaration runsOnce() {
        return put("effect", "once");
    }

    /** The p95 target, reported and alerted on. */
    public StepDeclaration budget(Duration target) {
        return put("budget", millis(target));
    }

    /** Hard limit of one attempt. */
    public StepDeclaration timeout(Duration limit) {
        return put("timeout", millis(limit));
    }

    /** What becomes of a step that runs once, if an earlier attempt began it and did not complete it: fail or skip. */
    public StepDeclaration onResume(String word) {
        return put("onResume", word);
    }

    /** Cookies and storage are checkpointed with its completion. */
    public StepDeclaration savesState() {
        return put("saveState", true);
    }

    /**
     * The URL that it begins at, opened before its function is called; references as in a flow file. A step after one that
     * may be passed over (a login, a cached step) needs it.
     */
    public StepDeclaration opens(String url) {
        return put("do", List.of(Map.of("navigate", url)));
    }

    /**
     * What its function asks the page for: {@code inputs.query}, {@code secret:pin}, {@code totp:phone}, {@code site}, the
     * name of a variable. It gets nothing else, because results are cached and sessions shared by the values of these.
     */
    public StepDeclaration uses(String... references) {
        for (String reference : references) {
            uses.add("${" + reference + "}");
        }
        return this;
    }

    /** The outputs and variables that its function sets. */
    public StepDeclaration sets(String... names) {
        sets.addAll(List.of(names));
        return this;
    }

    /** Equal keys share a result for that long; references as in a flow file. */
    public StepDeclaration cache(String key, Duration ttl) {
        return put("cache", new LinkedHashMap<>(Map.of("key", key, "ttl", millis(ttl))));
    }

    /** Any other key of a step in a flow file, or one of {@code cache} in full. */
    public StepDeclaration put(String key, Object value) {
        keys.put(key, value);
        return this;
    }

    Map<String, Object> keys() {
        Map<String, Object> all = new LinkedHashMap<>(keys);
        all.put("uses", List.copyOf(uses));
        all.put("sets", List.copyOf(sets));
        return all;
    }

    static String millis(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
