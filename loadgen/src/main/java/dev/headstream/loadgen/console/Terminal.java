package dev.headstream.loadgen.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One output of the program. Where a person watches it, it has colours (unless {@code NO_COLOR} is set) and a live block at
 * the bottom that is drawn over again; elsewhere it prints plain lines, and of the live block one line every ten seconds.
 *
 * <p>Thread-safe: threads may print while another keeps the live block up to date.
 */
public final class Terminal {
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);
    private static final int USUAL_WIDTH = 100;
    private static final int LEAST_WIDTH = 40;

    private final PrintStream out;
    private final boolean live;
    private final boolean colours;
    private final int columns;
    private final LongSupplier nanoTime;

    private List<String> block = List.of();
    private boolean plainPrinted;
    private long plainPrintedNanos;

    /**
     * @param live whether the output is a terminal whose cursor can be moved
     * @param columns its width in cells
     */
    public Terminal(PrintStream out, boolean live, boolean colours, int columns, LongSupplier nanoTime) {
        this.out = out;
        this.live = live;
        this.colours = colours;
        this.columns = Math.max(LEAST_WIDTH, columns);
        this.nanoTime = nanoTime;
    }

    /** Standard output. */
    public static Terminal out() {
        return of(System.out, "headstream.tty.out");
    }

    /** Standard error, for progress and remarks beside data on standard output. */
    public static Terminal err() {
        return of(System.err, "headstream.tty.err");
    }

    /** Java cannot tell whether one stream is a terminal, nor how wide it is: the launcher says so. */
    private static Terminal of(PrintStream stream, String property) {
        boolean tty = Boolean.getBoolean(property);
        PrintStream utf8 = new PrintStream(stream, true, StandardCharsets.UTF_8);
        return of(utf8, tty, Integer.getInteger("headstream.tty.columns", USUAL_WIDTH), System.getenv());
    }

    static Terminal of(PrintStream stream, boolean tty, int columns, Map<String, String> environment) {
        boolean cursor = tty && !"dumb".equals(environment.get("TERM"));
        boolean noColour = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(stream, cursor, cursor && !noColour, tty ? columns : USUAL_WIDTH, System::nanoTime);
    }

    /** How wide tables may be: the terminal's width, 100 where the output is none. */
    public int columns() {
        return columns;
    }

    /** Whether a person watches it live. */
    public boolean isLive() {
        return live;
    }

    /** The text in a style, if there are colours. */
    public String paint(Style style, String text) {
        return colours ? style.on(text) : text;
    }

    /** Prints a line that stays, above the live block. */
    public synchronized void line(String line) {
        if (block.isEmpty()) {
            out.println(line);
        } else {
            out.print(eraseBlock()
                    + line
                    + System.lineSeparator()
                    + String.join(System.lineSeparator(), block)
                    + System.lineSeparator());
        }
        out.flush();
    }

    /** An empty line. */
    public void line() {
        line("");
    }

    /** Prints lines that stay. */
    public void lines(List<String> lines) {
        lines.forEach(this::line);
    }

    /**
     * Draws the live block over again.
     *
     * @param lines cut to the terminal's width; empty takes the block away
     * @param plain the same in one line, for outputs that are no terminal
     */
    public synchronized void live(List<String> lines, String plain) {
        if (live) {
            String erase = eraseBlock();
            block = lines.stream().map(line -> Text.fit(line, columns - 1)).toList();
            StringBuilder drawn = new StringBuilder(erase);
            block.forEach(line -> drawn.append(line).append(System.lineSeparator()));
            out.print(drawn);
            out.flush();
            return;
        }
        long now = nanoTime.getAsLong();
        if (!plainPrinted || now - plainPrintedNanos >= PLAIN_INTERVAL.toNanos()) {
            plainPrinted = true;
            plainPrintedNanos = now;
            out.println(plain);
            out.flush();
        }
    }

    /** Takes the live block away; what comes next starts where it stood. */
    public synchronized void endLive() {
        if (live) {
            out.print(eraseBlock());
            out.flush();
            block = List.of();
        }
    }

    private String eraseBlock() {
        return block.isEmpty() ? "" : "\u001B[" + block.size() + "A\u001B[J";
    }
}
