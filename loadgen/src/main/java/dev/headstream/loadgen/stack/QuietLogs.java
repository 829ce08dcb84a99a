package dev.headstream.loadgen.stack;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
            // Says at ERROR that another controller leads now, which is the answer to an election and no error
            Map.entry("kafka.server.ControllerApis", Level.OFF),
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

    private static final AtomicInteger SILENCES = new AtomicInteger();

    private QuietLogs() {}

    /** Idempotent; levels are set under logback only. */
    static synchronized void apply() {
        // Kafka loads Log4j besides, which logs nothing here but complains when it is loaded during a JVM's shutdown
        if (System.getProperty("log4j2.shutdownHookEnabled") == null) {
            System.setProperty("log4j2.shutdownHookEnabled", "false");
        }
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            LEVELS.forEach((name, level) -> quieten(context.getLogger(name), level));
            if (context.getTurboFilterList().stream().noneMatch(BrokerTalk.class::isInstance)) {
                context.addTurboFilter(new BrokerTalk());
            }
        }
    }

    private static void quieten(Logger logger, Level level) {
        if (logger.getLevel() == null && !logger.getEffectiveLevel().isGreaterOrEqual(level)) {
            logger.setLevel(level);
        }
    }

    /** Brokers say nothing while the action runs: those of a cluster that is taken down complain about each other. */
    static void inSilence(Runnable action) {
        SILENCES.incrementAndGet();
        try {
            action.run();
        } finally {
            SILENCES.decrementAndGet();
        }
    }

    /** Brokers talk to each other through the same client class as we do to them; only their lines go. */
    private static final class BrokerTalk extends TurboFilter {
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
            boolean denied = format != null
                    && (isAmongBrokers(logger, format) || (SILENCES.get() > 0 && isInBroker(logger.getName())));
            return denied ? FilterReply.DENY : FilterReply.NEUTRAL;
        }

        private static boolean isAmongBrokers(Logger logger, String message) {
            return logger.getName().equals(NETWORK_CLIENT) && PREFIXES.stream().anyMatch(message::startsWith);
        }

        private static boolean isInBroker(String logger) {
            return LEVELS.entrySet().stream()
                    .anyMatch(entry -> entry.getValue() == Level.ERROR && logger.startsWith(entry.getKey()));
        }
    }
}
