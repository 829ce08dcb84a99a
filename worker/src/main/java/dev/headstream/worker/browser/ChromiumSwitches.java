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

    /** The features that Playwright turns on, repeated for the same reason. */
    static final List<String> PLAYWRIGHT_ENABLED_FEATURES = List.of("CDPScreenshotNewSurface");

    /** The network service within the browser: a process less, 15 MB. A crash of either restarts both, as before. */
    private static final List<String> ENABLED_FEATURES = List.of("NetworkServiceInProcess2");

    /** WebRTC sends to addresses, past every rule for names: what no proxy takes is not sent. */
    private static final List<String> NO_WAY_AROUND = List.of(
            "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
            "--webrtc-ip-handling-policy=disable_non_proxied_udp");

    private ChromiumSwitches() {}

    static List<String> of(BrowserConfig config) {
        List<String> switches = new ArrayList<>();
        switches.add("--disable-features=" + joined(PLAYWRIGHT_DISABLED_FEATURES, DISABLED_FEATURES));
        switches.add("--enable-features=" + joined(PLAYWRIGHT_ENABLED_FEATURES, ENABLED_FEATURES));
        switches.add("--js-flags=--max-old-space-size=256");
        switches.add("--disable-gpu");
        if (!config.webgl()) {
            switches.add("--disable-software-rasterizer");
        }
        config.allowedHosts().map(ChromiumSwitches::hostRules).ifPresent(rules -> {
            switches.add(rules);
            switches.addAll(NO_WAY_AROUND);
        });
        return List.copyOf(switches);
    }

    private static String joined(List<String> playwrights, List<String> ours) {
        return Stream.concat(playwrights.stream(), ours.stream()).collect(Collectors.joining(","));
    }

    /**
     * Every host is unknown but these: nothing that a page does can reach another, by redirect or by script, by name or by
     * address. An exclusion holds for every port of its host; the first mapping that fits decides, so a host on one port
     * is mapped to itself before everything else is mapped to nowhere.
     */
    private static String hostRules(List<String> allowed) {
        String onePort = allowed.stream()
                .filter(ChromiumSwitches::hasPort)
                .map(host -> "MAP " + host + " " + host + " , ")
                .collect(Collectors.joining());
        String anyPort = allowed.stream()
                .filter(host -> !hasPort(host))
                .map(host -> " , EXCLUDE " + host.replaceAll("[\\[\\]]", "")) // addresses stand without brackets here
                .collect(Collectors.joining());
        return "--host-resolver-rules=" + onePort + "MAP * ~NOTFOUND" + anyPort;
    }

    private static boolean hasPort(String host) {
        return host.matches(".*[^:]:\\d+") && (!host.startsWith("[") || host.contains("]:"));
    }
}
