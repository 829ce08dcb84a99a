package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkDirectoryTest {
    @TempDir
    Path folder = Path.of("unset");

    @Test
    void claim_givenLeftoversAndALinkOutOfIt_expectsThemGoneAndTheLinksTargetKept() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "mine");
        Path base = folder.resolve("work");
        Files.createDirectories(base.resolve("0/tmp/profile/Default"));
        Files.createSymbolicLink(base.resolve("0/tmp/link"), folder);

        try (WorkDirectory claimed = WorkDirectory.claim(base)) {
            Path browser = claimed.newBrowserFolder();
            assertThat(browser).isEqualTo(base.resolve("0/b0"));
            assertThat(WorkDirectory.downloads(browser)).isEmptyDirectory();
            assertThat(base.resolve("0/tmp")).doesNotExist();
        }

        assertThat(kept).hasContent("mine");
        assertThat(base.resolve("0")).doesNotExist();
    }

    @Test
    void claim_givenSlotHeld_expectsTheNextAndTheFirstAgainWhenItIsFree() {
        WorkDirectory first = WorkDirectory.claim(folder);
        try (WorkDirectory second = WorkDirectory.claim(folder)) {
            assertThat(second.playwrightCore()).isEqualTo(folder.resolve("1/core"));
            first.close();
            try (WorkDirectory third = WorkDirectory.claim(folder)) {
                assertThat(third.playwrightCore()).isEqualTo(folder.resolve("0/core"));
            }
        }
    }

    @Test
    void newBrowserFolder_givenTwoBrowsersAndOneEnded_expectsItsNameAgain() throws IOException {
        try (WorkDirectory claimed = WorkDirectory.claim(folder)) {
            Path first = claimed.newBrowserFolder();
            Path second = claimed.newBrowserFolder();
            Files.writeString(first.resolve("left"), "by a page");

            claimed.deleteBrowserFolder(first);

            assertThat(second).isNotEqualTo(first).isDirectory();
            assertThat(first).doesNotExist();
            assertThat(claimed.newBrowserFolder()).isEqualTo(first);
        }
    }

    @Test
    void claim_givenNoBaseYet_expectsOneThatOnlyThisUserCanEnter() throws IOException {
        Path base = folder.resolve("new/base");

        WorkDirectory.claim(base).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base)))
                .isEqualTo("rwx------");
    }
}
