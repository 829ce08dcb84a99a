package dev.headstream.worker.setting;

/**
 * A value that must not be seen: it prints as {@code ***}. It comes from a reference ({@code ${env:NAME}} or {@code
 * ${file:/path}}), never from the text of a configuration.
 */
public final class Secret {
    private final String value;

    Secret(String value) {
        this.value = value;
    }

    /** The value itself, for the one call that needs it. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
