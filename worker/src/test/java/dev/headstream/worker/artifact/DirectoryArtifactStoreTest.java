package dev.headstream.worker.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.v1.Artifact;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectoryArtifactStoreTest {
    @TempDir
    private Path folder = Path.of(".");

    @ParameterizedTest
    @ValueSource(strings = {"shot.png", "../../shot.png", "/etc/passwd", "..", "", ".hidden", "a/b\\c:d\u0000e"})
    void store_givenAnyNames_expectsAFileBelowTheDirectory(String name) throws Exception {
        DirectoryArtifactStore store = new DirectoryArtifactStore(folder, 10);

        Artifact artifact = store.store("../" + name, name, "image/png", new byte[] {1, 2, 3});

        Path file = Path.of(URI.create(artifact.getUri()));
        assertThat(file.normalize()).startsWith(folder).hasParentRaw(file.getParent());
        assertThat(folder.relativize(file).getNameCount()).isEqualTo(2);
        assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
        assertThat(artifact.getBytes()).isEqualTo(3);
    }

    @Test
    void store_givenExecutionsThatLookAlike_expectsFoldersOfTheirOwn() throws Exception {
        DirectoryArtifactStore store = new DirectoryArtifactStore(folder, 10);

        String one = store.store("replay|job", "a", "text/plain", new byte[1]).getUri();
        String two = store.store("replay/job", "a", "text/plain", new byte[1]).getUri();

        assertThat(one).isNotEqualTo(two);
    }

    @Test
    void store_givenTheSameNameAgain_expectsOneFileWithTheNewContent() throws Exception {
        DirectoryArtifactStore store = new DirectoryArtifactStore(folder, 10);

        store.store("job", "a", "text/plain", new byte[] {1});
        Path file = Path.of(
                URI.create(store.store("job", "a", "text/plain", new byte[] {2}).getUri()));

        assertThat(Files.readAllBytes(file)).containsExactly(2);
        try (Stream<Path> files = Files.list(file.resolveSibling("."))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void store_givenTooLarge_expectsRefusalThatNamesTheLimit() {
        DirectoryArtifactStore store = new DirectoryArtifactStore(folder, 2);

        assertThatThrownBy(() -> store.store("job", "big.png", "image/png", new byte[3]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'big.png' has 3 bytes, at most 2");
        assertThat(folder).isEmptyDirectory();
    }
}
