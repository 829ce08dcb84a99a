package dev.headstream.loadgen.bench.kills;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a worker holds at a moment at which it has no job.
 *
 * @param processes it and all that it ever started and that still are, zombies and orphans included
 * @param threads of its JVM
 * @param descriptors open files, pipes and sockets of its JVM and of Node
 * @param files what stands in its work directory and its temporary folder, profiles as one each
 */
public record Holdings(long processes, long threads, long descriptors, long files) {
    /** Pools grow to their size when they are first needed, and a connection may just be closing. */
    private static final Holdings SLACK = new Holdings(0, 8, 12, 4);

    /** The work directory, its slot, the browser's folder, and what stands in that. */
    private static final int DEPTH = 3;

    /**
     * Looks now.
     *
     * @param members the worker's processes that live, by id
     */
    static Holdings of(long worker, Set<Long> members, Path work, Path temporary) throws IOException {
        long descriptors = 0;
        for (long pid : members) {
            if (pid == worker || isNode(pid)) {
                descriptors += entries(Path.of("/proc/" + pid + "/fd"), 1);
            }
        }
        return new Holdings(
                members.size(),
                entries(Path.of("/proc/" + worker + "/task"), 1),
                descriptors,
                entries(work, DEPTH) + entries(temporary, 1));
    }

    private static boolean isNode(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).startsWith("node");
        } catch (IOException e) {
            return false; // it has just ended
        }
    }

    static long entries(Path folder, int depth) {
        try (Stream<Path> all = Files.walk(folder, depth)) {
            return all.count() - 1;
        } catch (IOException | java.io.UncheckedIOException e) {
            return Long.MAX_VALUE >> 8; // something was deleted meanwhile: look again
        }
    }

    /** What is above a baseline, and by more than may be: by name, with how many. */
    Map<String, Long> above(Holdings baseline) {
        Map<String, Long> left = new LinkedHashMap<>();
        put(left, "processes", processes - baseline.processes, SLACK.processes);
        put(left, "threads", threads - baseline.threads, SLACK.threads);
        put(left, "descriptors", descriptors - baseline.descriptors, SLACK.descriptors);
        put(left, "files", files - baseline.files, SLACK.files);
        return left;
    }

    private static void put(Map<String, Long> left, String name, long more, long slack) {
        if (more > slack) {
            left.put(name, more);
        }
    }
}
