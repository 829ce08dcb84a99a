package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.MouseButton;
import com.microsoft.playwright.options.SelectOption;
import com.microsoft.playwright.options.WaitForSelectorState;
import com.microsoft.playwright.options.WaitUntilState;
import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.Gesture;
import dev.headstream.worker.flow.Group;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Selector;
import dev.headstream.worker.flow.Template;
import dev.headstream.worker.flow.Wait;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Performs one action at a spot. */
final class Performer implements Action.Visitor<Boolean> {
    private static final Duration ASSERTION_TIMEOUT = Duration.ofSeconds(5);
    private static final int SHOWN_TEXT_LENGTH = 200;

    private final Actions actions;
    private final StepScope scope;
    private final Spot at;
    private final Locators locators;

    Performer(Actions actions, Spot at) {
        this.actions = actions;
        this.scope = actions.scope();
        this.at = at;
        this.locators = new Locators(scope, at);
    }

    Locators locators() {
        return locators;
    }

    String render(Template template) {
        return scope.render(template);
    }

    Locator locator(Selector selector) {
        return locators.one(selector);
    }

    /** No picture shows a field that gets a secret. */
    void cover(Locator field, Template value) {
        if (value.references().anyMatch(Reference::isSecret)) {
            scope.camera().cover(field);
        }
    }

    private double millis() {
        return at.millis();
    }

    @Override
    public Boolean navigate(Action.Navigate action) {
        String url = absolute(scope.render(action.url()));
        scope.hosts().checkBefore(url);
        WaitUntilState until = WaitUntilState.valueOf(action.until().name());
        Response response = response(url, until);
        scope.hosts().check();
        if (response != null && response.status() >= 400) {
            throw httpStatus(response);
        }
        return true;
    }

    /** A page that turns out to be a file is none that can be shown, which is right where a download is what is wanted. */
    private @Nullable Response response(String url, WaitUntilState until) {
        try {
            return at.frame()
                    .navigate(
                            url,
                            new Frame.NavigateOptions().setTimeout(millis()).setWaitUntil(until));
        } catch (PlaywrightException e) {
            if (scope.expectsDownload()
                    && String.valueOf(e.getMessage()).matches("(?s).*(Download is starting|ERR_ABORTED).*")) {
                return null;
            }
            throw e;
        }
    }

    private static StepFailureException httpStatus(Response response) {
        int status = response.status();
        boolean mayPass = status >= 500 || status == 408 || status == 425 || status == 429;
        return new StepFailureException(
                mayPass ? FailureKind.HTTP_STATUS_TRANSIENT : FailureKind.HTTP_STATUS,
                "the page answered with HTTP status " + status + " " + response.statusText());
    }

    String absolute(String url) {
        if (!url.startsWith("/") || url.startsWith("//")) {
            return url;
        }
        if (scope.flow().site().isPresent()) {
            return scope.render(scope.flow().site().get()).replaceFirst("/+$", "") + url;
        }
        try {
            return URI.create(at.page().url()).resolve(url).toString();
        } catch (IllegalArgumentException e) {
            throw new StepFailureException(
                    FailureKind.NAVIGATION_FAILED, "'" + url + "' has no base: set 'site' at the top of the flow", e);
        }
    }

