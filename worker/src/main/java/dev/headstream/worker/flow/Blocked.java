package dev.headstream.worker.flow;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the pages of a flow may do without. Kinds of files are told by the ends of their addresses' paths. */
public enum Blocked {
    IMAGES("png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp", "ico"),
    FONTS("woff2", "woff", "ttf", "otf", "eot"),
    MEDIA("mp4", "webm", "m4v", "mov", "ogv", "mp3", "m4a", "aac", "ogg", "oga", "wav", "m3u8", "mpd"),
    /** Whatever is on another host than those that the flow allows. */
    THIRD_PARTY;

    @SuppressWarnings("ImmutableEnumChecker") // a list that cannot be changed
    private final List<String> extensions;

    Blocked(String... extensions) {
        this.extensions = List.of(extensions);
    }

    /** What the paths of such files end with, in lower case and without the dot. */
    public List<String> extensions() {
        return extensions;
    }

    /** As flows write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The one that a flow means.
     *
     * @throws IllegalArgumentException naming all that there are
     */
    static Blocked parse(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' cannot be blocked: write "
                        + Arrays.stream(values()).map(Blocked::word).collect(Collectors.joining(", "))));
    }
}
