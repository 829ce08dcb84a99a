package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.artifact.ArtifactStore;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.Instruction;
import dev.headstream.worker.flow.Step;
import java.time.Duration;

/** Runs a step for real: its actions, one after the other, on the page. */
final class BrowserStepRunner implements StepRunner {
    private final ObjectMapper json;
    private final ArtifactStore artifacts;
    private final RunObserver observer;

    BrowserStepRunner(ObjectMapper json, ArtifactStore artifacts, RunObserver observer) {
        this.json = json;
        this.artifacts = artifacts;
        this.observer = observer;
    }

    @Override
    public StepResult run(Step step, StepScope scope) {
        int number = 0;
        for (Instruction instruction : step.instructions()) {
            number++;
            long start = System.nanoTime();
            perform(step, number, instruction, scope);
            observer.actionEnded(
                    step.name(), number, label(instruction.action()), Duration.ofNanos(System.nanoTime() - start));
        }
        scope.session().checkAlive(); // what was read from a crashed page is empty, and must not be kept anywhere
        return new StepResult(StepOutcome.RAN, scope.values());
    }

    private void perform(Step step, int number, Instruction instruction, StepScope scope) {
        Action action = instruction.action();
        String place = "action " + number + " (" + label(action) + ")";
        scope.begin(place);
        try {
            action.accept(new Performer(json, artifacts, scope, instruction.timeout()));
            scope.hosts().check();
            if (action instanceof Action.Navigate) {
                scope.login().check(step, scope.session().page(), scope);
            }
        } catch (DeadlineExceededException e) {
            if (instruction.timeout().isEmpty() || !instruction.timeout().get().equals(e.timeout())) {
                throw e;
            }
            throw located(place, FailureKind.ACTION_TIMEOUT, "did not end within its timeout", e);
        } catch (BrowserFailureException e) {
            throw e;
        } catch (RuntimeException e) {
            Page page = scope.session().page();
            StepFailureException explained = Failures.explain(e, action, scope.lastSelector(), page);
            scope.session().checkAlive();
            StepFailureException failure = scope.login().reason(explained, step, page, scope);
            throw located(place, failure.kind(), failure.text(), e);
        }
    }

    private static StepFailureException located(String place, FailureKind kind, String message, Throwable cause) {
        return new StepFailureException(kind, place + ": " + message, cause);
    }

    /** The action as its author knows it: with the selector as written, without values. */
    static String label(Action action) {
        return action.target().map(target -> action.word() + " " + target).orElseGet(() -> word(action));
    }

    private static String word(Action action) {
        if (action instanceof Action.Extract extract) {
            return "extract " + String.join(", ", extract.values().keySet());
        }
        if (action instanceof Action.Navigate navigate) {
            return "navigate " + navigate.url();
        }
        if (action instanceof Action.WaitForUrl waitForUrl) {
            return "waitForUrl " + waitForUrl.url();
        }
        if (action instanceof Action.WaitForText waitForText) {
            return "waitForText '" + waitForText.text() + "'";
        }
        return action instanceof Action.Press press ? "press " + press.key() : action.word();
    }
}
