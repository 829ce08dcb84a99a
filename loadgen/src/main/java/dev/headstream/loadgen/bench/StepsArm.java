package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Map;

/** What a worker is allowed to spare jobs, in one arm of the comparison. */
public enum StepsArm {
    /** Nothing. */
    NONE("none", false, false, false),
    /** Steps whose result is there. */
    CACHE("cache", true, false, false),
    /** Steps that another job runs at the moment. */
    COALESCING("coalescing", false, true, false),
    /** Logins. */
    SESSIONS("sessions", false, false, true),
    /** All of it. */
    ALL("all", true, true, true);

    private final String id;
    private final boolean caches;
    private final boolean coalesces;
    private final boolean warm;

    StepsArm(String id, boolean caches, boolean coalesces, boolean warm) {
        this.id = id;
        this.caches = caches;
        this.coalesces = coalesces;
        this.warm = warm;
    }

    /** What it is called in commands and figures. */
    @JsonValue
    public String id() {
        return id;
    }

    /** The worker's settings, as variables. */
    Map<String, String> settings() {
        return Map.of(
                "HEADSTREAM_CACHE_MAX_BYTES",
                caches ? "16MiB" : "0",
                "HEADSTREAM_CACHE_COALESCE",
                coalesces ? "on" : "off",
                "HEADSTREAM_SESSIONS_WARM",
                warm ? "on" : "off");
    }
}
