package dev.headstream.worker.run;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.PlaywrightException;
import dev.headstream.worker.flow.Wait;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Waits for what is rarer. */
final class Waits {
    private static final int MOST_PAUSE_MILLIS = 200;
    private static final String COUNT =
            """
            (els, wanted) => {
              const alike = (a, b) => {
                if (a === b) return true;
                if (!(a instanceof Object) || !(b instanceof Object)) return false;
                return Object.entries(a).every(([key, value]) => alike(value, b[key]));
              };
              const properties = wanted.properties ? JSON.parse(wanted.properties) : {};
              const fit = els.filter(el => alike(properties, el)
                && Object.entries(wanted.attributes).every(([name, value]) => el.getAttribute(name) === value));
              return [els.length, fit.length];
            }""";

    private final Performer performer;
    private final StepScope scope;
    private final Spot at;

    Waits(Performer performer, StepScope scope, Spot at) {
        this.performer = performer;
        this.scope = scope;
        this.at = at;
    }

    void run(Wait wait) {
        if (wait instanceof Wait.ForIdle idle) {
            scope.traffic().awaitQuiet(at.page(), idle.quiet(), at.millis());
        } else if (wait instanceof Wait.ForScript script) {
            JSHandle unused = at.frame()
                    .waitForFunction(script.script(), null, new Frame.WaitForFunctionOptions().setTimeout(at.millis()));
        } else {
            elements((Wait.ForElements) wait);
        }
    }

    /** As the Recorder counts: the number of elements is compared, and where more is asked of them all must have it. */
    private void elements(Wait.ForElements wanted) {
        Map<String, Object> argument = new HashMap<>();
        argument.put("properties", wanted.properties().orElse(""));
        argument.put("attributes", wanted.attributes());
        int pause = 10;
        int[] found = count(wanted, argument);
        while (holds(wanted, found) != wanted.holds()) {
            if (at.limit().isOver()) {
                throw new StepFailureException(
                        wanted.holds() && found[0] == 0 ? FailureKind.SELECTOR_NOT_FOUND : FailureKind.ACTION_TIMEOUT,
                        (wanted.holds() ? "expected " : "did not expect ")
                                + wanted.operator().sign() + " "
                                + wanted.count() + " elements, found " + found[0] + ", " + found[1]
                                + " of them with what they must have");
            }
            at.page().waitForTimeout(Math.min(pause, at.millis()));
            pause = Math.min(MOST_PAUSE_MILLIS, pause * 2);
            found = count(wanted, argument);
        }
    }

    private int[] count(Wait.ForElements wanted, Map<String, Object> argument) {
        try {
            List<?> numbers =
                    (List<?>) performer.locators().all(wanted.selector()).evaluateAll(COUNT, argument);
            return numbers.stream()
                    .mapToInt(number -> ((Number) number).intValue())
                    .toArray();
        } catch (PlaywrightException e) {
            if (String.valueOf(e.getMessage()).contains("context was destroyed")) {
                return new int[] {0, 0}; // between two documents there is nothing
            }
            throw e;
        }
    }

    private static boolean holds(Wait.ForElements wanted, int[] found) {
        boolean asks = wanted.properties().isPresent() || !wanted.attributes().isEmpty();
        return wanted.operator().holds(found[0], wanted.count()) && (!asks || found[1] == found[0]);
    }
}
