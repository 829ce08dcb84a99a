package dev.headstream.loadgen.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class CleanupTest {
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());
    private final Cleanup cleanup = new Cleanup();

    @Test
    void close_givenOpened_expectsAllEndedInReverseOrderOnce() throws Exception {
        open("folder");
        open("stack");
        cleanup.open("bad", () -> () -> {
            throw new IllegalStateException("does not end");
        });
        open("worker");

        cleanup.close();
        cleanup.close();

        assertThat(ended).containsExactly("worker", "stack", "folder");
    }

    @Test
    void open_givenClosed_expectsNothingOpened() {
        cleanup.close();

        assertThatThrownBy(() -> open("late")).isInstanceOf(Cleanup.StoppedException.class);
        assertThat(ended).isEmpty();
    }

    @Test
    void close_givenSomethingStillOpening_expectsItEndedToo() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        Thread opener = new Thread(() -> {
            try {
                cleanup.open("slow", () -> {
                    opening.countDown();
                    assertThat(closing.await(20, TimeUnit.SECONDS)).isTrue();
                    return (AutoCloseable) () -> ended.add("slow");
                });
            } catch (Exception unexpected) {
                ended.add(unexpected.toString());
            }
        });
        opener.start();
        opening.await();

        Thread closer = new Thread(cleanup::close);
        closer.start();
        while (!cleanup.isClosing()) {
            Thread.onSpinWait();
        }
        closing.countDown();
        closer.join();
        opener.join();

        assertThat(ended).containsExactly("slow");
    }

    @Test
    void createShort_givenLongTemporaryFolder_expectsPathThatABrowserCanUseAndGoneAfterwards() throws Exception {
        String usual = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", usual + "/" + "x".repeat(60));
        try {
            ScratchFolder folder = ScratchFolder.createShort();
            Files.createDirectories(folder.path().resolve("profile/cache"));
            Files.writeString(folder.path().resolve("profile/cache/file"), "x");

            assertThat(folder.path().toString()).hasSizeLessThanOrEqualTo(40);
            folder.close();
            assertThat(folder.path()).doesNotExist();
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    private void open(String name) throws Exception {
        cleanup.open(name, () -> (AutoCloseable) () -> ended.add(name));
    }
}
