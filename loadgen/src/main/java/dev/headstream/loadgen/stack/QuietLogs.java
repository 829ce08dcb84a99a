package dev.headstream.loadgen.stack;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Keeps the brokers inside this JVM from talking: hundreds of lines a start, none of which is about a job. A level that a
 * logback configuration names explicitly is left alone.
 */
final class QuietLogs {
    private static final Map<String, Level> LEVELS = Map.ofEntries(
            Map.entry("kafka", Level.ERROR),
            Map.entry("state.change.logger", Level.ERROR),
            Map.entry("org.apache.kafka.common.utils.AppInfoParser", Level.ERROR),
            Map.entry("org.apache.kafka.common.config", Level.ERROR),
            Map.entry("org.apache.kafka.common.network", Level.WARN),
            Map.entry("org.apache.kafka.common.metrics", Level.WARN),
            Map.entry("org.apache.kafka.clients", Level.WARN),
            Map.entry("org.apache.kafka.controller", Level.ERROR),
            Map.entry("org.apache.kafka.coordinator", Level.ERROR),
            Map.entry("org.apache.kafka.image", Level.ERROR),
            Map.entry("org.apache.kafka.metadata", Level.ERROR),
            Map.entry("org.apache.kafka.queue", Level.ERROR),
            Map.entry("org.apache.kafka.raft", Level.ERROR),
            Map.entry("org.apache.kafka.server", Level.ERROR),
            Map.entry("org.apache.kafka.snapshot", Level.ERROR),
            Map.entry("org.apache.kafka.storage", Level.ERROR));

    private QuietLogs() {}

    /** Idempotent; does nothing under another logging system than logback. */
    static synchronized void apply() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            LEVELS.forEach((name, level) -> {
                if (context.getLogger(name).getLevel() == null) {
                    context.getLogger(name).setLevel(level);
                }
            });
            if (context.getTurboFilterList().stream().noneMatch(BrokerClients.class::isInstance)) {
                context.addTurboFilter(new BrokerClients());
            }
        }
    }

    /** Brokers talk to each other through the same client class as we do to them; only their lines go. */
    private static final class BrokerClients extends TurboFilter {
        private static final String NETWORK_CLIENT = "org.apache.kafka.clients.NetworkClient";
        private static final List<String> PREFIXES = List.of(
                "[NodeToController", "[RaftManager", "[ReplicaFetcher", "[AddPartitionsToTxn", "[TxnMarkerSender");

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] arguments,
                @Nullable Throwable cause) {
            boolean ofBroker = format != null
                    && logger.getName().equals(NETWORK_CLIENT)
                    && PREFIXES.stream().anyMatch(format::startsWith);
            return ofBroker ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }
}
