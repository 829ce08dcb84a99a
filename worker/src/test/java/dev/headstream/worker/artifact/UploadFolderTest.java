package dev.headstream.worker.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UploadFolderTest {
    @TempDir
    private Path directory;

    @Test
    void read_givenAPathOutOfTheFolder_expectsItRefused() throws Exception {
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Path folder = Files.createDirectory(directory.resolve("up"));
        Files.createSymbolicLink(folder.resolve("link.txt"), directory.resolve("secret.txt"));
        Files.writeString(folder.resolve("terms.txt"), "terms");
        UploadFolder files = new UploadFolder(Optional.of(folder), 10);

        assertThat(files.read("terms.txt")).hasSize(5);
        assertThatThrownBy(() -> files.read("../secret.txt")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> files.read("link.txt")).hasMessageContaining("link that leads out");
        assertThatThrownBy(() -> files.read("/etc/hostname")).isInstanceOf(IOException.class);
    }

    @Test
    void read_givenNoFolder_expectsTheSettingNamed() {
        assertThatThrownBy(() -> UploadFolder.NONE.read("terms.txt")).hasMessageContaining("files.directory");
    }
}
