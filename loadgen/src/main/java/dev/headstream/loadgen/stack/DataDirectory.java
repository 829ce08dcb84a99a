package dev.headstream.loadgen.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A directory that one owner holds at a time, by a lock of the operating system, which ends with its process however that
 * dies. A temporary one is deleted when it is closed. Thread-safe.
 */
final class DataDirectory implements AutoCloseable {
    private static final String LOCK = ".lock";

    private final Path path;
    private final boolean temporary;
    private final FileChannel lock;

    private DataDirectory(Path path, boolean temporary, FileChannel lock) {
        this.path = path;
        this.temporary = temporary;
        this.lock = lock;
    }

    /**
     * Opens the directory, making it where it does not exist; a new temporary one if none is named.
     *
     * @throws StackException if another owner holds it or it cannot be written
     */
    static DataDirectory open(@Nullable Path directory, String purpose) {
        try {
            Path path = directory == null
                    ? Files.createTempDirectory("headstream-" + purpose + "-")
                    : Files.createDirectories(directory.toAbsolutePath().normalize());
            return new DataDirectory(path, directory == null, lock(path));
        } catch (IOException failure) {
            throw new StackException(
                    "cannot use the data directory " + directory + " for " + purpose + ": " + failure
                            + "; name a directory that this user can write",
                    failure);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock held = tryLock(channel);
            if (held == null) {
                throw new StackException("the data directory " + path + " is in use by process " + read(channel)
                        + "; stop that one first, or name another directory");
            }
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(
                    String.valueOf(ProcessHandle.current().pid())));
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldInThisJvm) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        channel.read(bytes, 0);
        return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }

    Path path() {
        return path;
    }

    boolean temporary() {
        return temporary;
    }

    /** Replaces a file of this directory so that after a crash it holds either the old or the new content in full. */
    void replace(String name, byte[] content) throws IOException {
        Path target = path.resolve(name);
        Path draft = path.resolve(name + ".new");
        try (FileChannel file = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The name itself is durable only once the directory is
        try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
            if (temporary) {
                deleteRecursively(path);
            }
        } catch (IOException failure) {
            throw new StackException("cannot release the data directory " + path + ": " + failure, failure);
        }
    }

    private static void deleteRecursively(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
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
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
