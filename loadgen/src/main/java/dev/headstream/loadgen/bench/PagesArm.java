package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.annotation.JsonValue;

/** What the pages of a job do without, in one arm of the comparison. */
public enum PagesArm {
    NONE("none", "[]"),
    IMAGES("images", "[images]"),
    FONTS("fonts", "[fonts]"),
    MEDIA("media", "[media]"),
    THIRD_PARTY("third-party", "[third-party]"),
    ALL("all", "[images, fonts, media, third-party]");

    private final String id;
    private final String blocked;

    PagesArm(String id, String blocked) {
        this.id = id;
        this.blocked = blocked;
    }

    /** What it is called in commands and figures. */
    @JsonValue
    public String id() {
        return id;
    }

    @Override
    public String toString() {
        return id;
    }

    /** The flow with that blocked. */
    String in(String flow) {
        return flow.replace("block: []", "block: " + blocked);
    }
}
