package dev.headstream.worker.run;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.PlaywrightException;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.Instruction;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Selector;
import dev.headstream.worker.flow.Template;
import dev.headstream.worker.flow.code.StepPage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The page as the function of a step sees it: every call is an action like those of flow files, done by the same
 * performer. Confined to the lane's thread.
 */
final class CodePage implements StepPage {
    private final Actions actions;
    private final Performer performer;
    private final Spot at;
    /** Shared by all that see the same run of the function. */
    private final AtomicInteger count;

    CodePage(Actions actions, Performer performer, Spot at) {
        this(actions, performer, at, new AtomicInteger());
    }

    private CodePage(Actions actions, Performer performer, Spot at, AtomicInteger count) {
        this.actions = actions;
        this.performer = performer;
        this.at = at;
        this.count = count;
    }

    /** Calls the function, and sees to it that it has set what it should. */
    void run(Action.Call call) {
        try {
            call.body().run(this);
        } catch (StepFailureException | BrowserFailureException | DeadlineExceededException | PlaywrightException e) {
            throw e;
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            throw new StepFailureException(FailureKind.SCRIPT_ERROR, explained(e), e);
        }
        for (String name : call.sets()) {
            boolean optional = scope().flow().shapeOf(name).orElseThrow().optional();
            if (!optional && !scope().values().containsKey(name)) {
                throw new StepFailureException(
                        FailureKind.OUTPUT_INVALID, "the step's code did not set '" + name + "', as it is declared to");
            }
        }
    }

    private String explained(Throwable e) {
        String at = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
        return scope().masked("the step's code failed: " + e + at);
    }

    private StepScope scope() {
        return actions.scope();
    }

    private void perform(Action action) {
        actions.perform(
                at.number() + count.incrementAndGet(),
                new Instruction(action, Optional.empty(), false, Optional.empty(), 1),
                at);
    }

    @Override
    public String input(String name) {
        return declared(new Reference.Input(name), "inputs." + name);
    }

    @Override
    public String variable(String name) {
        return declared(new Reference.Variable(name), name);
    }

    @Override
    public String site() {
        return declared(new Reference.Site(), "site");
    }

    @Override
    public String jobId() {
        return declared(new Reference.JobId(), "job.id");
    }

    @Override
    public String stepKey() {
        return declared(new Reference.StepKey(), "step.key");
    }

    private String declared(Reference reference, String written) {
        checkUse(reference, written);
        return scope().value(reference);
    }

    /** What is not declared would not be in the keys of caches and sessions: another job would get this one's. */
    private void checkUse(Reference reference, String written) {
        if (!actions.step().uses().contains(reference)) {
            throw new StepFailureException(
                    FailureKind.SCRIPT_ERROR,
                    "the step's code asks for " + written + ", which the step does not declare: add uses(\"" + written
                            + "\")");
        }
    }

    @Override
    public void set(String name, @Nullable Object value) {
        if (actions.step().sets().noneMatch(name::equals)) {
            throw new StepFailureException(
                    FailureKind.SCRIPT_ERROR,
                    "the step's code sets '" + name + "', which the step does not declare: add sets(\"" + name + "\")");
        }
        scope().set(name, performer.shaped(name, value));
    }

    @Override
    public void navigate(String url) {
        // inputs of the job stand in queries: messages do without
        perform(new Action.Navigate(literal(url.split("[?#]", 2)[0], url), Action.WaitUntil.LOAD));
    }

    @Override
    public void fill(String selector, String value) {
        perform(new Action.Fill(selector(selector), literal("", value)));
    }

    @Override
    public void fillSecret(String selector, String secret) {
        fill(selector, new Reference.Secret(secret), "secret:" + secret);
    }

    @Override
    public void fillOneTimeCode(String selector, String secret) {
        fill(selector, new Reference.Totp(secret), "totp:" + secret);
    }

    private void fill(String selector, Reference reference, String written) {
        checkUse(reference, written);
        Template value = new Template("", List.of(new Template.Part.Placeholder(reference)));
        perform(new Action.Fill(selector(selector), value));
    }

    @Override
    public void click(String selector) {
        perform(new Action.Click(selector(selector), 1, Action.Button.LEFT, Optional.empty(), false, Optional.empty()));
    }

    @Override
    public void press(String selector, String key) {
        perform(new Action.Press(Optional.of(selector(selector)), key));
    }

    @Override
    public void select(String selector, String value) {
        perform(new Action.Select(selector(selector), Action.OptionBy.VALUE, literal("", value)));
    }

    @Override
    public void check(String selector, boolean checked) {
        perform(new Action.Check(selector(selector), checked));
    }

    @Override
    public void hover(String selector) {
        perform(new Action.Hover(selector(selector)));
    }

    @Override
    public void waitFor(String selector) {
        perform(new Action.WaitFor(selector(selector), Action.State.VISIBLE));
    }

    @Override
    public void waitUntilHidden(String selector) {
        perform(new Action.WaitFor(selector(selector), Action.State.HIDDEN));
    }

    @Override
    public void waitForText(String text) {
        perform(new Action.WaitForText(Optional.empty(), literal("...", text)));
    }

    @Override
    public void waitForUrl(String pattern) {
        perform(new Action.WaitForUrl(literal(pattern.split("[?#]", 2)[0], pattern)));
    }

    @Override
    public String text(String selector) {
        waitFor(selector);
        return locator(selector).innerText(new Locator.InnerTextOptions().setTimeout(at.millis()));
    }

    @Override
    public List<String> texts(String selector) {
        return locator(selector).allInnerTexts();
    }

    @Override
    public Optional<String> attribute(String selector, String name) {
        perform(new Action.WaitFor(selector(selector), Action.State.ATTACHED));
        return Optional.ofNullable(
                locator(selector).getAttribute(name, new Locator.GetAttributeOptions().setTimeout(at.millis())));
    }

    @Override
    public int count(String selector) {
        return locator(selector).count();
    }

    @Override
    public boolean isVisible(String selector) {
        Locator found = locator(selector);
        return found.count() > 0 && found.first().isVisible();
    }

    /** What is read has been looked for on a page of an allowed host, whatever the function did before. */
    private Locator locator(String selector) {
        scope().hosts().check();
        return at.frame().locator(scope().render(selector(selector)).get(0));
    }

    @Override
    public String url() {
        return at.page().url();
    }

    @Override
    public @Nullable Object evaluate(String script, Map<String, ?> arguments) {
        scope().hosts().check();
        return at.guarded(scope(), () -> Optional.ofNullable(at.frame().evaluate(script, arguments)))
                .orElse(null);
    }

    @Override
    public void screenshot(String name) {
        perform(new Action.Screenshot(name, Optional.empty(), false));
    }

    @Override
    public StepPage within(Duration atMost) {
        return new CodePage(actions, performer, at.within(atMost), count);
    }

    @Override
    public RuntimeException failure(String message) {
        return new StepFailureException(FailureKind.ASSERTION_FAILED, scope().masked(message));
    }

    /** No text that code hands in is read as a reference: it may come from a page. */
    private static Template literal(String shown, String text) {
        return new Template(shown, text.isEmpty() ? List.of() : List.of(new Template.Part.Literal(text)));
    }

    private static Selector selector(String selector) {
        return Selector.parse(selector.replace("${", "$${"));
    }
}
