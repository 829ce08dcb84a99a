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
            assertThat(claimed.temporary()).isEmptyDirectory();
            assertThat(claimed.downloads()).isEmptyDirectory();
        }

        assertThat(kept).hasContent("mine");
        assertThat(base.resolve("0")).doesNotExist();
    }

    @Test
    void claim_givenSlotHeld_expectsTheNextAndTheFirstAgainWhenItIsFree() {
        WorkDirectory first = WorkDirectory.claim(folder);
        try (WorkDirectory second = WorkDirectory.claim(folder)) {
            assertThat(second.temporary()).isEqualTo(folder.resolve("1/tmp"));
            first.close();
            try (WorkDirectory third = WorkDirectory.claim(folder)) {
                assertThat(third.temporary()).isEqualTo(folder.resolve("0/tmp"));
            }
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
