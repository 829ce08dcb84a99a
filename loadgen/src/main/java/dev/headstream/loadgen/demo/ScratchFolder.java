package dev.headstream.loadgen.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A temporary folder that is gone afterwards, or a folder of the user's that stays. */
public record ScratchFolder(Path path, boolean temporary) implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final int SHORT = 40;

    /** A temporary folder. */
    public static ScratchFolder create() throws IOException {
        return new ScratchFolder(Files.createTempDirectory("headstream-demo-"), true);
    }

    /**
     * A temporary folder with a path of at most {@value #SHORT} characters: a browser makes Unix sockets in its folder, whose
     * paths the kernel limits to 108 bytes.
     */
    public static ScratchFolder createShort() throws IOException {
        String name =
                String.format("headstream-%06x", ThreadLocalRandom.current().nextInt(1 << 24));
        Path usual = Path.of(System.getProperty("java.io.tmpdir"), name).toAbsolutePath();
        Path path = usual.toString().length() <= SHORT ? usual : Path.of("/tmp", name);
        // of this user alone, as those of createTempDirectory are
        FileAttribute<?> owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        return new ScratchFolder(Files.createDirectory(path, owner), true);
    }

    /** A folder that stays, made if it is missing. */
    public static ScratchFolder kept(Path path) throws IOException {
        return new ScratchFolder(Files.createDirectories(path).toAbsolutePath(), false);
    }

    /** A folder in it, made if it is missing. */
    public Path folder(String name) throws IOException {
        return Files.createDirectories(path.resolve(name));
    }

    @Override
    public void close() throws IOException {
        if (!temporary) {
            return;
        }
        for (int attempt = 1; Files.exists(path); attempt++) {
            try {
                Files.walkFileTree(path, new Deletion());
            } catch (IOException stillWritten) {
                // a process that was killed a moment ago may have written while we deleted
                if (attempt == ATTEMPTS) {
                    throw stillWritten;
                }
            }
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
