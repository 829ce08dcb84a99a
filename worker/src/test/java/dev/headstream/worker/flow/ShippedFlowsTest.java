package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The flows that the project ships are valid, and promise what their names say. */
final class ShippedFlowsTest {
    private static final Path FLOWS = Path.of("..", "deploy", "flows");

    @Test
    void read_givenShippedFlows_expectsAllValidAndNamedAsTheirFiles() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.list(FLOWS)) {
            files = all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }

        assertThat(files).hasSizeGreaterThanOrEqualTo(3);
        assertThat(files).allSatisfy(file -> assertThat(FlowFiles.read(file).name() + ".yaml")
                .isEqualTo(file.getFileName().toString()));
    }

    @Test
    void read_givenOrder_expectsOnlyTheOrderToBeOnce() {
        Flow order = FlowFiles.read(FLOWS.resolve("order.yaml"));

        assertThat(order.steps())
                .filteredOn(step -> step.effect() == Effect.ONCE)
                .extracting(Step::name)
                .containsExactly("place-order");
        assertThat(order.entry()).hasValue("login");
    }

    @Test
    void read_givenDemo_expectsEveryStepSafeToRunAgain() {
        assertThat(FlowFiles.read(FLOWS.resolve("demo.yaml")).steps())
                .allMatch(step -> step.effect().isSafe());
    }

    @Test
    void parse_givenFlowOfTheBench_expectsItValid() throws Exception {
        try (InputStream in = ShippedFlowsTest.class.getResourceAsStream("/dev/headstream/loadgen/bench/search.yaml")) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);

            assertThat(FlowFiles.parse("search.yaml", text).outputs()).containsKey("hits");
        }
    }
}
