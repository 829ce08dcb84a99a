package com.microsoft.playwright.impl;

import com.google.gson.JsonObject;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the LocalUtils of a local driver, which a lane has not: URL globs are translated here. Tracing and HAR
 * replay need a local driver and stay unsupported.
 */
@NullMarked
final class LaneLocalUtils extends LocalUtils {

    LaneLocalUtils(ChannelOwner parent) {
        super(parent, "LocalUtils", "lane-local-utils", new JsonObject());
    }

    @Override
    public Pattern globToRegex(String glob, @Nullable String baseUrl, boolean webSocketUrl) {
        return UrlGlob.compile(glob, baseUrl, webSocketUrl);
    }
}
