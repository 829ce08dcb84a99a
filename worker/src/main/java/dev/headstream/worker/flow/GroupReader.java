package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the actions that hold others. */
final class GroupReader {
    private static final int MOST_ROUNDS = 10_000;
    private static final List<String> KINDS = List.of("visible", "hidden", "text", "url", "value");

    private final Scope scope;
    private final String step;
    private final ActionReader actions;

    GroupReader(Scope scope, String step, ActionReader actions) {
        this.scope = scope;
        this.step = step;
        this.actions = actions;
    }

    @Nullable
    Action read(String word, YamlValue value) {
        return switch (word) {
            case "repeat" -> repeat(form(word, value, null));
            case "frame" -> frame(form(word, value, null));
            case "popup" -> popup(form(word, value, "do"));
            case "download" -> download(form(word, value, "click"), value);
            case "waitForResponse" -> response(form(word, value, null));
            default -> {
                List<Instruction> nested = nested(form(word, value, "do"));
                yield nested.isEmpty() ? null : new Group.ForNavigation(nested);
            }
        };
    }

    /** What is set in one branch only may be set afterwards. */
    @Nullable
    Action choice(YamlValue value, YamlMap beside) {
        Condition condition = condition(value, "if");
        if (!beside.has("then") && !beside.has("else")) {
            beside.problem(
                    "'if' needs 'then', a list of actions beside it, as in {if: {visible: \"#x\"}, then: [{click: \"#x\"}]}");
            return null;
        }
        Set<String> before = scope.known();
        List<Instruction> then = actions.readAll(beside.get("then"), "'then'");
        Set<String> afterThen = scope.known();
        scope.knowOnly(before);
        List<Instruction> otherwise = actions.readAll(beside.get("else"), "'else'");
        afterThen.retainAll(scope.known());
        scope.knowOnly(afterThen);
        return condition == null || (then.isEmpty() && otherwise.isEmpty())
                ? null
                : new Group.If(condition, then, otherwise);
    }

    private @Nullable Action repeat(ActionForm form) {
        if (form.required("max") == null) {
            return null;
        }
        int max = form.integer("max", 1, MOST_ROUNDS, 1);
        List<String> kinds =
                Stream.of("while", "until", "nextPage").filter(form::has).toList();
        if (kinds.size() > 1) {
            form.problem(kinds.get(1), "repeat has both '" + kinds.get(0) + "' and '" + kinds.get(1) + "': remove one");
        }
        if (form.has("changes") && !form.has("nextPage")) {
            form.problem("changes", "'changes' goes with 'nextPage'");
        }
        Set<String> before = scope.known();
        Condition lasting = form.has("while") ? condition(form.required("while"), "while") : null;
        List<Instruction> nested = actions.readRepeated(form.required("do"), "'do' of repeat");
        Group.Rounds rounds = new Group.Rounds.Always();
        if (lasting != null) {
            rounds = new Group.Rounds.While(lasting);
            keepLists(before);
        } else if (form.has("until")) {
            Condition until = condition(form.required("until"), "until");
            rounds = until == null ? rounds : new Group.Rounds.Until(until);
        } else if (form.has("nextPage")) {
            Selector next = form.selector("nextPage");
            Optional<Selector> changes =
                    form.has("changes") ? Optional.ofNullable(form.selector("changes")) : Optional.empty();
            rounds = next == null ? rounds : new Group.Rounds.Pages(next, changes);
        }
        return nested.isEmpty() ? null : new Group.Repeat(max, rounds, nested);
    }

    /** Without any round a list is empty, and everything else has no value. */
    private void keepLists(Set<String> before) {
        Set<String> after = scope.known();
        after.removeIf(name -> !before.contains(name)
                && scope.shapeOf(name).filter(OutputSpec::isMany).isEmpty());
        scope.knowOnly(after);
    }

    private @Nullable Action frame(ActionForm form) {
        List<String> given =
                Stream.of("selector", "name", "url", "path").filter(form::has).toList();
        Group.FrameOf frame = null;
        if (given.size() != 1) {
            form.problem("do", "frame must have exactly one of selector, name, url, path");
        } else {
            frame = switch (given.get(0)) {
                case "selector" -> {
                    Selector selector = form.selector("selector");
                    yield selector == null ? null : new Group.FrameOf.Element(selector);
                }
                case "name" -> {
                    Template name = form.filledTemplate("name");
                    yield name == null ? null : new Group.FrameOf.Named(name);
                }
                case "url" -> {
                    Template url = form.filledTemplate("url");
                    yield url == null ? null : new Group.FrameOf.AtUrl(url);
                }
                default -> path(form);
            };
        }
        List<Instruction> nested = nested(form);
        return frame == null || nested.isEmpty() ? null : new Group.InFrame(frame, nested);
    }

    private static Group.@Nullable FrameOf path(ActionForm form) {
        List<Integer> indexes = new ArrayList<>();
        YamlValue value = form.get("path");
        if (value == null) {
            return null;
        }
        for (YamlValue item : value.list("'path' of frame")) {
            Integer index = item.integer("'path' of frame", 0, 1_000);
            if (index != null) {
                indexes.add(index);
            }
        }
        return indexes.isEmpty() ? null : new Group.FrameOf.Path(indexes);
    }

