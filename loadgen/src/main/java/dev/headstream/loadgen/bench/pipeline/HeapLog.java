package dev.headstream.loadgen.bench.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The heap of a JVM at its collections, as {@code -Xlog:gc} tells it.
 *
 * @param beforeMegabytes what was in use when each began
 * @param afterMegabytes what was left when each ended
 */
record HeapLog(List<Integer> beforeMegabytes, List<Integer> afterMegabytes) {
    private static final Pattern COLLECTION = Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\(\\d+M\\)");

    HeapLog {
        beforeMegabytes = List.copyOf(beforeMegabytes);
        afterMegabytes = List.copyOf(afterMegabytes);
    }

    static HeapLog read(Path file) throws IOException {
        return Files.exists(file) ? parse(Files.readAllLines(file)) : new HeapLog(List.of(), List.of());
    }

    static HeapLog parse(List<String> lines) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (String line : lines) {
            Matcher collection = COLLECTION.matcher(line);
            if (collection.find()) {
                before.add(Integer.parseInt(collection.group(1)));
                after.add(Integer.parseInt(collection.group(2)));
            }
        }
        return new HeapLog(before, after);
    }

    int collections() {
        return afterMegabytes.size();
    }

    /** The most that was in use; 0 if nothing was ever collected. */
    int peakMegabytes() {
        return beforeMegabytes.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** The least that was left by the collections from one to another: what lives, more or less. */
    int leastAfter(int from, int to) {
        return afterMegabytes.subList(from, to).stream()
                .mapToInt(Integer::intValue)
                .min()
                .orElse(0);
    }
}
