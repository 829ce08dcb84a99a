package dev.headstream.worker.browser;

import java.util.Map;
import java.util.Optional;

/**
 * What the browser context of a task looks like to the sites it visits.
 *
 * @param locale language tag, as {@code navigator.language}; empty: Chromium's own
 * @param timezone IANA name; empty: the machine's
 * @param userAgent empty: Chromium's own
 * @param viewport size of the page in CSS pixels
 * @param acceptDownloads whether downloads are kept, under the worker's directory, until the context closes
 * @param ignoreHttpsErrors whether certificates are not checked
 * @param headers sent with every request
 * @param storageState cookies and local storage to begin with, as {@code BrowserContext.storageState()} gives them; empty:
 *     none
 */
public record ContextSpec(
        Optional<String> locale,
        Optional<String> timezone,
        Optional<String> userAgent,
        Viewport viewport,
        boolean acceptDownloads,
        boolean ignoreHttpsErrors,
        Map<String, String> headers,
        Optional<String> storageState) {

    /** Size of a page in CSS pixels. */
    public record Viewport(int width, int height) {
        public Viewport {
            if (width < 1 || height < 1 || width > 16_384 || height > 16_384) {
                throw new IllegalArgumentException(
                        "viewport " + width + "x" + height + ": each side must be 1 to 16384 pixels");
            }
        }
    }

    /** A clean context, 1280 x 720, that accepts downloads. */
    public static final ContextSpec DEFAULT = new ContextSpec(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new Viewport(1280, 720),
            true,
            false,
            Map.of(),
            Optional.empty());

    public ContextSpec {
        headers = Map.copyOf(headers);
    }

    /** The same in another language. */
    public ContextSpec withLocale(String tag) {
        return new ContextSpec(
                Optional.of(tag),
                timezone,
                userAgent,
                viewport,
                acceptDownloads,
                ignoreHttpsErrors,
                headers,
                storageState);
    }

    /** The same in another size. */
    public ContextSpec withViewport(int width, int height) {
        return new ContextSpec(
                locale,
                timezone,
                userAgent,
                new Viewport(width, height),
                acceptDownloads,
                ignoreHttpsErrors,
                headers,
                storageState);
    }

    /** The same, beginning with these cookies and this local storage. */
    public ContextSpec withStorageState(String state) {
        return new ContextSpec(
                locale, timezone, userAgent, viewport, acceptDownloads, ignoreHttpsErrors, headers, Optional.of(state));
    }
}
