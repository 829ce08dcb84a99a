package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Actions that hold others, and what follows from it for values, caches and resumption. */
final class FlowLanguageTest {
    private static final String HEAD =
            """
            flow: f
            version: 1
            allowedHosts: [portal.example]
            inputs: {kind: string, csv: string}
            outputs: {rows: {type: list, items: string}, title: string, note: string?}
            variables: {file: json?}
            steps:
              - name: s
                effect: read
                do:
                  - navigate: https://portal.example/
                  - extract: {rows: {each: li}, title: h1, note: p}
            """;

    @Test
    void parse_givenGroups_expectsThemNested() {
        Flow flow = parse(
                """
                      - if: {value: "${inputs.kind}", equals: b2b}
                        then: [{click: "#company"}]
                        else:
                          - click: "#person"
                            optional: true
                      - repeat:
                          max: 5
                          nextPage: ["a.next", "text=Next"]
                          changes: "#rows"
                          do:
                            - extract: {rows: {each: .row}}
                      - frame: {name: pay, do: [{fill: {selector: "#iban", value: x}}]}
                      - popup: {url: "**/help", close: true, do: [{waitForText: Help}]}
                      - download: {click: "#csv", into: file}
                        timeout: 20s
                      - click: "#delete"
                        dialog: accept
                """);

        List<Instruction> all = flow.steps().get(0).instructions();
        Group.If choice = (Group.If) all.get(2).action();
        assertThat(choice.condition())
                .isEqualTo(new Condition.Equal(Template.parse("${inputs.kind}"), Template.parse("b2b"), true));
        assertThat(choice.otherwise().get(0).optional()).isTrue();
        assertThat(choice.otherwise().get(0).timeout()).contains(Instruction.OPTIONAL_TIMEOUT);
        Group.Repeat repeat = (Group.Repeat) all.get(3).action();
        assertThat(repeat.max()).isEqualTo(5);
        assertThat(((Group.Rounds.Pages) repeat.rounds()).next().variants()).hasSize(2);
        assertThat(((Action.Extract) repeat.instructions().get(0).action()).adds())
                .isTrue();
        assertThat(((Action.Extract) all.get(1).action()).adds()).isFalse();
        assertThat(((Group.InPopup) all.get(5).action()).close()).isTrue();
        assertThat(all.get(6).timeout()).contains(Duration.ofSeconds(20));
        assertThat(all.get(7).dialog()).contains(new DialogAnswer(true, Optional.empty()));
        assertThat(flow.steps().get(0).sets()).containsExactly("rows", "title", "note", "file");
    }

