package dev.headstream.loadgen.console;

/** The few looks that text can have; a {@link Terminal} without colours prints all of them plainly. */
public enum Style {
    /** As it is. */
    PLAIN(""),
    /** Headings and the figures that matter most. */
    BOLD("1"),
    /** Units, hints and what may be skipped. */
    DIM("2"),
    /** Good. */
    GREEN("32"),
    /** Worth a look. */
    YELLOW("33"),
    /** Bad. */
    RED("31");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    String on(String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001B[" + code + "m" + text + "\u001B[0m";
    }
}
