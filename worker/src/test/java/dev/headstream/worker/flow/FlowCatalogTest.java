package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlowCatalogTest {
    private static final String FLOW =
            """
            flow: %s
            version: 1
            allowedHosts: [portal.example]
            inputs: {q: {type: string, required: true}}
            steps: [{name: s, effect: read, do: [{click: "#a"}]}]
            """;

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void load_givenTwoFlows_expectsBothByName() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), FLOW.formatted("alpha"));
        Files.writeString(folder.resolve("b.yml"), FLOW.formatted("beta"));
        Files.writeString(folder.resolve("notes.txt"), "no flow");

        FlowCatalog catalog = FlowCatalog.load(folder);

        assertThat(catalog.flows()).extracting(Flow::name).containsExactly("alpha", "beta");
        assertThat(catalog.get("beta")).isPresent();
        assertThat(catalog.hosts()).containsExactly("portal.example");
        assertThat(catalog.problems("alpha", Map.of("q", "x"))).isEmpty();
        assertThat(catalog.problems("alpha", Map.of())).containsExactly("inputs.q: missing");
        assertThat(catalog.problems("alhpa", Map.of()))
                .containsExactly("flow: unknown flow 'alhpa'; did you mean 'alpha'? (this worker has alpha, beta)");
    }

    @Test
    void load_givenADuplicateAndABrokenFile_expectsBothNamed() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), FLOW.formatted("alpha"));
        Files.writeString(folder.resolve("b.yaml"), FLOW.formatted("alpha"));
        Files.writeString(folder.resolve("c.yaml"), "flow: x\nversion: none");

        InvalidFlowException e = catchThrowableOfType(InvalidFlowException.class, () -> FlowCatalog.load(folder));

        assertThat(e)
                .hasMessageContaining("b.yaml:1:1: flow 'alpha' is already in")
                .hasMessageContaining("c.yaml:2:10:");
    }

    @Test
    void load_givenNoFlows_expectsToSaySo() {
        assertThat(catchThrowableOfType(InvalidFlowException.class, () -> FlowCatalog.load(folder)))
                .hasMessageContaining("holds no flow");
        assertThat(catchThrowableOfType(InvalidFlowException.class, () -> FlowCatalog.load(folder.resolve("missing"))))
                .hasMessageContaining("no such directory");
    }
}
