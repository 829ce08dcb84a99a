package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.flow.Wait;

/** Runs a step for real: its actions on the page. */
final class BrowserStepRunner implements StepRunner {
    private final Actions.Tools tools;

    BrowserStepRunner(Actions.Tools tools) {
        this.tools = tools;
    }

    @Override
    public StepResult run(Step step, StepScope scope) {
        boolean watches = step.actions().anyMatch(Wait.ForIdle.class::isInstance);
        try (Traffic unused = watches ? scope.watchTraffic() : Traffic.UNSEEN) {
            new Actions(tools, step, scope)
                    .run(step.instructions(), Spot.of(scope.session().page(), scope.limit()));
        }
        scope.session().checkAlive(); // what was read from a crashed page is empty, and must not be kept anywhere
        step.actions()
                .filter(action -> action instanceof Action.Extract extract && extract.adds())
                .flatMap(action -> ((Action.Extract) action).values().keySet().stream())
                .distinct()
                .forEach(name -> checkSize(name, scope));
        return new StepResult(StepOutcome.RAN, scope.values());
    }

    /** A list that grew round by round is held against its least size when it is whole. */
    private static void checkSize(String name, StepScope scope) {
        OutputSpec shape = scope.flow().shapeOf(name).orElseThrow();
        JsonNode value = scope.values().get(name);
        int size = value == null ? 0 : value.size();
        if (shape.isMany() && size < shape.minItems()) {
            throw new StepFailureException(
                    FailureKind.OUTPUT_INVALID,
                    name + " has " + size + " items, at least " + shape.minItems() + " are declared");
        }
    }
}
