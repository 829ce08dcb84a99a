package dev.headstream.loadgen.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of processes, set while they run. By libfaketime, which is put before the C library of a process and leaves
 * its monotonic clock alone. Confined to one thread.
 */
final class WallClock {
    /** What to do where it is missing. */
    static final String ADVICE = "needs libfaketime (Debian, Ubuntu: apt-get install libfaketime)";

    private static final List<Path> ROOTS = List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"));
    private static final String LIBRARY = "libfaketimeMT.so.1";

    private final Path library;
    private final Path file;

    private WallClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Whether this machine has what it takes. */
    static boolean isAvailable() {
        return library().isPresent();
    }

    /**
     * A clock that shows the right time.
     *
     * @param folder where it is kept
     * @throws IllegalStateException if it is not {@link #isAvailable() available}
     */
    static WallClock in(Path folder) throws IOException {
        Path library = library().orElseThrow(() -> new IllegalStateException("a clock that can be set " + ADVICE));
        WallClock clock = new WallClock(library, folder.resolve("clock"));
        clock.ahead(Duration.ZERO);
        return clock;
    }

    private static Optional<Path> library() {
        return ROOTS.stream().flatMap(WallClock::under).findFirst();
    }

    /** Where distributions put it: below the folder of libraries, or of those of one architecture. */
    private static Stream<Path> under(Path root) {
        try (Stream<Path> folders = Files.list(root)) {
            return Stream.concat(Stream.of(root), folders.sorted().toList().stream())
                    .map(folder -> folder.resolve("faketime").resolve(LIBRARY))
                    .filter(Files::exists);
        } catch (IOException none) {
            return Stream.empty();
        }
    }

    /** What a process needs in its environment to go by it. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_NO_CACHE", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1");
    }

    /** Sets it so far ahead of the right time, for all processes at once; behind, if negative. */
    void ahead(Duration time) throws IOException {
        Path next = file.resolveSibling("clock.next");
        Files.writeString(next, (time.isNegative() ? "" : "+") + time.toSeconds());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
