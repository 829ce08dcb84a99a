package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.worker.egress.HostPattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResourceBlockTest {

    @ParameterizedTest
    @CsvSource({
        "portal.example, portal.example:*",
        "portal.example:443, portal.example:443",
        "portal.example:80, portal.example:80",
        "*.portal.example, *.portal.example:*",
        "[::1], [\\:\\:1]:*",
        "[::1]:81, [\\:\\:1]:81",
    })
    void ofHost_givenAnAllowedHost_expectsAPatternForEachSchemeWithItsPort(String host, String pattern) {
        assertThat(ResourceBlock.ofHost(HostPattern.parse(host)))
                .containsExactly("http://" + pattern + "/*", "https://" + pattern + "/*");
    }
}
