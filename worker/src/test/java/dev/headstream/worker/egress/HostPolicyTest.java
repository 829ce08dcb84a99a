package dev.headstream.worker.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPolicyTest {
    private static final HostPolicy POLICY =
            HostPolicy.of("portal.example", "*.cdn.example", "127.0.0.1:8080", "[::1]");

    @ParameterizedTest
    @CsvSource({
        "https://portal.example/, true",
        "http://PORTAL.example:9000/a?b=c#d, true",
        "https://portal.example./, true",
        "https://portal.example/a b|c, true",
        "https://evil.example/, false",
        "https://portal.example.evil.example/, false",
        "https://notportal.example/, false",
        "https://sub.portal.example/, false",
        "https://a.cdn.example/x, true",
        "https://a.b.cdn.example/x, true",
        "https://cdn.example/x, false",
        "https://evilcdn.example/x, false",
        "http://127.0.0.1:8080/, true",
        "http://127.0.0.1:8081/, false",
        "http://127.0.0.1/, false",
        "http://[::1]:77/, true",
        "https://portal.example@evil.example/, false",
        "https://evil.example\\@portal.example/, false",
        "ftp://portal.example/, false",
        "file:///etc/passwd, false",
        "javascript:alert(1), false",
        "data:text/html;x, false",
        "about:blank, true",
        "about:srcdoc, false",
        "chrome://version, false",
        "blob:https://portal.example/1, false",
    })
    void permits_givenAUrl_expectsAllowedHostsOnly(String url, boolean permitted) {
        assertThat(POLICY.permits(url)).isEqualTo(permitted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://portal.example", "portal.example/x", "*", "a..b", "", "-a.example", "a:0", "a:70000"})
    void parse_givenNoHost_expectsRefusal(String text) {
        assertThatThrownBy(() -> HostPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void refusal_givenAUrlWithAQuery_expectsItLeftOut() {
        assertThat(POLICY.refusal("https://evil.example/x?token=abc"))
                .contains("https://evil.example/x", "*.cdn.example", "127.0.0.1:8080")
                .doesNotContain("abc");
    }

    @Test
    void resolvable_givenPolicies_expectsEachOnceWithItsPortUnlessItStandsForMany() {
        assertThat(HostPolicy.resolvable(List.of(POLICY, HostPolicy.of("portal.example:1", "*.cdn.example:8443"))))
                .containsExactly("*.cdn.example", "127.0.0.1:8080", "[::1]", "portal.example", "portal.example:1");
    }
}
