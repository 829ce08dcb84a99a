package dev.headstream.worker.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {
    private final StringWriter text = new StringWriter();
    private final AtomicLong now = new AtomicLong();

    @Test
    void show_givenATerminal_expectsABarDrawnOverAgainAndTakenAway() {
        ProgressLine line = new ProgressLine(new PrintWriter(text), true, now::get, "replay a", 100);

        line.show(20);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        line.show(50);
        line.end();

        assertThat(text.toString())
                .contains("\rreplay a  [######........................]  20 of 100 offsets")
                .contains("\rreplay a  [###############...............]  50 of 100 offsets, 3.0/s, about 16 s left")
                .endsWith(" \r")
                .doesNotContain("\n");
    }

    @Test
    void show_givenNoTerminal_expectsAPlainLineEveryTenSeconds() {
        ProgressLine line = new ProgressLine(new PrintWriter(text), false, now::get, "replay a", 1_000);

        for (int second = 0; second <= 20; second++) {
            line.show(second * 10L);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        line.end();

        assertThat(text.toString().lines())
                .containsExactly(
                        "replay a: 0 of 1,000 offsets",
                        "replay a: 100 of 1,000 offsets, 10.0/s, about 1 min left",
                        "replay a: 200 of 1,000 offsets, 10.0/s, about 1 min left");
    }
}
