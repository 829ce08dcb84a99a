package dev.headstream.worker.setting;

import java.util.List;

/**
 * A value as one source gave it.
 *
 * @param items the items of a list, or the one scalar
 * @param list whether it was written as a list; a scalar may still be split at commas
 * @param origin where it stands, such as {@code worker.yaml line 12}
 */
record Given(List<String> items, boolean list, String origin) {
    Given {
        items = List.copyOf(items);
    }

    static Given scalar(String text, String origin) {
        return new Given(List.of(text), false, origin);
    }

    String text() {
        return String.join(",", items);
    }

    @Override
    public String toString() {
        return "'" + text() + "' (" + origin + ")";
    }

    /** The same with its value hidden, for keys that hold secrets. */
    String masked() {
        return "'***' (" + origin + ")";
    }
}