    @Test
    void parse_givenReferencesInGroups_expectsThemInTheKeyOfTheCache() {
        Flow flow = FlowFiles.parse(
                "f.yaml",
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                inputs: {kind: string, q: string, deep: string}
                steps:
                  - name: s
                    effect: read
                    cache: {key: "${inputs.q}", ttl: 1m}
                    do:
                      - navigate: https://portal.example/
                      - if: {value: "${inputs.kind}", equals: x}
                        then:
                          - repeat: {max: 2, do: [{fill: {selector: "#code", value: "${inputs.deep} ${totp:seed}"}}]}
                """);

        assertThat(flow.steps().get(0).cache().orElseThrow().uses())
                .contains(new Reference.Input("kind"), new Reference.Input("deep"), new Reference.Totp("seed"));
    }

    @Test
    void parse_givenACachedStepWithADownload_expectsARefusal() {
        List<String> problems = problemsOf(
                """
                flow: f
                version: 1
                allowedHosts: [a.example]
                steps:
                  - name: s
                    effect: read
                    cache: {key: k, ttl: 1m}
                    do:
                      - navigate: "http://a.example/"
                      - if: {visible: "#pdf"}
                        then: [{download: {click: "#pdf"}}]
                """);

        assertThat(problems).anyMatch(problem -> problem.contains("a file belongs to the job that moved it"));
    }

    @Test
    void parse_givenAPageThatMayNotBeOpened_expectsTheStepToNeedOneOfItsOwn() {
        String flow =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                steps:
                  - name: first
                    effect: read
                    cache: {key: x, ttl: 1m}
                    do: [{navigate: "https://portal.example/"}]
                  - name: second
                    effect: read
                    do:
                      - if: {visible: h1}
                        then: [{navigate: "https://portal.example/"}]
                """;

        assertThat(problemsOf(flow)).singleElement().asString().contains("must begin with 'navigate'");
        assertThat(problemsOf(flow.replace(
                        "      - if: {visible: h1}\n        then: [{navigate: \"https://portal.example/\"}]",
                        "      - navigate: https://portal.example/\n        optional: true")))
                .singleElement()
                .asString()
                .contains("must begin with 'navigate'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{if: {visible: h1}}                                | f.yaml:13:9: 'if' needs 'then'",
                "{if: {visible: h1, hidden: h2}, then: [{click: a}]} | exactly one of visible, hidden, text, url, value",
                "{if: {visibel: h1}, then: [{click: a}]}            | unknown key 'visibel' in 'if'; did you mean 'visible'?",
                "{if: {value: x}, then: [{click: a}]}               | must have one of 'equals' and 'differs'",
                "{if: {visible: h1, equals: x}, then: [{click: a}]} | 'equals' does not go with 'visible'",
                "{click: a, then: [{click: b}]}                     | 'then' goes with 'if'",
                "{if: {visible: h1}, then: [{clik: a}]}             | unknown action 'clik'; did you mean 'click'?",
                "{repeat: {do: [{click: a}]}}                       | missing 'max' in repeat",
                "{repeat: {max: 0, do: [{click: a}]}}               | a whole number from 1 to 10000",
                "{repeat: {max: 2, while: {visible: a}, until: {visible: b}, do: [{click: a}]}} | both 'while' and 'until'",
                "{repeat: {max: 2, changes: a, do: [{click: a}]}}   | 'changes' goes with 'nextPage'",
                "{repeat: {max: 2, do: []}}                         | 'do' of repeat must hold at least one action",
                "{frame: {do: [{click: a}]}}                        | exactly one of selector, name, url, path",
                "{frame: {name: a, url: b, do: [{click: a}]}}       | exactly one of selector, name, url, path",
                "{popup: {url: x}}                                  | missing 'do' in popup",
                "{download: {into: file}}                           | one of 'click' (a selector) and 'do'",
                "{download: {click: a, into: title}}                | declare it as json",
                "{download: {click: a, into: nope}}                 | 'nope' is not declared",
                "{upload: {selector: a}}                            | exactly one of file",
                "{upload: {selector: a, file: ../x}}                | not a path within the folder of the setting files.directory",
                "{upload: {selector: a, file: /etc/passwd}}         | not a path within the folder",
                "{upload: {selector: a, file: '${inputs.csv}'}}     | no job chooses files of the worker's machine",
                "{upload: {selector: a, text: x}}                   | missing 'name' in upload",
                "{scroll: {to: a, by: 5}}                           | exactly one of to",
                "{scroll: {end: 0}}                                 | a whole number from 1 to 1000",
                "{click: {selector: a, x: 5}}                       | 'x' and 'y' go together",
                "{click: {selector: []}}                            | must name at least one selector",
                "{click: a, dialog: maybe}                          | 'dialog' must be accept, dismiss or",
                "{click: a, optional: sure}                         | 'optional' must be true or false",
                "{waitForElement: {selector: a, operator: '>'}}     | '>' is not one of >=, ==, <=",
                "{waitForIdle: soon}                                | 'soon' is not a duration",
                "{close: page}                                      | 'close' must be: window",
                "{change: {selector: '#password', value: hunter2}}  | a secret in clear text",
                "{waitForText: '${totp:seed}'}                      | must not hold a secret",
            })
    void parse_givenAMistake_expectsItsPlaceAndAdvice(String action, String message) {
        assertThat(problemsOf(HEAD + "      - " + action + "\n"))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).startsWith("f.yaml:13:"))
                .anySatisfy(problem -> assertThat(problem).contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{if: {visible: a}, then: [{extract: {v: a}}]}                            | false",
                "{if: {visible: a}, then: [{extract: {v: a}}], else: [{extract: {v: b}}]} | true",
                "{extract: {v: a}, optional: true}                                        | false",
                "{extract: {v: a}}                                                        | true",
                "{repeat: {max: 2, while: {visible: a}, do: [{extract: {v: a}}]}}         | false",
                "{repeat: {max: 2, until: {visible: a}, do: [{extract: {v: a}}]}}         | true",
                "{frame: {name: x, do: [{extract: {v: a}}]}}                              | true",
            })
    void parse_givenAReferenceToAValueThatMayBeMissing_expectsItRefusedUnlessDeclaredSo(
            String action, boolean certain) {
        String flow =
                """
                flow: f
                version: 1
                allowedHosts: [portal.example]
                variables: {v: string%s}
                steps:
                  - name: s
                    effect: read
                    do:
                      - navigate: https://portal.example/
                      - %s
                      - if: {value: "${v}", equals: x}
                        then: [{click: a}]
                      - fill: {selector: a, value: "${v}"}
                """;

        assertThat(problemsOf(flow.formatted("?", action))).isEmpty();
        List<String> problems = problemsOf(flow.formatted("", action));
        if (certain) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .startsWith("f.yaml:13:")
                    .contains("${v} may have no value here");
        }
    }

    private static Flow parse(String actions) {
        return FlowFiles.parse("f.yaml", HEAD + actions);
    }

    private static List<String> problemsOf(String text) {
        InvalidFlowException refused =
                catchThrowableOfType(InvalidFlowException.class, () -> FlowFiles.parse("f.yaml", text));
        return refused == null
                ? List.of()
                : refused.problems().stream()
                        .map(Object::toString)
                        .filter(problem -> !problem.contains("'file' is never extracted"))
                        .toList();
    }
}
