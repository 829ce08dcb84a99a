package dev.headstream.worker.setting;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or disk, written as {@code 512MiB}, {@code 2Gi} or {@code 800MB}. The units of the IEC and of
 * Kubernetes ({@code KiB Ki MiB Mi GiB Gi}) are powers of 1024, the others ({@code kB MB GB}) powers of 1000.
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,15})\\s*([a-z]*)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("ki", 1L << 10),
            Map.entry("kib", 1L << 10),
            Map.entry("mi", 1L << 20),
            Map.entry("mib", 1L << 20),
            Map.entry("gi", 1L << 30),
            Map.entry("gib", 1L << 30));

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + bytes);
        }
    }

    public static DataSize ofMebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /**
     * Reads a size as a person writes it.
     *
     * @throws IllegalArgumentException naming the text and the units there are
     */
    public static DataSize parse(String text) {
        Matcher written = WRITTEN.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long unit = written.matches() ? UNITS.get(written.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("is not a size such as 512MiB, 2Gi or 800MB");
        }
        try {
            return new DataSize(Math.multiplyExact(Long.parseLong(written.group(1)), unit));
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("is too large a size", tooLarge);
        }
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the largest unit that loses nothing, such as {@code 512MiB}; {@link #parse} reads it back. */
    @Override
    public String toString() {
        if (bytes > 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes > 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes + "B";
    }
}
