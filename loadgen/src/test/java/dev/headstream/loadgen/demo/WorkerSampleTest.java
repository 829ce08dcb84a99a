package dev.headstream.loadgen.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkerSampleTest {

    @Test
    void parse_givenPrometheusText_expectsContextsAndMemory() {
        WorkerSample sample = WorkerSample.parse(
                """
                # HELP headstream_contexts Browser contexts
                # TYPE headstream_contexts gauge
                headstream_contexts{state="limit"} 4.0
                headstream_contexts{state="used",worker="a\\"b"} 3.0
                headstream_contexts_other{state="used"} 9.0
                headstream_memory_pss_bytes{process="jvm"} 1.28E8
                headstream_memory_pss_bytes{worker="x",process="renderer"} 9.7E7
                headstream_memory_peak_bytes 5.0E8
                jvm_threads_live_threads 21.0
                """);

        assertThat(sample.contexts()).isEqualTo(Map.of("limit", 4L, "used", 3L));
        assertThat(sample.usedContexts()).isEqualTo(3);
        assertThat(sample.pssBytes()).isEqualTo(Map.of("jvm", 128_000_000L, "renderer", 97_000_000L));
        assertThat(sample.totalPssBytes()).isEqualTo(225_000_000);
    }

    @Test
    void parse_givenSomethingElse_expectsNothing() {
        assertThat(WorkerSample.parse("<html>not found</html>")).isEqualTo(WorkerSample.NONE);
    }
}
