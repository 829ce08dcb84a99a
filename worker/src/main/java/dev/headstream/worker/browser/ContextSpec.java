package dev.headstream.worker.browser;

import java.util.List;
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
 * @param place where its pages are told to be, if they have the permission; empty: nowhere
 * @param permissions what its pages may do without asking, in Playwright's words
 * @param credentials for HTTP's own authentication; empty: none
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
        Optional<Place> place,
        List<String> permissions,
        Optional<Credentials> credentials,
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

    /** A place on earth, in degrees, and how exactly it is known, in metres. */
    public record Place(double latitude, double longitude, double accuracy) {
        public Place {
            boolean valid = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && accuracy >= 0;
            if (!valid || Double.isInfinite(accuracy)) {
                throw new IllegalArgumentException("the place " + latitude + ", " + longitude + " to " + accuracy
                        + " m: latitude is -90 to 90, longitude -180 to 180 degrees, accuracy 0 m or more");
            }
        }
    }

    /** A login for HTTP's own authentication; it is given to this origin and to no other, and prints without the password. */
    public record Credentials(String origin, String username, String password) {
        @Override
        public String toString() {
            return "Credentials[origin=" + origin + ", username=" + username + ", password=***]";
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
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty());

    public ContextSpec {
        headers = Map.copyOf(headers);
        permissions = List.copyOf(permissions);
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
                place,
                permissions,
                credentials,
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
                place,
                permissions,
                credentials,
                storageState);
    }

    /** The same with a login. */
    public ContextSpec withCredentials(Credentials login) {
        return new ContextSpec(
                locale,
                timezone,
                userAgent,
                viewport,
                acceptDownloads,
                ignoreHttpsErrors,
                headers,
                place,
                permissions,
                Optional.of(login),
                storageState);
    }

    /** The same, beginning with these cookies and this local storage. */
    public ContextSpec withStorageState(String state) {
        return new ContextSpec(
                locale,
                timezone,
                userAgent,
                viewport,
                acceptDownloads,
                ignoreHttpsErrors,
                headers,
                place,
                permissions,
                credentials,
                Optional.of(state));
    }
}
