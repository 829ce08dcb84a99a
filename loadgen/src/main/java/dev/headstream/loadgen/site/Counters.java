package dev.headstream.loadgen.site;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The running counts behind {@link SiteStats}. Thread-safe. */
final class Counters {
    final LongAdder requests = new LongAdder();
    final LongAdder logins = new LongAdder();
    final LongAdder failedLogins = new LongAdder();
    final LongAdder searches = new LongAdder();
    final LongAdder orders = new LongAdder();
    final LongAdder duplicateOrders = new LongAdder();
    final LongAdder injectedErrors = new LongAdder();
    final LongAdder injectedHangs = new LongAdder();
    final LongAdder openExchanges = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    private final Map<String, LongAdder> byPath = new ConcurrentHashMap<>();

    void arrived(String path) {
        requests.increment();
        openExchanges.increment();
        byPath.computeIfAbsent(path, any -> new LongAdder()).increment();
    }

    SiteStats snapshot() {
        return new SiteStats(
                requests.sum(),
                byPath.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                        .sum())),
                logins.sum(),
                failedLogins.sum(),
                searches.sum(),
                orders.sum(),
                duplicateOrders.sum(),
                injectedErrors.sum(),
                injectedHangs.sum(),
                openExchanges.sum(),
                bytesSent.sum());
    }
}
