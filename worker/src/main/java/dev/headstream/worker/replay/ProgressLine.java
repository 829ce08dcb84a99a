package dev.headstream.worker.replay;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** One line that shows how far something is: drawn over again on a terminal, else a plain line every ten seconds. */
public final class ProgressLine {
    private static final int CELLS = 30;
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final String name;
    private final long total;
    private long begunAt = -1;
    private long begunNanos;
    private long saidNanos;
    private int width;

    /**
     * @param terminal whether the cursor of {@code out} can be moved
     * @param total what the whole is
     */
    public ProgressLine(PrintWriter out, boolean terminal, LongSupplier nanoTime, String name, long total) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.name = name;
        this.total = total;
    }

    /** Shows that so much is done. */
    public synchronized void show(long done) {
        long now = nanoTime.getAsLong();
        if (begunAt < 0) {
            begunAt = done;
            begunNanos = now;
            saidNanos = now - PLAIN_INTERVAL.toNanos();
        }
        if (terminal) {
            String line = name + "  " + bar(done) + "  " + text(done, now);
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
            out.flush();
        } else if (now - saidNanos >= PLAIN_INTERVAL.toNanos()) {
            saidNanos = now;
            out.println(name + ": " + text(done, now));
            out.flush();
        }
    }

    /** Takes the line away. */
    public synchronized void end() {
        if (terminal && width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            out.flush();
            width = 0;
        }
    }

    private String bar(long done) {
        int full = total == 0 ? CELLS : (int) Math.min(CELLS, done * CELLS / total);
        return "[" + "#".repeat(full) + ".".repeat(CELLS - full) + "]";
    }

    private String text(long done, long now) {
        double seconds = (now - begunNanos) / 1e9;
        double rate = seconds <= 0 ? 0 : (done - begunAt) / seconds;
        String counts = String.format(Locale.ROOT, "%,d of %,d offsets", done, total);
        return rate <= 0
                ? counts
                : counts
                        + String.format(
                                Locale.ROOT,
                                rate < 1 ? ", %.2f/s, about %s left" : ", %.1f/s, about %s left",
                                rate,
                                left((long) ((total - done) / rate)));
    }

    private static String left(long seconds) {
        return seconds < 60
                ? seconds + " s"
                : seconds < 3_600 ? seconds / 60 + " min" : seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
    }
}