    private @Nullable Action popup(ActionForm form) {
        Optional<Template> url = form.has("url") ? Optional.ofNullable(form.filledTemplate("url")) : Optional.empty();
        boolean close = form.flag("close");
        List<Instruction> nested = nested(form);
        return nested.isEmpty() ? null : new Group.InPopup(url, close, nested);
    }

    private @Nullable Action download(ActionForm form, YamlValue whole) {
        if (form.has("click") == form.has("do")) {
            form.problem("click", "download must have one of 'click' (a selector) and 'do' (actions): what starts it");
            return null;
        }
        List<Instruction> nested;
        if (form.has("click")) {
            Selector selector = form.selector("click");
            nested = selector == null ? List.of() : List.of(ActionReader.click(selector, whole.line()));
        } else {
            nested = nested(form);
        }
        Optional<Template> name =
                form.has("name") ? Optional.ofNullable(form.filledTemplate("name")) : Optional.empty();
        YamlValue intoValue = form.get("into");
        String into = intoValue == null ? null : intoValue.filled("'into' of download");
        OutputSpec shape = into == null || intoValue == null ? null : scope.sets(step, into, intoValue);
        if (shape != null && intoValue != null && !(shape instanceof OutputSpec.Json)) {
            intoValue.problem(
                    "'" + into + "' gets the name, uri, bytes and contentType of the file: declare it as json");
        }
        return nested.isEmpty() ? null : new Group.Download(name, Optional.ofNullable(into), nested);
    }

    private @Nullable Action response(ActionForm form) {
        Template url = form.filledTemplate("url");
        Optional<Integer> status =
                form.has("status") ? Optional.of(form.integer("status", 100, 599, 200)) : Optional.empty();
        List<Instruction> nested = nested(form);
        return url == null || nested.isEmpty() ? null : new Group.ForResponse(url, status, nested);
    }

    private List<Instruction> nested(ActionForm form) {
        return actions.readAll(form.required("do"), "'do'");
    }

    private @Nullable Condition condition(@Nullable YamlValue value, String word) {
        YamlMap map = value == null ? null : value.map("'" + word + "'", FlowKeys.CONDITION);
        if (map == null) {
            return null;
        }
        List<String> given = KINDS.stream().filter(map::has).toList();
        if (given.size() != 1) {
            map.problem("'" + word + "' must have exactly one of " + String.join(", ", KINDS));
            return null;
        }
        String kind = given.get(0);
        refuse(map, "selector", kind, "text");
        refuse(map, "equals", kind, "value");
        refuse(map, "differs", kind, "value");
        YamlValue at = map.get(kind);
        YamlValue withinValue = map.get("within");
        Optional<Duration> within =
                Optional.ofNullable(withinValue).map(limit -> limit.duration("'within' of " + word));
        return at == null ? null : condition(kind, at, map, within, word);
    }

    private @Nullable Condition condition(
            String kind, YamlValue at, YamlMap map, Optional<Duration> within, String word) {
        String what = "'" + kind + "' of " + word;
        switch (kind) {
            case "visible", "hidden" -> {
                Selector selector = scope.selector(at, what);
                return selector == null
                        ? null
                        : kind.equals("visible")
                                ? new Condition.Visible(selector, within)
                                : new Condition.Hidden(selector, within);
            }
            case "text" -> {
                YamlValue where = map.get("selector");
                Selector selector = where == null ? null : scope.selector(where, "'selector' of " + word);
                Template text = at.filled(what) == null ? null : scope.template(at, what);
                return text == null ? null : new Condition.Text(Optional.ofNullable(selector), text, within);
            }
            case "url" -> {
                Template url = at.filled(what) == null ? null : scope.template(at, what);
                return url == null ? null : new Condition.AtUrl(url, within);
            }
            default -> {
                return equality(at, map, word);
            }
        }
    }

    private @Nullable Condition equality(YamlValue at, YamlMap map, String word) {
        refuse(map, "within", "value", "");
        if (map.has("equals") == map.has("differs")) {
            map.problem("'" + word + "' with 'value' must have one of 'equals' and 'differs'");
            return null;
        }
        boolean equal = map.has("equals");
        YamlValue otherValue = map.get(equal ? "equals" : "differs");
        Template value = scope.comparedTemplate(at, "'value' of " + word);
        Template other = otherValue == null
                ? null
                : scope.comparedTemplate(otherValue, (equal ? "'equals' of " : "'differs' of ") + word);
        return value == null || other == null ? null : new Condition.Equal(value, other, equal);
    }

    private static void refuse(YamlMap map, String key, String kind, String with) {
        if (map.has(key) && !kind.equals(with)) {
            map.problemAt(key, "'" + key + "' does not go with '" + kind + "'");
        }
    }

    private ActionForm form(String word, YamlValue value, @Nullable String shortKey) {
        return ActionForm.of(scope, word, value, shortKey);
    }
}
