package dev.headstream.worker.capacity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A {@code /proc} of files, laid out as the kernel lays out its own. */
final class FakeProc {
    private final Path root;

    FakeProc(Path root) {
        this.root = root;
    }

    Path path() {
        return root;
    }

    FakeProc process(long pid, long parent, String commandLine, long pssKib) {
        return unreadable(pid, parent, commandLine, 0, 0, 0)
                .write(
                        pid + "/smaps_rollup",
                        "555-7ff ---p 0 00:00 0 [rollup]\nRss:  999999 kB\nPss:  " + pssKib + " kB\n");
    }

    /** A process that shows its RSS only. */
    FakeProc unreadable(long pid, long parent, String commandLine, long anon, long file, long shmem) {
        return write(pid + "/stat", pid + " (odd ) name (x) S " + parent + " 1 1 0 -1")
                .write(pid + "/cmdline", commandLine)
                .write(
                        pid + "/status",
                        "Name: x\nRssAnon:\t" + anon + " kB\nRssFile:\t" + file + " kB\nRssShmem:\t" + shmem + " kB\n");
    }

    FakeProc write(String name, String content) {
        try {
            Path file = root.resolve(name);
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
