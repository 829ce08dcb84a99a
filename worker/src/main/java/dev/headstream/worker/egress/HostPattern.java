package dev.headstream.worker.egress;

import java.net.URI;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One allowed host: {@code portal.example} on any port, {@code portal.example:8443} on that port alone, {@code
 * *.portal.example} for every host below it (not for it itself), IPv6 in brackets.
 */
public record HostPattern(String host, boolean belowOnly, OptionalInt port) {
    private static final Pattern FORM = Pattern.compile(
            "(?<below>\\*\\.)?(?<host>\\[[0-9a-f:.]+]|[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*)"
                    + "(:(?<port>\\d{1,5}))?");

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException saying what is wrong and what is allowed
     */
    public static HostPattern parse(String text) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a host: write portal.example, *.portal.example or"
                    + " portal.example:8443, without scheme or path");
        }
        String port = matcher.group("port");
        if (port != null && (Integer.parseInt(port) == 0 || Integer.parseInt(port) > 65_535)) {
            throw new IllegalArgumentException("'" + text + "': a port is a number from 1 to 65535");
        }
        return new HostPattern(
                matcher.group("host"),
                matcher.group("below") != null,
                port == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(port)));
    }

    /** Whether a URL with a host is on this host. */
    boolean covers(URI url) {
        String actual = withoutTrailingDot(url.getHost().toLowerCase(Locale.ROOT));
        boolean sameHost = belowOnly ? actual.endsWith("." + host) : actual.equals(host);
        return sameHost && (port.isEmpty() || port.getAsInt() == effectivePort(url));
    }

    private static int effectivePort(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }

    private static String withoutTrailingDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** The host as Chromium's rules take it: with its port, unless it stands for many hosts, for then they know none. */
    String resolverName() {
        return belowOnly ? "*." + host : toString();
    }

    @Override
    public String toString() {
        return (belowOnly ? "*." : "") + host + (port.isPresent() ? ":" + port.getAsInt() : "");
    }
}
