package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.PlaywrightException;
import dev.headstream.worker.artifact.ArtifactStore;
import dev.headstream.worker.artifact.UploadFolder;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.Instruction;
import dev.headstream.worker.flow.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the actions of one run of a step, one after the other, those within groups too. Confined to the lane's thread. */
final class Actions {
    private static final Logger LOG = LoggerFactory.getLogger(Actions.class);
    private static final Duration FOR_A_PICTURE = Duration.ofSeconds(2);
    private static final Duration LEAST_FOR_A_PICTURE = Duration.ofMillis(300);

    private final Tools tools;
    private final Step step;
    private final StepScope scope;
    private final DialogWatch dialogs = new DialogWatch();
    /** The failure that is on its way out: it says already where it was. */
    private @Nullable StepFailureException located;

    /** What actions are done with. */
    record Tools(
            ObjectMapper json, ArtifactStore artifacts, UploadFolder uploads, RunObserver observer, boolean pictures) {}

    Actions(Tools tools, Step step, StepScope scope) {
        this.tools = tools;
        this.step = step;
        this.scope = scope;
    }

    Tools tools() {
        return tools;
    }

    StepScope scope() {
        return scope;
    }

    Step step() {
        return step;
    }

    /** Does them all; the first that fails ends it. */
    void run(List<Instruction> instructions, Spot spot) {
        int count = 0;
        for (Instruction instruction : instructions) {
            count++;
            perform(spot.number() + count, instruction, spot);
        }
    }

    /** Does one, under the number that it is told of by. */
    void perform(String number, Instruction instruction, Spot spot) {
        Action action = instruction.action();
        Spot at = instruction.timeout().map(spot::within).orElse(spot);
        String label = Labels.of(action);
        String place = "action " + number + " (" + label + ")" + spot.round();
        long start = System.nanoTime();
        scope.begin(place);
        scope.beginIn(at.frame());
        boolean inOpenPopup = at.isPopup() && !at.page().isClosed();
        try (DialogWatch.Open unused = dialogs.during(at.page(), instruction.dialog(), scope)) {
            scope.hosts().checkWithin(at.frame());
            action.accept(new Performer(this, at.below(number)));
            scope.hosts().check();
            if (action instanceof Action.Navigate) {
                scope.login().check(step, at.page(), scope);
            }
        } catch (DeadlineExceededException e) {
            tools.observer().actionFailed(step.name(), number, label, "the step's time was over", since(start));
            throw e;
        } catch (BrowserFailureException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!inOpenPopup || !hasClosedItsWindow(action, at)) {
                StepFailureException failure = e == located ? located : located(place, e, action, at);
                if (!passesOver(instruction, failure)) {
                    tools.observer()
                            .actionFailed(
                                    step.name(), number, label, failure.kind().code(), since(start));
                    if (failure != e) {
                        picture(number, at, scope.suspect());
                    }
                    throw failure;
                }
                tools.observer()
                        .actionPassedOver(
                                step.name(), number, label, failure.kind().code(), since(start));
                return;
            }
        }
        tools.observer().actionEnded(step.name(), number, label, since(start));
        picture(number, at, Optional.empty());
    }

    /** For somebody who watches; that there is none must not be what a run fails of. */
    private void picture(String number, Spot at, Optional<Camera.Suspect> suspect) {
        Duration left = scope.limit().remaining();
        Duration most = left.compareTo(FOR_A_PICTURE) < 0 ? left : FOR_A_PICTURE;
        if (!tools.pictures() || at.page().isClosed() || most.compareTo(LEAST_FOR_A_PICTURE) < 0) {
            return;
        }
        try {
            byte[] jpeg = scope.session().within(most, () -> scope.camera().snap(at.page(), most, suspect));
            tools.observer().pictured(step.name(), number, jpeg);
        } catch (DeadlineExceededException e) {
            if (!e.timeout().equals(most)) {
                throw e;
            }
        } catch (PlaywrightException e) {
            LOG.debug("no picture of an action", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a picture throws nothing that is checked", e);
        }
    }

    /** A click may close the popup that it is in, and is done then. */
    private static boolean hasClosedItsWindow(Action action, Spot at) {
        return at.page().isClosed() && (action instanceof Action.Click || action instanceof Action.Press);
    }

    private StepFailureException located(String place, RuntimeException thrown, Action action, Spot at) {
        StepFailureException explained = Failures.explain(thrown, action, scope, at);
        scope.session().checkAlive();
        // a page that a script holds up answers nobody
        StepFailureException failure = explained.getCause() instanceof DeadlineExceededException
                ? explained
                : scope.login().reason(explained, step, scope.session().page(), scope);
        StepFailureException result = new StepFailureException(failure.kind(), place + ": " + failure.text(), thrown);
        located = result;
        return result;
    }

    /** Only what is not there may be passed over; that something is wrong may not. */
    private boolean passesOver(Instruction instruction, StepFailureException failure) {
        boolean absent = failure.kind() == FailureKind.SELECTOR_NOT_FOUND
                || failure.kind() == FailureKind.ACTION_TIMEOUT
                || failure.kind() == FailureKind.ASSERTION_FAILED;
        return instruction.optional() && absent && !scope.limit().isOver();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
