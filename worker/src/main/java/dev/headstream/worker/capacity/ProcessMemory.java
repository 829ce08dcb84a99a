package dev.headstream.worker.capacity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures a process and all its descendants by proportional set size (PSS): a page that several processes share counts
 * for each in its share, so that the sum is what would be free if all of them ended. RSS counts shared pages once for
 * each process and is twice too high for a browser.
 *
 * <p>The kernel shows {@code smaps_rollup} only to those who may trace a process. Renderers in Chromium's sandbox are
 * not traceable for an ordinary user; for those {@code RssAnon} plus an equal share of the pages that Chromium's
 * processes share stands in, and {@link MemoryReading#estimated()} says so. Five renderers of 83 MB PSS came to 103 MB
 * that way, and to 435 MB by RSS. Processes that end while they are looked at are left out.
 *
 * <p>Linux only; elsewhere readings are empty. Thread-safe. A reading of ten processes takes some 20 ms, most of it in
 * the kernel: not for a thread that others wait for.
 */
public final class ProcessMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMemory.class);
    private static final int KIB = 1024;

    private final Path proc;
    private final long root;
    private volatile boolean saidEstimated;

    /** What one process uses; {@code shared} is part of an estimate, zero where PSS is known. */
    private record Use(ProcessKind kind, long own, long shared, boolean estimated) {}

    ProcessMemory(Path proc, long root) {
        this.proc = proc;
        this.root = root;
    }

    /** Measures the process that this runs in, with its descendants. */
    public static ProcessMemory ofThisProcess() {
        return new ProcessMemory(Path.of("/proc"), ProcessHandle.current().pid());
    }

    /** Measures now. */
    public MemoryReading read() {
        List<Use> uses = new ArrayList<>();
        for (long pid : tree()) {
            use(pid).ifPresent(uses::add);
        }
        int estimated = (int) uses.stream().filter(Use::estimated).count();
        if (estimated > 0 && !saidEstimated) {
            saidEstimated = true;
            LOG.atInfo()
                    .addKeyValue("processes", estimated)
                    .log("Some processes do not show their PSS to this user; their memory is estimated from RSS");
        }
        long sharers = uses.stream().filter(use -> use.kind.isChromium()).count();
        Map<ProcessKind, Long> bytes = new EnumMap<>(ProcessKind.class);
        for (Use use : uses) {
            bytes.merge(use.kind, use.own + use.shared / Math.max(1, sharers), Long::sum);
        }
        return new MemoryReading(bytes, uses.size(), estimated);
    }

    /** The root and its descendants; a process whose parent ended belongs to init and is no longer among them. */
    private List<Long> tree() {
        Map<Long, List<Long>> children = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(String.valueOf(entry.getFileName()));
                parent(pid).ifPresent(parent -> children.computeIfAbsent(parent, key -> new ArrayList<>())
                        .add(pid));
            }
        } catch (IOException | RuntimeException noProc) {
            LOG.debug("Cannot list processes", noProc);
            return List.of();
        }
        List<Long> tree = new ArrayList<>();
        Deque<Long> left = new ArrayDeque<>(List.of(root));
        while (!left.isEmpty()) {
            Long pid = left.remove();
            tree.add(pid);
            left.addAll(children.getOrDefault(pid, List.of()));
        }
        return tree;
    }

    /** The fourth field of {@code stat}; the second is the name in parentheses and may hold anything. */
    private Optional<Long> parent(long pid) {
        return text(pid, "stat").flatMap(stat -> {
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            return fields.length > 1 ? Optional.of(Long.parseLong(fields[1])) : Optional.empty();
        });
    }

    private Optional<Use> use(long pid) {
        Optional<String> commandLine = text(pid, "cmdline").filter(line -> !line.isEmpty()); // empty: a zombie
        if (commandLine.isEmpty()) {
            return Optional.empty();
        }
        ProcessKind kind = pid == root ? ProcessKind.JVM : ProcessKind.of(commandLine.get());
        Optional<Long> pss = text(pid, "smaps_rollup").map(rollup -> kibibytes(rollup, "Pss:"));
        if (pss.isPresent()) {
            return Optional.of(new Use(kind, pss.get(), 0, false));
        }
        return text(pid, "status")
                .map(status -> new Use(
                        kind,
                        kibibytes(status, "RssAnon:"),
                        kibibytes(status, "RssFile:") + kibibytes(status, "RssShmem:"),
                        true));
    }

    private static long kibibytes(String text, String field) {
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(field)) {
                return Long.parseLong(
                                line.substring(field.length()).replace("kB", "").strip())
                        * KIB;
            }
        }
        return 0;
    }

    /** Empty if the process ended meanwhile, or if this user may not read the file. */
    private Optional<String> text(long pid, String file) {
        try {
            Path path = proc.resolve(Long.toString(pid)).resolve(file);
            return Optional.of(new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
        } catch (IOException goneOrForbidden) {
            return Optional.empty();
        }
    }
}
