package dev.headstream.worker.capacity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the memory limit of this process's cgroup, version 1 or 2, whichever is mounted, or both. The lowest limit on
 * the way up to the root counts, {@code memory.high} among them, because a group above it is throttled. Where there is
 * no limit, the machine's memory counts.
 *
 * <p>Reads the files anew each time, because a limit can be changed while the worker runs. Thread-safe.
 */
public final class CgroupLimit {
    private static final List<String> V2_FILES = List.of("memory.max", "memory.high");
    private static final List<String> V1_FILES = List.of("memory.limit_in_bytes");

    private final Path proc;

    /** A hierarchy of cgroups: where it is mounted, which group stands at the mount, and which one is ours. */
    private record Hierarchy(String version, Path mount, String mountedGroup, List<String> files) {}

    CgroupLimit(Path proc) {
        this.proc = proc;
    }

    /** Of this process. */
    public static CgroupLimit ofThisProcess() {
        return new CgroupLimit(Path.of("/proc"));
    }

    /** The limit as it is now. */
    public MemoryLimit read() {
        long machine = machineBytes();
        return hierarchies().stream()
                .map(this::limit)
                .flatMap(Optional::stream)
                .filter(limit -> limit.bytes() < machine)
                .min(Comparator.comparingLong(MemoryLimit::bytes))
                .orElseGet(() -> new MemoryLimit(machine, "machine"));
    }

    /** Lines of {@code mountinfo}: id parent major:minor ROOT MOUNT options... - TYPE source superoptions. */
    private List<Hierarchy> hierarchies() {
        List<Hierarchy> found = new ArrayList<>();
        for (String line : lines(proc.resolve("self/mountinfo"))) {
            int separator = line.indexOf(" - ");
            String[] left = line.split(" ", -1);
            String[] right = separator < 0
                    ? new String[0]
                    : line.substring(separator + 3).split(" ", -1);
            if (left.length < 5 || right.length < 3) {
                continue;
            }
            if (right[0].equals("cgroup2")) {
                found.add(new Hierarchy("cgroup v2", Path.of(left[4]), left[3], V2_FILES));
            } else if (right[0].equals("cgroup")
                    && List.of(right[2].split(",", -1)).contains("memory")) {
                found.add(new Hierarchy("cgroup v1", Path.of(left[4]), left[3], V1_FILES));
            }
        }
        return found;
    }

    private Optional<MemoryLimit> limit(Hierarchy hierarchy) {
        Path group = directory(hierarchy);
        List<MemoryLimit> limits = new ArrayList<>();
        for (Path level = group; level != null && level.startsWith(hierarchy.mount); level = level.getParent()) {
            for (String file : hierarchy.files) {
                bytes(level.resolve(file))
                        .ifPresent(bytes -> limits.add(new MemoryLimit(bytes, hierarchy.version + " " + file)));
            }
        }
        return limits.stream().min(Comparator.comparingLong(MemoryLimit::bytes));
    }

    /** Our group below the mount; in a container that sees the host's path but only its own mount, the mount itself. */
    private Path directory(Hierarchy hierarchy) {
        String group = group(hierarchy.version.endsWith("v2"));
        String mounted = hierarchy.mountedGroup.equals("/") ? "" : hierarchy.mountedGroup;
        String below = (group + "/").startsWith(mounted + "/") ? group.substring(mounted.length()) : group;
        Path directory = hierarchy.mount.resolve(below.replaceFirst("^/+", "")).normalize();
        return directory.startsWith(hierarchy.mount) && Files.isDirectory(directory) ? directory : hierarchy.mount;
    }

    /** Lines of {@code /proc/self/cgroup}: {@code 0::/path} for v2, {@code 4:memory:/path} for v1. */
    private String group(boolean v2) {
        for (String line : lines(proc.resolve("self/cgroup"))) {
            String[] fields = line.split(":", 3);
            boolean ours = fields.length == 3
                    && (v2
                            ? fields[0].equals("0") && fields[1].isEmpty()
                            : List.of(fields[1].split(",", -1)).contains("memory"));
            if (ours) {
                return fields[2];
            }
        }
        return "/";
    }

    /** Empty for {@code max}; version 1 writes a huge number instead, which is above any machine's memory. */
    private static Optional<Long> bytes(Path file) {
        return lines(file).stream()
                .findFirst()
                .filter(text -> text.matches("\\d{1,19}"))
                .map(Long::parseUnsignedLong)
                .filter(bytes -> bytes > 0);
    }

    private long machineBytes() {
        return lines(proc.resolve("meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException notThere) {
            return List.of();
        }
    }
}