    @Override
    public Boolean fill(Action.Fill action) {
        Locator field = locator(action.selector());
        cover(field, action.value());
        field.fill(scope.render(action.value()), new Locator.FillOptions().setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean click(Action.Click action) {
        Locator.ClickOptions options = new Locator.ClickOptions()
                .setClickCount(action.count())
                .setButton(MouseButton.valueOf(action.button().name()));
        action.at().ifPresent(point -> options.setPosition(point.x(), point.y()));
        action.hold().ifPresent(hold -> options.setDelay((double) hold.toMillis()));
        Locator element = locator(action.selector());
        if (action.force()) {
            element.waitFor(new Locator.WaitForOptions().setTimeout(millis()));
            options.setForce(true);
        }
        element.click(options.setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean press(Action.Press action) {
        if (action.selector().isPresent()) {
            locator(action.selector().get()).press(action.key(), new Locator.PressOptions().setTimeout(millis()));
        } else {
            at.page().keyboard().press(action.key());
        }
        return true;
    }

    @Override
    public Boolean select(Action.Select action) {
        String text = scope.render(action.option());
        SelectOption option =
                switch (action.by()) {
                    case VALUE -> new SelectOption().setValue(text);
                    case LABEL -> new SelectOption().setLabel(text);
                    case INDEX -> new SelectOption().setIndex(Integer.parseInt(text));
                };
        List<String> unused =
                locator(action.selector()).selectOption(option, new Locator.SelectOptionOptions().setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean check(Action.Check action) {
        locator(action.selector()).setChecked(action.checked(), new Locator.SetCheckedOptions().setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean hover(Action.Hover action) {
        locator(action.selector()).hover(new Locator.HoverOptions().setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean waitFor(Action.WaitFor action) {
        WaitForSelectorState state = WaitForSelectorState.valueOf(action.state().name());
        locators.any(action.selector())
                .first()
                .waitFor(new Locator.WaitForOptions().setState(state).setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean waitForText(Action.WaitForText action) {
        String text = scope.render(action.text());
        Locator found = action.selector().isPresent()
                ? locators.any(action.selector().get()).filter(new Locator.FilterOptions().setHasText(text))
                : at.frame().getByText(text);
        found.filter(new Locator.FilterOptions().setVisible(true))
                .first()
                .waitFor(new Locator.WaitForOptions().setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean waitForUrl(Action.WaitForUrl action) {
        Pattern pattern = UrlGlob.compile(absolute(scope.render(action.url())));
        at.frame()
                .waitForURL(
                        pattern,
                        new Frame.WaitForURLOptions()
                                .setWaitUntil(WaitUntilState.COMMIT)
                                .setTimeout(millis()));
        at.frame()
                .waitForLoadState(LoadState.DOMCONTENTLOADED, new Frame.WaitForLoadStateOptions().setTimeout(millis()));
        return true;
    }

    @Override
    public Boolean extract(Action.Extract action) {
        Extractor extractor = new Extractor(json(), locators);
        action.values().forEach((name, extraction) -> {
            OutputSpec shape = scope.flow().shapeOf(name).orElseThrow();
            if (action.adds() && shape.isMany()) {
                scope.add(name, extractor.readMore(name, extraction, shape.ofAnySize(), millis()));
            } else {
                scope.set(name, extractor.read(name, extraction, shape, millis()));
            }
        });
        return true;
    }

    @Override
    public Boolean assertText(Action.AssertText action) {
        String expected = scope.render(action.text());
        Locator locator =
                action.selector().map(this::locator).orElseGet(() -> at.frame().locator("body"));
        double atMost = at.ownTime().isPresent() ? millis() : at.limit().playwrightMillis(ASSERTION_TIMEOUT);
        long end = System.nanoTime() + (long) (atMost * 1e6);
        int pauseMillis = 25;
        while (true) {
            List<String> texts = locator.allInnerTexts();
            if (texts.size() == 1 && holds(action.comparison(), normal(texts.get(0)), expected)) {
                return true;
            }
            if (System.nanoTime() + pauseMillis * 1_000_000L >= end || texts.size() > 1) {
                throw unmet(action, expected, texts, scope);
            }
            at.page().waitForTimeout(pauseMillis);
            pauseMillis = Math.min(250, pauseMillis * 2);
        }
    }

    private static boolean holds(Action.Comparison comparison, String actual, String expected) {
        return switch (comparison) {
            case CONTAINS -> actual.contains(normal(expected));
            case EQUALS -> actual.equals(normal(expected));
            case MATCHES -> Pattern.compile(expected).matcher(actual).find();
        };
    }

    static String normal(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static StepFailureException unmet(
            Action.AssertText action, String expected, List<String> texts, StepScope scope) {
        if (texts.isEmpty()) {
            return new StepFailureException(FailureKind.SELECTOR_NOT_FOUND, "no element matches");
        }
        if (texts.size() > 1) {
            return new StepFailureException(
                    FailureKind.SELECTOR_AMBIGUOUS, texts.size() + " elements match, one is expected");
        }
        String actual = scope.masked(normal(texts.get(0)));
        String shown = actual.length() > SHOWN_TEXT_LENGTH ? actual.substring(0, SHOWN_TEXT_LENGTH) + "..." : actual;
        String relation =
                switch (action.comparison()) {
                    case CONTAINS -> "contain";
                    case EQUALS -> "equal";
                    case MATCHES -> "match";
                };
        return new StepFailureException(
                FailureKind.ASSERTION_FAILED,
                "the text should " + relation + " '" + expected + "' but is '" + shown + "'");
    }

    @Override
    public Boolean screenshot(Action.Screenshot action) {
        byte[] picture = action.selector().isPresent()
                ? locator(action.selector().get()).screenshot(new Locator.ScreenshotOptions().setTimeout(millis()))
                : at.page()
                        .screenshot(new Page.ScreenshotOptions()
                                .setFullPage(action.fullPage())
                                .setTimeout(millis()));
        String name = action.name().endsWith(".png") ? action.name() : action.name() + ".png";
        try {
            scope.add(actions.tools().artifacts().store(scope.job().executionId(), name, "image/png", picture));
        } catch (IOException e) {
            throw new StepFailureException(FailureKind.ARTIFACT_NOT_STORED, String.valueOf(e.getMessage()), e);
        }
        return true;
    }

    @Override
    public Boolean evaluate(Action.Evaluate action) {
        Map<String, Object> args = new LinkedHashMap<>();
        action.args().forEach((name, value) -> args.put(name, scope.render(value)));
        // a script has no timeout of its own in Playwright
        Optional<Object> result =
                at.guarded(scope, () -> Optional.ofNullable(at.frame().evaluate(action.script(), args)));
        action.into().ifPresent(name -> scope.set(name, shaped(name, result.orElse(null))));
        return true;
    }

    @Override
    public Boolean call(Action.Call action) {
        new CodePage(actions, this, at).run(action);
        return true;
    }

    @Override
    public Boolean gesture(Gesture action) {
        new Gestures(this, actions.tools().uploads(), at).run(action);
        return true;
    }

    @Override
    public Boolean wait(Wait action) {
        new Waits(this, scope, at).run(action);
        return true;
    }

    @Override
    public Boolean group(Group action) {
        new Groups(actions, this, at).run(action);
        return true;
    }

    private ObjectMapper json() {
        return actions.tools().json();
    }

    JsonNode shaped(String name, @Nullable Object result) {
        try {
            return Shaping.shape(
                    name,
                    scope.flow().shapeOf(name).orElseThrow(),
                    result == null ? NullNode.instance : json().valueToTree(result));
        } catch (IllegalArgumentException e) {
            throw new StepFailureException(FailureKind.OUTPUT_INVALID, String.valueOf(e.getMessage()), e);
        }
    }
}
