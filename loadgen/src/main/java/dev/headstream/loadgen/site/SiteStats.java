package dev.headstream.loadgen.site;

import java.util.Map;

/**
 * What the site has counted since it started, at one instant.
 *
 * @param requests all requests that arrived
 * @param byPath requests by path; pages of one kind count together ({@code /item/*}), unknown paths as {@code other}
 * @param logins logins that succeeded
 * @param failedLogins logins refused for a wrong password
 * @param searches searches that the backend took, whatever became of them
 * @param orders orders placed
 * @param duplicateOrders orders placed again under a reference that had been used; 0 is what a once-only step promises
 * @param injectedErrors requests answered with 500 because of the error rate
 * @param injectedHangs requests never answered because of the hang rate
 * @param openExchanges requests taken and not yet answered
 * @param bytesSent of bodies, those without an end left out
 */
public record SiteStats(
        long requests,
        Map<String, Long> byPath,
        long logins,
        long failedLogins,
        long searches,
        long orders,
        long duplicateOrders,
        long injectedErrors,
        long injectedHangs,
        long openExchanges,
        long bytesSent) {

    public SiteStats {
        byPath = Map.copyOf(byPath);
    }

    /** Requests for one path, 0 if there were none. */
    public long requests(String path) {
        return byPath.getOrDefault(path, 0L);
    }
}
