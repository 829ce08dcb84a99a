package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.PlaywrightException;
import org.junit.jupiter.api.Test;

final class LaunchReportTest {
    private static final String FAILED =
            """
            browserType.launchServer: Failed to launch the browser process.
            Browser logs:

            <launching> /usr/lib/chromium/chromium --disable-field-trial-config --no-error-at-all
            <launched> pid=4711
            [pid=4711][err] [1124/0848:ERROR:dbus/bus.cc:405] Failed to connect to the bus
            [pid=4711][err] chromium: error while loading shared libraries: libnss3.so: cannot open shared object file
            [pid=4711] <process did exit: exitCode=127, signal=null>
            [pid=4711] starting temporary directories cleanup
            """;

    @Test
    void usefulLines_givenPlaywrightsLog_expectsTheOneThatSaysWhy() {
        assertThat(LaunchReport.usefulLines(FAILED))
                .isEqualTo(
                        "chromium: error while loading shared libraries: libnss3.so: cannot open shared object file");
    }

    @Test
    void usefulLines_givenNothingThatLooksLikeAnError_expectsTheFirstLines() {
        assertThat(LaunchReport.usefulLines("hello\n\nworld\n")).isEqualTo("hello; world");
    }

    @Test
    void firstLine_givenPlaywrightsError_expectsItsMessageWithoutTheLog() {
        PlaywrightException failure = new PlaywrightException("Error {\n  message='Target closed\nBrowser logs:\n...");

        assertThat(LaunchReport.firstLine(failure)).isEqualTo("PlaywrightException: Target closed");
    }
}
