package com.microsoft.playwright.impl;

import com.microsoft.playwright.PlaywrightException;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Playwright's URL globs ({@code *} within a path segment, {@code **} across segments, <code>{a,b}</code> either) as
 * regular expressions, as its {@code urlMatch.ts} translates them. A test holds the two against each other.
 */
@NullMarked
final class UrlGlob {
    private static final String SPECIAL = "$^+.*()|\\?{}[]";
    private static final Pattern OPAQUE = Pattern.compile("(?s)(about|data|chrome|edge|file):.*");
    private static final Pattern ORIGIN = Pattern.compile("(?s)([a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)(.*)");

    private UrlGlob() {}

    static Pattern compile(String glob, @Nullable String baseUrl, boolean webSocketUrl) {
        return Pattern.compile(regex(absolute(glob, webSocketUrl ? toWebSocket(baseUrl) : baseUrl)));
    }

    private static @Nullable String toWebSocket(@Nullable String baseUrl) {
        boolean http = baseUrl != null && baseUrl.toLowerCase(Locale.ROOT).matches("(?s)https?://.*");
        return http && baseUrl != null ? "ws" + baseUrl.substring("http".length()) : baseUrl;
    }

    /** A glob that starts with a wildcard matches anywhere; any other is a URL, relative to the base if it has no scheme. */
    private static String absolute(String glob, @Nullable String baseUrl) {
        if (glob.startsWith("*") || OPAQUE.matcher(glob).matches()) {
            return glob;
        }
        Matcher origin = ORIGIN.matcher(glob);
        if (origin.matches()) {
            String path = origin.group(2);
            return origin.group(1).toLowerCase(Locale.ROOT) + (path.startsWith("/") ? "" : "/") + path;
        }
        return baseUrl == null ? glob : resolve(URI.create(baseUrl), glob);
    }

    private static String resolve(URI base, String glob) {
        String origin = base.getScheme() + "://" + base.getRawAuthority();
        if (glob.startsWith("/")) {
            return origin + glob;
        }
        String path = base.getRawPath() == null || base.getRawPath().isEmpty() ? "/" : base.getRawPath();
        String relative = glob.startsWith("./") ? glob.substring(2) : glob;
        return origin + path.substring(0, path.lastIndexOf('/') + 1) + relative;
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder("^");
        boolean inGroup = false;
        int at = 0;
        while (at < glob.length()) {
            char c = glob.charAt(at);
            if (c == '*') {
                at = star(glob, at, regex);
                continue;
            }
            at++;
            switch (c) {
                case '\\' -> literal(regex, at < glob.length() ? glob.charAt(at++) : c);
                case '{' -> {
                    require(!inGroup, glob, "nested '{' is not supported");
                    inGroup = true;
                    regex.append('(');
                }
                case '}' -> {
                    require(inGroup, glob, "unmatched '}'");
                    inGroup = false;
                    regex.append(')');
                }
                case ',' -> regex.append(inGroup ? "|" : ",");
                default -> literal(regex, c);
            }
        }
        require(!inGroup, glob, "unmatched '{'");
        return regex.append('$').toString();
    }

    /** Translates the run of stars that begins here; returns where the rest goes on. */
    private static int star(String glob, int from, StringBuilder regex) {
        int end = from;
        while (end < glob.length() && glob.charAt(end) == '*') {
            end++;
        }
        if (end - from == 1) {
            regex.append("([^/]*)");
            return end;
        }
        if (end < glob.length() && glob.charAt(end) == '/') {
            regex.append(from > 0 && glob.charAt(from - 1) == '/' ? "((.+/)|)" : "(.*/)");
            return end + 1;
        }
        regex.append("(.*)");
        return end;
    }

    private static void literal(StringBuilder regex, char c) {
        if (SPECIAL.indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    private static void require(boolean holds, String glob, String problem) {
        if (!holds) {
            throw new PlaywrightException("Invalid glob pattern \"" + glob + "\": " + problem);
        }
    }
}
