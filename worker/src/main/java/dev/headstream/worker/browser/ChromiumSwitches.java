package dev.headstream.worker.browser;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The switches that Chromium gets besides Playwright's own. Measured on pages with scripts and images: limits on
 * renderers, a process per site or no site isolation save nothing, so isolation is left as strong as it is.
 */
final class ChromiumSwitches {
    /**
     * The features that Playwright turns off by a switch of its own. Of several {@code --disable-features} the last wins,
     * so ours has to repeat them; a test holds the list against the driver's.
     */
    static final List<String> PLAYWRIGHT_DISABLED_FEATURES = List.of(
            "AvoidUnnecessaryBeforeUnloadCheckSync",
            "BoundaryEventDispatchTracksNodeRemoval",
            "DestroyProfileOnBrowserClose",
            "DialMediaRouteProvider",
            "GlobalMediaControls",
            "HttpsUpgrades",
            "LensOverlay",
            "MediaRouter",
            "PaintHolding",
            "ThirdPartyStoragePartitioning",
            "BlockOriginHeaderModificationOnRedirect",
            "Translate",
            "AutoDeElevate",
            "OptimizationHints",
            "msForceBrowserSignIn",
            "msEdgeUpdateLaunchServicesPreferredVersion");

    /**
     * A full Chromium opens hidden popups for its address bar in every context, 55-79 MB each, and keeps a spare
     * renderer.
     */
    private static final List<String> DISABLED_FEATURES = List.of(
            "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "SpareRendererForSitePerProcess");

    private ChromiumSwitches() {}

    static List<String> of(BrowserConfig config) {
        List<String> switches = new ArrayList<>();
        switches.add(Stream.concat(PLAYWRIGHT_DISABLED_FEATURES.stream(), DISABLED_FEATURES.stream())
                .collect(Collectors.joining(",", "--disable-features=", "")));
        switches.add("--js-flags=--max-old-space-size=256");
        switches.add("--disable-gpu");
        config.allowedHosts().map(ChromiumSwitches::hostRules).ifPresent(switches::add);
        return List.copyOf(switches);
    }

    /** Every host is unknown but these: nothing that a page does can reach another, by redirect or by script. */
    private static String hostRules(List<String> allowed) {
        return allowed.stream()
                .map(host -> " , EXCLUDE " + host)
                .collect(Collectors.joining("", "--host-resolver-rules=MAP * ~NOTFOUND", ""));
    }
}
