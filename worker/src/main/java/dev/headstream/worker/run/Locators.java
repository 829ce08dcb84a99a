package dev.headstream.worker.run;

import com.microsoft.playwright.Locator;
import dev.headstream.worker.flow.Selector;
import java.util.List;

/** Finds what selectors mean at a spot. */
final class Locators {
    private static final int MOST_PAUSE_MILLIS = 200;

    private final StepScope scope;
    private final Spot at;

    Locators(StepScope scope, Spot at) {
        this.scope = scope;
        this.at = at;
    }

    /**
     * The element to act on. Of a selector with variants the first that finds something, for which it waits; if none does in
     * time the first variant, for Playwright to say so.
     */
    Locator one(Selector selector) {
        List<String> variants = scope.render(selector);
        if (!selector.first()) {
            return at.frame().locator(variants.get(0));
        }
        String chosen = variants.get(0);
        int pause = 10;
        while (variants.size() > 1) {
            String found = present(variants);
            if (!found.isEmpty()) {
                chosen = found;
                break;
            }
            if (at.limit().isOver()) {
                throw new StepFailureException(FailureKind.SELECTOR_NOT_FOUND, "no element matches");
            }
            at.page().waitForTimeout(Math.min(pause, at.millis()));
            pause = Math.min(MOST_PAUSE_MILLIS, pause * 2);
        }
        scope.uses(chosen);
        return at.frame().locator(chosen).first();
    }

    /** All elements, as they are now: of a selector with variants those of the first that finds something. */
    Locator all(Selector selector) {
        List<String> variants = scope.render(selector);
        String found = variants.size() == 1 ? variants.get(0) : present(variants);
        String chosen = found.isEmpty() ? variants.get(0) : found;
        scope.uses(chosen);
        return at.frame().locator(chosen);
    }

    /** What any of the variants finds, in the order of the page. */
    Locator any(Selector selector) {
        List<String> variants = scope.render(selector);
        Locator any = at.frame().locator(variants.get(0));
        for (String variant : variants.subList(1, variants.size())) {
            any = any.or(at.frame().locator(variant));
        }
        return any;
    }

    private String present(List<String> variants) {
        for (String variant : variants) {
            if (at.frame().locator(variant).count() > 0) {
                return variant;
            }
        }
        return "";
    }
}
