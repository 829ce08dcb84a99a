package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BrowserConfigTest {
    private final BrowserConfig defaults = BrowserConfig.defaults();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "portal.example",
                "*.portal.example",
                "127.0.0.1",
                "[::1]",
                "localhost",
                "a_b.example",
                "portal.example:8080",
                "[::1]:8080"
            })
    void new_givenHost_expectsItAccepted(String host) {
        assertThat(defaults.withAllowedHosts(List.of(host)).allowedHosts()).contains(List.of(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://portal.example",
                "portal.example:x",
                "portal.example:8080/",
                "a.example, EXCLUDE *",
                "*",
                "a b"
            })
    void new_givenWhatIsNoHost_expectsItNamed(String host) {
        assertThatThrownBy(() -> defaults.withAllowedHosts(List.of(host)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + host + "\"");
    }

    @Test
    void new_givenDirectoryTooDeepForSockets_expectsTheLimit() {
        Path deep = Path.of("/var/lib/a-folder-with-quite-a-long-name/and-another-one/in-it");

        assertThatThrownBy(() -> defaults.withWorkDirectory(deep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(deep.toString())
                .hasMessageContaining("at most " + BrowserConfig.MAX_DIRECTORY_BYTES);
    }

    @Test
    void new_givenNoTimeToStart_expectsTheMinimum() {
        assertThatThrownBy(() -> defaults.withStartTimeout(Duration.ofMillis(10)))
                .hasMessageContaining("10 ms")
                .hasMessageContaining("1000");
    }
}
