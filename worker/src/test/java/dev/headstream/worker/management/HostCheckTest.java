package dev.headstream.worker.management;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostCheckTest {
    private final HostCheck check = new HostCheck("127.0.0.5");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:9464",
                "localhost:80",
                "LOCALHOST",
                "[::1]:9464",
                "127.0.0.5:1",
                " localhost "
            })
    void accepts_givenANameOfThisMachine_expectsYes(String host) {
        assertThat(check.accepts(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:9464",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "evil.example#127.0.0.1",
                "127.0.0.1@evil.example",
                "127.0.0.1:9464:1",
                "10.0.0.7"
            })
    void accepts_givenAnyOtherName_expectsNo(String host) {
        assertThat(check.accepts(host)).isFalse();
    }

    @Test
    void accepts_givenNone_expectsYes() {
        assertThat(check.accepts(null)).isTrue();
    }
}
