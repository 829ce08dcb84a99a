package dev.headstream.worker.browser;

import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one folder under which everything lives that this worker's browser writes: profile, downloads, temporary files, in a
 * folder for each browser, and the server's code. Claimed with a file lock and wiped at start, so that what a killed worker left is gone with its next
 * start and two workers never share one; deleted on close. Thread-safe once claimed.
 */
final class WorkDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);
    private static final int SLOTS = 256;
    /** One browser has one, two while one takes over; more only where folders cannot be deleted. */
    private static final int BROWSER_FOLDERS = 100;

    private final Path slot;
    private final FileChannel channel;
    private final FileLock lock;

    private WorkDirectory(Path slot, FileChannel channel, FileLock lock) {
        this.slot = slot;
        this.channel = channel;
        this.lock = lock;
    }

    /** A folder for this user under the machine's temporary folder. */
    static Path defaultBase() {
        String user = System.getProperty("user.name", "worker").replaceAll("[^A-Za-z0-9_-]", "_");
        return Path.of(System.getProperty("java.io.tmpdir"), "headstream-" + user);
    }

    /** Claims the first slot under the base that no running worker holds. */
    static WorkDirectory claim(Path base) {
        try {
            createOwned(base);
            for (int number = 0; number < SLOTS; number++) {
                WorkDirectory claimed = tryClaim(base, number);
                if (claimed != null) {
                    return claimed;
                }
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new BrowserStartException(
                    Problem.WORK_DIRECTORY,
                    "cannot use " + base + " for the browser's files (" + e
                            + "): make it writable or configure another",
                    e);
        }
        throw new BrowserStartException(
                Problem.WORK_DIRECTORY, "all " + SLOTS + " slots under " + base + " are held by running workers");
    }

    /**
     * Node runs code out of this folder: whoever owns it could put in other code, so that must be this user or root. A
     * folder in a shared temporary directory may have been made by anybody.
     */
    private static void createOwned(Path base) throws IOException {
        if (!Files.exists(base, LinkOption.NOFOLLOW_LINKS)) {
            Path parent = base.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(
                    base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path probe = Files.createTempFile(base, "owner", "");
        String me = Files.getOwner(probe).getName();
        Files.delete(probe);
        String owner = Files.getOwner(base).getName();
        if (!owner.equals(me) && !owner.equals("root")) {
            throw new BrowserStartException(
                    Problem.WORK_DIRECTORY,
                    base + " belongs to " + owner + ", who could change the code that is run from it: delete it, or"
                            + " configure another folder");
        }
    }

    private static @Nullable WorkDirectory tryClaim(Path base, int number) throws IOException {
        FileChannel channel = FileChannel.open(
                base.resolve("slot-" + number + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
            if (lock == null) {
                return null;
            }
            WorkDirectory claimed = new WorkDirectory(base.resolve(String.valueOf(number)), channel, lock);
            claimed.wipe();
            return claimed;
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    private void wipe() throws IOException {
        deleteTree(slot);
        Files.createDirectory(slot);
        Files.createDirectory(playwrightCore());
    }

    /**
     * Makes a folder for one browser, the first name that is free: for what Node and Chromium write, the profile among
     * it. The name is short because Chromium's socket paths are limited.
     */
    Path newBrowserFolder() {
        for (int number = 0; number < BROWSER_FOLDERS; number++) {
            Path folder = slot.resolve("b" + number);
            try {
                Files.createDirectory(folder);
                Files.createDirectory(downloads(folder));
                return folder;
            } catch (FileAlreadyExistsException e) {
                LOG.atDebug()
                        .setMessage("folder is in use")
                        .addKeyValue("folder", folder)
                        .log();
            } catch (IOException e) {
                throw new BrowserStartException(
                        Problem.WORK_DIRECTORY, "cannot make " + folder + " for the browser's files: " + e, e);
            }
        }
        throw new BrowserStartException(
                Problem.WORK_DIRECTORY,
                "the folders of " + BROWSER_FOLDERS + " browsers under " + slot + " cannot be deleted");
    }

    /** Where the downloads of a browser are, in its folder. */
    static Path downloads(Path browserFolder) {
        return browserFolder.resolve("downloads");
    }

    Path playwrightCore() {
        return slot.resolve("core");
    }

    Path laneServer() {
        return slot.resolve("lane-server.js");
    }

    Path laneDriver() {
        return slot.resolve("lane-driver.js");
    }

    /** Deletes the folder of a browser that has ended. */
    void deleteBrowserFolder(Path folder) {
        try {
            deleteTree(folder);
        } catch (IOException e) {
            LOG.atWarn()
                    .setMessage("cannot delete the folder of a browser that has ended")
                    .addKeyValue("folder", folder)
                    .setCause(e)
                    .log();
        }
    }

    /** Deletes the slot's folder and gives the slot back; its empty lock file stays, for a lock must not be deleted. */
    @Override
    public void close() {
        try {
            deleteTree(slot);
        } catch (IOException e) {
            LOG.atWarn()
                    .setMessage("cannot delete the browser's folder; the next worker that claims it will")
                    .addKeyValue("folder", slot)
                    .setCause(e)
                    .log();
        }
        try (channel) {
            lock.release();
        } catch (IOException e) {
            LOG.atWarn()
                    .setMessage("cannot give the browser's folder back")
                    .setCause(e)
                    .log();
        }
    }

    /** Never follows links: a page can make a download, not decide what else is deleted. */
    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // a dying process tidied up after itself
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
