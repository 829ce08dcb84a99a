package dev.headstream.loadgen.console;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. The separator of thousands is a comma and that of decimals a dot, in every locale. */
public final class Figures {
    private Figures() {}

    /** {@code 850 ms}, {@code 3.2 s}, {@code 2 min 05 s}, {@code 1 h 02 min} or {@code 3 d 04 h}. */
    public static String duration(long millis) {
        if (millis < 0) {
            return "-" + duration(-millis);
        }
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 59_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = Math.round(millis / 1000.0);
        if (seconds < 3_600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        if (seconds < 86_400) {
            return String.format(Locale.ROOT, "%d h %02d min", seconds / 3_600, seconds % 3_600 / 60);
        }
        return String.format(Locale.ROOT, "%d d %02d h", seconds / 86_400, seconds % 86_400 / 3_600);
    }

    /** As {@link #duration(long)}. */
    public static String duration(Duration duration) {
        return duration(duration.toMillis());
    }

    /** {@code 12,345}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1 job}, {@code 12,345 jobs}. */
    public static String counted(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    /** Memory in units of 1,000,000 bytes, as {@code 512 MB} or {@code 1.25 GB}. */
    public static String bytes(long bytes) {
        if (bytes < 1_000_000) {
            return bytes < 1_000 ? bytes + " B" : Math.round(bytes / 1e3) + " kB";
        }
        return bytes < 999_500_000
                ? Math.round(bytes / 1e6) + " MB"
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    /** {@code 97 %}; a part that is neither none nor all is never rounded to 0 or 100. */
    public static String percent(double share) {
        long rounded = Math.round(share * 100);
        if (rounded == 0 && share > 0) {
            return "< 1 %";
        }
        if (rounded == 100 && share < 1) {
            return "> 99 %";
        }
        return rounded + " %";
    }
}
