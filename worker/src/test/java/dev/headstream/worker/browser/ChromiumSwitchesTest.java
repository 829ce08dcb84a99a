package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.impl.driver.Driver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ChromiumSwitchesTest {

    /** The last --disable-features wins, so ours must repeat what Playwright turns off. */
    @Test
    void of_givenTheDriverOfThisRelease_expectsItsDisabledFeaturesRepeated() throws IOException {
        Matcher list = Pattern.compile("disabledFeatures = \\[(.*?)]\\.filter", Pattern.DOTALL)
                .matcher(driver());
        assertThat(list.find()).isTrue();

        List<String> features = Pattern.compile("(?m)^\\s*\"(\\w+)\",?$")
                .matcher(list.group(1))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(ChromiumSwitches.PLAYWRIGHT_DISABLED_FEATURES).containsExactlyElementsOf(features);
        assertThat(ChromiumSwitches.of(BrowserConfig.defaults())).anySatisfy(argument -> assertThat(argument)
                .startsWith("--disable-features=" + String.join(",", features) + ",WebUIOmniboxPopup"));
    }

    @Test
    void of_givenTheDriverOfThisRelease_expectsItsEnabledFeaturesRepeated() throws IOException {
        List<String> features = Pattern.compile("\"--enable-features=([\\w,]+)\"")
                .matcher(driver())
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(features).containsExactly(String.join(",", ChromiumSwitches.PLAYWRIGHT_ENABLED_FEATURES));
        assertThat(ChromiumSwitches.of(BrowserConfig.defaults()))
                .contains("--enable-features=" + features.get(0) + ",NetworkServiceInProcess2");
    }

    @Test
    void of_givenWebgl_expectsItsRendererKept() {
        assertThat(ChromiumSwitches.of(BrowserConfig.defaults())).contains("--disable-software-rasterizer");
        assertThat(ChromiumSwitches.of(BrowserConfig.defaults().withWebgl(true)))
                .doesNotContain("--disable-software-rasterizer");
    }

    private static String driver() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                Driver.class.getClassLoader().getResourceAsStream("driver/package/lib/coreBundle.js"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void of_givenNoHosts_expectsNoRule() {
        assertThat(ChromiumSwitches.of(BrowserConfig.defaults()))
                .noneMatch(argument -> argument.contains("host-resolver"));
    }

    @Test
    void of_givenHosts_expectsEveryOtherUnknown() {
        BrowserConfig config = BrowserConfig.defaults().withAllowedHosts(List.of("portal.example", "*.cdn.example"));

        assertThat(ChromiumSwitches.of(config))
                .contains("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE portal.example , EXCLUDE *.cdn.example");
    }

    @Test
    void of_givenHostOnOnePort_expectsItMappedToItselfBeforeEveryOtherIsUnknown() {
        BrowserConfig config =
                BrowserConfig.defaults().withAllowedHosts(List.of("127.0.0.1:8080", "[::1]", "[::1]:81"));

        assertThat(ChromiumSwitches.of(config))
                .contains("--host-resolver-rules=MAP 127.0.0.1:8080 127.0.0.1:8080 , MAP [::1]:81 [::1]:81 ,"
                        + " MAP * ~NOTFOUND , EXCLUDE ::1");
    }
}
