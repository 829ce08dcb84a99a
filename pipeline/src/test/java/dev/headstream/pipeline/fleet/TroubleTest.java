package dev.headstream.pipeline.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class TroubleTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Trouble.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Trouble trouble = new Trouble("results are not read");

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Test
    void met_givenManyTimes_expectsItSaidOnceAndItsEndOnce() {
        trouble.over();
        trouble.met("no broker");
        trouble.met("no broker");
        trouble.over();
        trouble.over();
        trouble.met("no registry");

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "results are not read, the cache goes on within this worker: no broker",
                        "over: results are not read",
                        "results are not read, the cache goes on within this worker: no registry");
    }
}
