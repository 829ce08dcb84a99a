package dev.headstream.worker.egress;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The hosts that a flow may navigate to. Chromium itself is kept to the hosts of all loaded flows by its resolver rules,
 * which hold for redirects and subresources too; this policy is the flow's own, checked at every top-level navigation.
 */
public record HostPolicy(List<HostPattern> allowed) {
    private static final int SHOWN_URL_LENGTH = 200;

    public HostPolicy {
        allowed = List.copyOf(allowed);
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException("at least one host must be allowed");
        }
    }

    /** A policy of patterns as flows write them. */
    public static HostPolicy of(String... patterns) {
        return new HostPolicy(List.of(patterns).stream().map(HostPattern::parse).toList());
    }

    /** Whether the main frame may show this URL: http and https on an allowed host, and the empty page. */
    public boolean permits(String url) {
        if (url.equals("about:blank") || url.isEmpty()) {
            return true;
        }
        try {
            URI parsed = new URI(authorityOnly(url));
            String scheme = String.valueOf(parsed.getScheme()).toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https"))
                    && parsed.getHost() != null
                    && allowed.stream().anyMatch(pattern -> pattern.covers(parsed));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Why a URL is refused, and what would allow it. */
    public String refusal(String url) {
        String shown = withoutQuery(url);
        return "navigation to " + shown + " is not allowed: allowedHosts has "
                + allowed.stream().map(HostPattern::toString).collect(Collectors.joining(", "))
                + " (http and https only)";
    }

    /**
     * The hosts of these policies as Chromium's resolver rules know them: what the browser may reach, and nothing else.
     */
    public static List<String> resolvable(Collection<HostPolicy> policies) {
        return policies.stream()
                .flatMap(policy -> policy.allowed.stream())
                .map(HostPattern::resolverName)
                .distinct()
                .sorted()
                .toList();
    }

    /** Paths and queries of real pages hold characters that {@link URI} refuses; only the authority matters here. */
    private static String authorityOnly(String url) {
        int start = url.indexOf("://");
        if (start < 0) {
            return url;
        }
        int end = start + 3;
        while (end < url.length() && "/?#\\".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(0, end);
    }

    /** Queries hold tokens and personal data: they stay out of messages. */
    private static String withoutQuery(String url) {
        String shown = url.split("[?#]", 2)[0];
        return shown.length() > SHOWN_URL_LENGTH ? shown.substring(0, SHOWN_URL_LENGTH) + "..." : shown;
    }
}
