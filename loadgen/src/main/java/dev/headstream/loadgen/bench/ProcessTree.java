package dev.headstream.loadgen.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A process and all that descends from it, as Linux's {@code /proc} shows it: see {@code proc(5)}. Confined to one
 * thread.
 *
 * <p>CPU time is summed over all processes that were ever seen, each at its last reading, because a browser's
 * processes are not all reaped within the tree: what a process used between its last reading and its end is missing.
 */
public final class ProcessTree {
    private static final Path PROC = Path.of("/proc");
    private static final int TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Java runs on

    private final long root;
    private final Map<Identity, Long> ticks = new HashMap<>();
    /** Members of the tree that lived at the last refresh, and when they started. */
    private final Map<Long, Long> members = new HashMap<>();
    /** Processes of the machine that are none of ours; they stay so, and are not read again. */
    private final Set<Long> strangers = new HashSet<>();

    /** Numbers are used again; together with its start a process is unmistakable. */
    private record Identity(long pid, long start) {}

    private record Stat(long pid, long parent, long start, long ticks) {}

    public ProcessTree(long root) {
        this.root = root;
    }

    /** Whether this machine shows what is needed. */
    public static boolean isSupported() {
        return Files.isReadable(PROC.resolve("self/smaps_rollup"));
    }

    /** Reads which processes there are and what CPU time they used. */
    public void refresh() throws IOException {
        Set<Long> listed = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                listed.add(Long.parseLong(entry.getFileName().toString()));
            }
        }
        strangers.retainAll(listed);
        members.keySet().retainAll(listed);
        Map<Long, Stat> newcomers = new HashMap<>();
        for (long pid : listed) {
            if (!strangers.contains(pid)) {
                readStat(pid).ifPresent(stat -> sortIn(stat, newcomers));
            }
        }
        for (Stat stat : newcomers.values()) {
            if (belongs(stat, newcomers)) {
                count(stat);
            } else {
                strangers.add(stat.pid());
            }
        }
    }

    /** Processor seconds of all processes ever seen. */
    public double cpuSeconds() {
        return ticks.values().stream().mapToLong(Long::longValue).sum() / (double) TICKS_PER_SECOND;
    }

    /** Processes that lived at the last refresh. */
    public Set<Long> living() {
        return Set.copyOf(members.keySet());
    }

    /** Proportional set size of the processes that lived at the last refresh. */
    public long pssBytes() {
        long bytes = 0;
        for (long pid : members.keySet()) {
            bytes += pssBytes(pid);
        }
        return bytes;
    }

    private void sortIn(Stat stat, Map<Long, Stat> newcomers) {
        Long start = members.get(stat.pid());
        if (start != null && start == stat.start()) {
            count(stat);
        } else {
            members.remove(stat.pid()); // its number is somebody else's now
            newcomers.put(stat.pid(), stat);
        }
    }

    private void count(Stat stat) {
        members.put(stat.pid(), stat.start());
        ticks.put(new Identity(stat.pid(), stat.start()), stat.ticks());
    }

    private boolean belongs(Stat stat, Map<Long, Stat> newcomers) {
        Stat at = stat;
        for (int depth = 0; at != null && depth < 64; depth++) {
            if (at.pid() == root || members.containsKey(at.parent())) {
                return true;
            }
            at = newcomers.get(at.parent());
        }
        return false;
    }

    private static Optional<Stat> readStat(long pid) {
        try {
            String line = Files.readString(PROC.resolve(pid + "/stat"));
            // the name, in parentheses, may hold anything: fields are counted from its end
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            long used = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            return Optional.of(new Stat(pid, Long.parseLong(fields[1]), Long.parseLong(fields[19]), used));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // it ended while it was read
        }
    }

    private static long pssBytes(long pid) {
        try {
            List<String> lines = Files.readAllLines(PROC.resolve(pid + "/smaps_rollup"));
            for (String line : lines) {
                if (line.startsWith("Pss:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException | RuntimeException e) {
            // it ended while it was read
        }
        return 0;
    }
}
