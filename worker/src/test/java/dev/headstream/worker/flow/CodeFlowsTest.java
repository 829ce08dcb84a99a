package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.headstream.worker.flow.yaml.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows in Java are held to the rules of flow files, and what is wrong is said with the class that it is in. */
final class CodeFlowsTest {
    private static final Path EXAMPLE = Path.of("..", "deploy", "examples", "code-flow");
    private static final String GOOD =
            """
            public void declare(FlowDeclaration flow) {
                flow.name("good").version(1).allowedHosts("portal.example")
                    .step("look", step -> step.reads(), page -> {});
            }""";

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void load_givenTheExample_expectsAFlowLikeOneOfAFile() throws Exception {
        Flow flow = CodeFlows.load(CodeJar.ofProject(EXAMPLE, folder.resolve("example.jar")))
                .get(0);

        assertThat(flow.name()).isEqualTo("best-price");
        assertThat(flow.steps()).extracting(Step::name).containsExactly("login", "search", "detail");
        Step search = flow.step("search").orElseThrow();
        assertThat(search.sets()).containsExactly("cheapest", "price", "compared");
        assertThat(search.uses()).contains(new Reference.Input("query"), new Reference.Site());
        assertThat(search.cache().orElseThrow().uses()).isEqualTo(search.uses());
        assertThat(search.opensItsPage()).isTrue();
        assertThat(flow.entry()).hasValue("login");
        assertThat(flow.problems(Map.of("site", "ftp://x")))
                .anySatisfy(problem -> assertThat(problem).contains("inputs.query: missing"))
                .anySatisfy(problem -> assertThat(problem).contains("inputs.site"));
    }

    @Test
    void pom_givenTheExample_expectsTheVersionOfTheWorker() throws Exception {
        String version = Files.readString(Path.of("pom.xml")).replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");

        assertThat(Files.readString(EXAMPLE.resolve("pom.xml")))
                .contains("<artifactId>headstream-worker</artifactId>\n      <version>" + version + "</version>");
    }

    @Test
    void load_givenWrongDeclarations_expectsEveryMistakeWithItsClass() throws Exception {
        List<String> problems = problemsOf(
                Map.of(
                        "Bad",
                        """
                public void declare(FlowDeclaration flow) {
                    flow.name("Bad One").version(0)
                        .allowedHosts("portal.example")
                        .input("query", "string").input("size", "text").output("hits", "integer")
                        .session(Map.of("key", "${inputs.query}", "login", "login"))
                        .step("login", step -> step.isIdempotent().uses("inputs.qery"), page -> {})
                        .step("buy", step -> step.runsOnce().sets("hit")
                            .cache("k", Duration.ofMinutes(1)), page -> {})
                        .step("nothing", step -> {}, page -> {});
                }"""));

        assertThat(problems)
                .allSatisfy(problem -> assertThat(problem).contains("flows.jar!made.Bad:1:1: "))
                .anySatisfy(problem -> assertThat(problem).contains("'Bad One' is not a flow name"))
                .anySatisfy(problem -> assertThat(problem).contains("'version'"))
                .anySatisfy(problem -> assertThat(problem).contains("the type of inputs.size must be string"))
                .anySatisfy(problem -> assertThat(problem).contains("unknown input 'qery'; did you mean 'query'?"))
                .anySatisfy(problem -> assertThat(problem).contains("'hit' is not declared; did you mean 'hits'?"))
                .anySatisfy(problem -> assertThat(problem).contains("'effect: once' must not be cached"))
                .anySatisfy(problem -> assertThat(problem).contains("missing 'effect'"));
    }

    @Test
    void load_givenAStepAfterALoginThatOpensNoPage_expectsItRefused() throws Exception {
        List<String> problems = problemsOf(
                Map.of(
                        "Lost",
                        """
                public void declare(FlowDeclaration flow) {
                    flow.name("lost").version(1).allowedHosts("portal.example")
                        .session(Map.of("key", "all", "login", "login"))
                        .step("login", step -> step.isIdempotent(), page -> {})
                        .step("look", step -> step.reads(), page -> {});
                }"""));

        assertThat(problems).singleElement().asString().contains("step 'look' must begin with 'navigate'");
    }

    @Test
    void load_givenCodeThatThrows_expectsItNamedAndTheOthersRead() throws Exception {
        List<String> problems = problemsOf(Map.of(
                "Throws",
                "public void declare(FlowDeclaration flow) { throw new IllegalStateException(\"no key\"); }",
                "Good",
                GOOD));

        assertThat(problems).singleElement().asString().contains("made.Throws:1:1: ", "no key");
    }

    @Test
    void load_givenNothingToLoad_expectsWhatToDo() throws Exception {
        assertThat(problems(folder.resolve("missing")))
                .singleElement()
                .asString()
                .contains("no such directory or jar");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(problems(empty)).singleElement().asString().contains("holds no .jar");
        Path stranger = empty.resolve("stranger.jar");
        Files.copy(CodeJar.of(Map.of(), folder.resolve("none.jar")), stranger);
        assertThat(problems(empty)).singleElement().asString().contains("no flow is named in a META-INF/services/");
    }

    @Test
    void load_givenAClassThatIsNotThere_expectsItNamed() throws Exception {
        Path jar = CodeJar.of(Map.of("Good", GOOD), folder.resolve("flows.jar"));
        try (var files = java.nio.file.FileSystems.newFileSystem(jar)) {
            Files.delete(files.getPath("made/Good.class"));
        }

        assertThat(problems(jar)).singleElement().asString().contains("made.Good", "cannot be found");
    }

    @Test
    void catalog_givenFilesAndJars_expectsBothAndNoNameTwice() throws Exception {
        Path files = Files.createDirectory(folder.resolve("files"));
        Path jars = Files.createDirectory(folder.resolve("jars"));
        CodeJar.of(Map.of("Good", GOOD), jars.resolve("good.jar"));

        assertThat(FlowCatalog.load(files, Optional.of(jars)).get("good")).isPresent();

        Files.writeString(
                files.resolve("good.yaml"),
                "{flow: good, version: 1, allowedHosts: [a.example], steps: [{name: s, effect: read, do: [{click: a}]}]}");
        assertThat(catchThrowableOfType(InvalidFlowException.class, () -> FlowCatalog.load(files, Optional.of(jars))))
                .hasMessageContaining("flow 'good' is already in " + files.resolve("good.yaml"));
    }

    private List<String> problemsOf(Map<String, String> sources) throws Exception {
        return problems(CodeJar.of(sources, folder.resolve("flows.jar")));
    }

    private static List<String> problems(Path path) {
        return catchThrowableOfType(InvalidFlowException.class, () -> CodeFlows.load(path)).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
