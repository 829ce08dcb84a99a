package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FlowFilesTest {
    private static final String COMPLETE =
            """
            flow: catalog-search
            version: 3
            description: Searches the catalog
            site: https://portal.example
            allowedHosts: [portal.example, "*.cdn.example", "127.0.0.1:8080"]
            inputs:
              query: {type: string, required: true, maxLength: 200}
              account: {type: string, pattern: "[a-z]+", default: main}
              pages: {type: integer, min: 1, max: 5, default: 1}
            outputs:
              hits: {type: list, fields: {title: string, price: decimal, url: string?}}
              total: integer
              updated: {type: date, format: dd.MM.yyyy, locale: de}
              prices: {type: table, columns: {Item: string, Price: decimal}}
              tags: {type: list, items: string, minItems: 1}
            variables:
              token: string
            session: { key: "${inputs.account}", maxUses: 50, ttl: 30m, login: login, loggedOut: {url: "**/login*"} }
            budget: 20s
            timeout: 60s
            steps:
              - name: login
                effect: idempotent
                saveState: true
                do:
                  - navigate: ${site}/login
                  - fill: {selector: "#user", value: "${inputs.account}"}
                  - fill: {selector: "#password", value: "${secret:portal-password}"}
                  - click: "#go"
                  - waitForUrl: "**/home"
                  - extract: {token: "meta[name=token]@content"}
              - name: search
                budget: 8s
                timeout: 15s
                effect: read
                cache: { key: "${inputs.query}", ttl: 10m, negativeTtl: 1m, shared: true }
                do:
                  - navigate: {url: /search, until: domcontentloaded}
                  - fill: { selector: "#q", value: "${inputs.query} ${token}" }
                  - select: { selector: "#sort", label: Price }
                  - check: "#in-stock"
                  - uncheck: "#sponsored"
                  - press: Enter
                  - hover: "#menu"
                  - waitFor: "#results li"
                    timeout: 3s
                  - waitForText: {selector: "#status", text: done}
                  - assertText: {selector: h1, contains: "Results for ${inputs.query}"}
                  - extract:
                      hits: { each: "#results li", fields: { title: .title, price: .price, url: "a@href" } }
                      total: {count: "#results li"}
                      updated: "#updated"
                      prices: {table: "#prices"}
                      tags: {each: ".tag"}
                  - screenshot: results.png
                  - evaluate: {script: "args => args.t", args: {t: "${steps.login.token}"}}
              - name: order
                effect: once
                onResume: fail
                do:
                  - navigate: /search
                  - click: "[data-id=\\"${inputs.query}\\"]"
            """;

    @Test
    void parse_givenEveryConstruct_expectsTheFlow() {
        Flow flow = FlowFiles.parse("search.yaml", COMPLETE);

        assertThat(flow.name()).isEqualTo("catalog-search");
        assertThat(flow.version()).isEqualTo(3);
        assertThat(flow.entry()).contains("login");
        assertThat(flow.timeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(flow.steps()).extracting(Step::name).containsExactly("login", "search", "order");
        Step search = flow.steps().get(1);
        assertThat(search.budget()).contains(Duration.ofSeconds(8));
        assertThat(search.timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(search.effect()).isEqualTo(Effect.READ);
        assertThat(search.cache().orElseThrow().ttl()).isEqualTo(Duration.ofMinutes(10));
        assertThat(search.cache().orElseThrow().negativeTtl()).contains(Duration.ofMinutes(1));
        assertThat(search.cache().orElseThrow().shared()).isTrue();
        assertThat(search.cache().orElseThrow().uses())
                .containsExactlyInAnyOrder(
                        new Reference.Input("query"),
                        new Reference.Variable("token"),
                        new Reference.StepVariable("login", "token"));
        assertThat(flow.session().orElseThrow().loggedOut()).contains(new SessionRule.LoggedOut.AtUrl("**/login*"));
        assertThat(search.instructions()).hasSize(13);
        assertThat(search.instructions().get(7).timeout()).contains(Duration.ofSeconds(3));
        assertThat(search.instructions().get(0).action())
                .isEqualTo(new Action.Navigate(Template.parse("/search"), Action.WaitUntil.DOMCONTENTLOADED));
        assertThat(search.sets()).containsExactly("hits", "total", "updated", "prices", "tags");
        assertThat(flow.step("order").orElseThrow().onResume()).isEqualTo(OnResume.FAIL);
    }

    @Test
    void parse_givenThreeMistakes_expectsAllThreeWithTheirLines() {
        String text =
                """
                flow: search
                version: 1
                allowedHosts: [portal.example]
                inputs: {query: string}
                steps:
                  - name: search
                    efect: read
                    timeout: 8
                    do:
                      - navigate: https://portal.example/
                      - fill: {selector: "#q", value: "${inputs.qurey}"}
                """;

        List<String> problems = problemsOf(text);

        assertThat(problems)
                .hasSize(3)
                .anySatisfy(p -> assertThat(p)
                        .startsWith("flow.yaml:7:5: unknown key 'efect' in a step; did you mean 'effect'? (allowed: "))
                .anySatisfy(p -> assertThat(p)
                        .isEqualTo("flow.yaml:8:14: 'timeout': the duration '8' has no unit: write 8s, 8ms, 8m or 8h"))
                .anySatisfy(p -> assertThat(p)
                        .isEqualTo("flow.yaml:11:39: unknown input 'qurey'; did you mean 'query'?: declare it under"
                                + " 'inputs' (declared: query)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- clik: '#go'                                           | unknown action 'clik'; did you mean 'click'?",
                "- {click: '#a', hover: '#b'}                            | one action a list item",
                "- click: ''                                             | a selector must not be empty",
                "- fill: ['#a']                                         | fill must be a mapping",
                "- click: {selector: '#a', count: 9}                     | must be a whole number from 1 to 3",
                "- click: {selector: '#a', forse: true}                  | unknown key 'forse' in click",
                "- click: '#row-${inputs.q}'                             | a reference in a selector must stand in quotes",
                "- click: '[id=\"${secret:x}\"]'                         | must not hold a secret",
                "- fill: {selector: '#q'}                                | missing 'value' in fill",
                "- fill: {selector: '#password', value: hunter2}         | a secret in clear text",
                "- fill: {selector: '#apiKey', value: abc}               | write \"${secret:name}\"",
                "- fill: {selector: '#q', value: '${input.q}'}           | unknown reference '${input.q}'",
                "- fill: {selector: '#q', value: '${q}'}                 | the input of that name is ${inputs.q}",
                "- fill: {selector: '#q', value: '${nix}'}               | unknown variable 'nix'",
                "- fill: {selector: '#q', value: '${later}'}             | ${later} has no value yet",
                "- fill: {selector: '#q', value: '${steps.no.x}'}        | there is no earlier step 'no'",
                "- fill: {selector: '#q', value: '${site}'}              | ${site} is not set",
                "- fill: {selector: '#q', value: '${inputs.q'}           | is not closed",
                "- navigate: portal                                      | is not a URL",
                "- navigate: '${secret:x}'                               | must not hold a secret",
                "- waitFor: {selector: '#a', state: gone}                | must be attached, detached, visible or hidden",
                "- select: {selector: '#a'}                              | exactly one of value, label, index",
                "- select: {selector: '#a', index: two}                  | counted from 0",
                "- assertText: {matches: '('}                            | is not a regular expression",
                "- screenshot: '../../etc/passwd'                        | is not a file name",
                "- extract: {foo: h1}                                    | 'foo' is not declared",
                "- extract: {later: {count: h1}}                         | a count is not: declare it as integer",
                "- extract: {later: {each: li, fields: {a: .a}}}         | a list of records is not",
                "- extract: {later: {each: li, value: 'text=x'}}         | is not plain CSS",
                "- extract: {later: {text: h1, count: h1}}               | exactly one of text, each, table, count",
                "- evaluate: {script: '1', into: nix}                    | 'nix' is not declared",
                "- wait: 3s                                              | unknown action 'wait'",
                "- timeout: 3s                                           | an action is missing",
                "- click                                                 | an action must be a mapping",
                "- {click: '#a', click: '#b'}                            | stands twice",
                "- {click: '#a', timeout: 0s}                            | must be greater than zero",
                "- click: !!java.net.URL ['x']                           | tags are not allowed",
            })
    void parse_givenABadAction_expectsWhatIsWrongAndItsLine(String action, String message) {
        String text =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                inputs: {q: string}
                variables: {later: string}
                steps:
                  - name: s
                    effect: read
                    do:
                      %s
                  - name: t
                    effect: read
                    do: [{extract: {later: h1}}]
                """
                        .formatted(action);

        List<String> problems = problemsOf(text);

        assertThat(problems)
                .anySatisfy(p -> assertThat(p).startsWith("flow.yaml:10:").contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "effect: maybe                             | must be read, idempotent or once, not 'maybe'",
                "effect: once, cache: {key: a, ttl: 1m}    | must not be cached, for it changes something",
                "effect: idempotent, cache: {key: a, ttl: 1m} | must not be cached, for it changes something",
                "effect: read, saveState: true, cache: {key: a, ttl: 1m} | no state of its own to save",
                "effect: read, cache: {key: a, ttl: 1m, negativeTtl: soon} | is not a duration",
                "effect: once, onResume: rerun             | never run twice",
                "effect: read, onResume: skip              | only a step with 'effect: once' can skip",
                "effect: read, budget: 8s, timeout: 5s     | shorter than the budget",
                "effect: read, budget: fast                | is not a duration",
                "effect: read, cache: {ttl: 1m}            | missing 'key' in 'cache'",
                "effect: read, cache: 5m                   | must be a mapping with the keys key, ttl",
                "effect: read, saveState: maybe            | must be true or false",
            })
    void parse_givenABadStep_expectsWhatIsWrong(String keys, String message) {
        String text =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                steps:
                  - {name: s, %s, do: [{click: "#a"}]}
                """
                        .formatted(keys);

        assertThat(problemsOf(text))
                .singleElement()
                .satisfies(p -> assertThat(p).startsWith("flow.yaml:5:").contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cache: {key: a, ttl: 1m} | {name: b, effect: read, do: [{click: '#a'}]} | the result of 'a' may come from the cache",
                "cache: {key: a, ttl: 1m} | {name: b, effect: once, do: [{click: '#a'}, {navigate: /}]} | must begin with 'navigate'",
                "budget: 1s               | {name: b, effect: read, do: [{click: '#a'}]} | ",
                "cache: {key: a, ttl: 1m} | {name: b, effect: read, do: [{navigate: /}]} | ",
            })
    void parse_givenAStepAfterACachedOne_expectsItToOpenItsPage(String keys, String next, String message) {
        String text =
                """
                flow: f
                version: 1
                site: https://portal.example
                allowedHosts: [portal.example]
                steps:
                  - {name: a, effect: read, %s, do: [{click: "#a"}]}
                  - %s
                """
                        .formatted(keys, next);

        if (message == null) {
            assertThat(FlowFiles.parse("flow.yaml", text).steps()).hasSize(2);
        } else {
            assertThat(problemsOf(text))
                    .singleElement()
                    .satisfies(p -> assertThat(p).startsWith("flow.yaml:7:").contains(message));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{name: b, effect: read, do: [{click: '#a'}]} | is passed over in a session that is logged in",
                "{name: b, effect: once, do: [{navigate: /}]} | follows the login directly",
            })
    void parse_givenAStepAfterTheLogin_expectsItToOpenItsPageAndToBeSafe(String next, String message) {
        String text =
                """
                flow: f
                version: 1
                site: https://portal.example
                allowedHosts: [portal.example]
                session: {key: all, login: a}
                steps:
                  - {name: a, effect: idempotent, do: [{navigate: /login}]}
                  - %s
                """
                        .formatted(next);

        assertThat(problemsOf(text))
                .singleElement()
                .satisfies(p -> assertThat(p).startsWith("flow.yaml:8:").contains(message));
    }

    @Test
    void parse_givenACachedStepThatUsesTheJobsId_expectsRefusal() {
        String text =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                steps:
                  - {name: a, effect: read, cache: {key: a, ttl: 1m}, do: [{fill: {selector: "#a", value: "${job.id}"}}]}
                """;

        assertThat(problemsOf(text))
                .singleElement()
                .satisfies(p -> assertThat(p).startsWith("flow.yaml:5:").contains("could never be reused"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "outputs: {a: list}                                | a list needs 'items' or 'fields'",
                "outputs: {a: text}                                | 'text' is not a type",
                "outputs: {a: string}                              | the output 'a' is never extracted",
                "variables: {a: string}                            | the variable 'a' is never extracted",
                "outputs: {a: {type: string, fields: {b: string}}} | 'fields' does not go with this type",
                "outputs: {a: {type: string, format: yyyy}}        | 'format' is for the type date",
                "outputs: {a: {type: date, format: 'bb'}}          | 'format'",
                "inputs: {a: {required: true}}                     | missing 'type' in inputs.a",
                "inputs: {a: {type: integer, default: x}}          | the default does not fit",
                "inputs: {a: {type: string, min: 3}}               | 'min' is for the types integer and decimal",
                "inputs: {a: {type: string, pattern: '('}}         | 'pattern'",
                "inputs: {1a: string}                              | is not a name",
                "entry: nope                                       | there is no step 'nope'",
                "entry: buy                                        | must not be the entry",
                "session: {maxUses: 3}                             | missing 'key' in 'session'",
                "session: {key: a, login: nope}                    | there is no step 'nope'",
                "session: {key: a, login: buy}                     | must be 'effect: idempotent' and not cached",
                "session: {key: a, loggedOut: {url: x}}            | 'loggedOut' needs 'login'",
                "session: {key: a, warm: 2}                        | 'warm' needs 'login'",
                "session: {key: a, login: s, warm: 2, maxUses: 1}  | 'warm' needs 'maxUses' of 2 or more",
                "session: {key: a, login: buy, warm: 2}            | step 'buy' has 'effect: once'",
                "session: {key: a, login: id, warm: 2}             | step 'id' refers to ${job.id} or ${step.key}",
                "context: {locale: de_CH_x_1}                      | is not a language tag",
                "context: {timezone: Mars/Base}                    | is not a time zone",
                "context: {viewport: {width: 390}}                 | missing 'height'",
                "context: {geolocation: {latitude: 91, longitude: 0}} | latitude is -90 to 90",
                "context: {geolocation: {latitude: x, longitude: 0}} | must be a number",
                "context: {permissions: [geolokation]}             | did you mean",
                "context: {basicAuth: {username: a, password: b}}  | must be a secret",
                "context: {basicAuth: {username: a, password: '${secret:b}'}} | 'basicAuth' needs 'site'",
                "context: {colour: blue}                           | unknown key 'colour'",
                "site: portal.example                              | is not a base URL",
                "site: https://other.example                       | allowedHosts has portal.example",
                "timeout: 5                                        | has no unit",
                "steps: []                                         | stands twice",
                "colour: blue                                      | unknown key 'colour' in a flow",
            })
    void parse_givenABadHead_expectsWhatIsWrong(String line, String message) {
        String text =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                steps:
                  - {name: s, effect: read, do: [{click: "#a"}]}
                  - {name: buy, effect: once, do: [{click: "#a"}]}
                  - {name: id, effect: read, do: [{navigate: "/${job.id}"}]}
                %s
                """
                        .formatted(line);

        assertThat(problemsOf(text))
                .anySatisfy(p -> assertThat(p).startsWith("flow.yaml:8:").contains(message));
    }

    @Test
    void parse_givenAnEmptyMapping_expectsEveryMissingKey() {
        assertThat(problemsOf("{}"))
                .anySatisfy(p -> assertThat(p).contains("missing 'flow'"))
                .anySatisfy(p -> assertThat(p).contains("missing 'version'"))
                .anySatisfy(p -> assertThat(p).contains("missing 'allowedHosts'"))
                .anySatisfy(p -> assertThat(p).contains("missing 'steps'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''           | the file is empty",
                "flow: [      | not valid YAML",
                "just text    | must be a mapping with the keys flow, version",
            })
    void parse_givenNoFlowAtAll_expectsOneProblem(String text, String message) {
        assertThat(problemsOf(text)).singleElement().satisfies(p -> assertThat(p)
                .contains(message));
    }

    @Test
    void parse_givenAliasesThatMultiply_expectsRefusalBeforeTheyAreWalked() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            text.append("a%d: &a%d [%s]\n".formatted(i, i, "*a" + (i - 1) + (", *a" + (i - 1)).repeat(9)));
        }

        assertThat(problemsOf(text.toString())).singleElement().satisfies(p -> assertThat(p)
                .contains("the file is too large"));
    }

    @Test
    void parse_givenAnAliasOfItself_expectsRefusal() {
        assertThat(problemsOf("steps: &s [*s]")).singleElement().satisfies(p -> assertThat(p)
                .contains("too large"));
    }

    @Test
    void parse_givenDuplicateStep_expectsItsSecondLine() {
        String text =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                steps:
                  - {name: s, effect: read, do: [{click: "#a"}]}
                  - {name: s, effect: read, do: [{click: "#a"}]}
                """;

        assertThat(problemsOf(text))
                .containsExactly("flow.yaml:6:12: there is a step 's' already: give this one another name");
    }

    @Test
    void read_givenNoSuchFile_expectsToSaySo() {
        InvalidFlowException e =
                catchThrowableOfType(InvalidFlowException.class, () -> FlowFiles.read(Path.of("/nowhere/flow.yaml")));

        assertThat(e).hasMessage("/nowhere/flow.yaml:1:1: there is no such file");
    }

    @Test
    void problems_givenBadInputs_expectsEveryProblemNamed() {
        Flow flow = FlowFiles.parse("search.yaml", COMPLETE);

        List<String> problems = flow.problems(Map.of("account", "MAIN", "pages", "9", "qery", "x"));

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "inputs.query: missing",
                        "inputs.account: 'MAIN' does not match [a-z]+",
                        "inputs.pages: 9 is too large, at most 5 is allowed",
                        "inputs.qery: unknown; did you mean 'query'? (flow 'catalog-search' takes query, account,"
                                + " pages)");
    }

    @Test
    void problems_givenGoodInputs_expectsNone() {
        Flow flow = FlowFiles.parse("search.yaml", COMPLETE);

        assertThat(flow.problems(Map.of("query", "lamp"))).isEmpty();
        assertThat(flow.problems(Map.of("query", "x".repeat(201))))
                .containsExactly("inputs.query: 201 characters, at most 200 are allowed");
        assertThat(flow.problems(Map.of("query", "lamp", "pages", "two")))
                .containsExactly("inputs.pages: 'two' is not an integer");
    }

    private static List<String> problemsOf(String text) {
        InvalidFlowException e =
                catchThrowableOfType(InvalidFlowException.class, () -> FlowFiles.parse("flow.yaml", text));
        assertThat(e).as("a problem was expected").isNotNull();
        return e.problems().stream().map(Object::toString).toList();
    }
}
