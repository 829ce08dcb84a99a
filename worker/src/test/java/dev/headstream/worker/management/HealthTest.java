package dev.headstream.worker.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headstream.worker.management.Health.Phase;
import dev.headstream.worker.management.Health.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Health health = new Health();

    @Test
    void ready_givenPhases_expectsReadyOnlyWhileRunning() {
        assertThat(health.ready().up()).isFalse();
        health.enter(Phase.RUNNING);
        assertThat(health.ready().up()).isTrue();
        health.enter(Phase.DRAINING);
        assertThat(health.ready().up()).isFalse();
        assertThat(health.ready().checks().get(0).status().reason()).isEqualTo("draining");
        assertThat(health.live().up()).isTrue();
    }

    @Test
    void live_givenOneCheckDown_expectsDownWithEachNamed() {
        health.liveness("browser", () -> Status.up("fresh"));
        health.liveness("loop", () -> Status.down("stuck"));

        Health.Report report = health.live();

        assertThat(report.up()).isFalse();
        assertThat(report.checks()).extracting(Health.Named::name).containsExactly("browser", "loop");
        assertThat(health.ready().checks()).hasSize(1);
    }

    @Test
    void live_givenACheckThatThrows_expectsDownWithTheReason() {
        health.liveness("broken", () -> {
            throw new IllegalStateException("no answer");
        });

        assertThat(health.live().checks().get(0).status().reason()).contains("no answer");
        assertThat(health.live().up()).isFalse();
    }

    @Test
    void liveness_givenANameTwice_expectsRefusal() {
        health.liveness("browser", () -> Status.up(""));

        assertThatIllegalArgumentException().isThrownBy(() -> health.liveness("browser", () -> Status.up("")));
    }

    @Test
    void heartbeat_givenTime_expectsDownOnceTheLastBeatIsTooOld() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
        Heartbeat heartbeat = new Heartbeat(Duration.ofSeconds(5), nanos::get);

        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(heartbeat.look().up()).isTrue();
        nanos.addAndGet(1);
        assertThat(heartbeat.look()).isEqualTo(Status.down("last beat 5000 ms ago, at most 5000 allowed"));
        heartbeat.beat();
        assertThat(heartbeat.look().up()).isTrue();
    }
}
