package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

final class SpareLanesTest {
    private final SpareLanes spare = new SpareLanes();

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "7, 1", "8, 2", "16, 4"})
    void permits_givenALimit_expectsAQuarterOfItAndAtLeastOne(int limit, int expected) {
        int running = 0;
        while (spare.permits(limit)) {
            spare.add(ticket());
            running++;
        }

        assertThat(running).isEqualTo(expected);
    }

    @Test
    void take_givenSome_expectsEachOnce() {
        Ticket<Boolean> ended = ticket();
        Ticket<Boolean> running = ticket();
        spare.add(ended);
        spare.add(running);
        spare.remove(ended);

        assertThat(spare.take()).hasSize(1).first().isSameAs(running);
        assertThat(spare.take()).isEmpty();
    }

    private static Ticket<Boolean> ticket() {
        AtomicReference<Ticket<Boolean>> made = new AtomicReference<>();
        var unused = Mono.<Boolean>create(sink -> made.set(new Ticket<>(
                        session -> true,
                        ContextSpec.DEFAULT,
                        Optional.empty(),
                        Duration.ofSeconds(1),
                        sink,
                        Runnable::run)))
                .subscribe();
        return made.get();
    }
}
