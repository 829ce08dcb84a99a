package dev.headstream.worker.run;

import com.microsoft.playwright.Locator;
import dev.headstream.worker.flow.Condition;
import java.time.Duration;
import java.util.List;

/** Tells whether conditions hold at a spot. */
final class Conditions {
    private static final int MOST_PAUSE_MILLIS = 200;

    private final Performer performer;
    private final Spot at;

    Conditions(Performer performer, Spot at) {
        this.performer = performer;
        this.at = at;
    }

    /** Whether it holds, now or within the time that it is given. */
    boolean hold(Condition condition) {
        TimeLimit limit = at.limit().within(condition.within().orElse(Duration.ZERO));
        int pause = 10;
        while (!holdsNow(condition)) {
            if (condition.within().isEmpty() || limit.isOver()) {
                return false;
            }
            at.page().waitForTimeout(Math.min(pause, limit.playwrightMillis()));
            pause = Math.min(MOST_PAUSE_MILLIS, pause * 2);
        }
        return true;
    }

    private boolean holdsNow(Condition condition) {
        if (condition instanceof Condition.Visible visible) {
            return visible(performer.locators().any(visible.selector())) > 0;
        }
        if (condition instanceof Condition.Hidden hidden) {
            return visible(performer.locators().any(hidden.selector())) == 0;
        }
        if (condition instanceof Condition.Text text) {
            String wanted = Performer.normal(performer.render(text.text()));
            List<String> texts = text.selector()
                    .map(performer.locators()::any)
                    .orElseGet(() -> at.frame().locator("body"))
                    .allInnerTexts();
            return texts.stream().anyMatch(found -> Performer.normal(found).contains(wanted));
        }
        if (condition instanceof Condition.AtUrl url) {
            String pattern = performer.absolute(performer.render(url.url()));
            return UrlGlob.compile(pattern).matcher(at.page().url()).matches();
        }
        Condition.Equal equal = (Condition.Equal) condition;
        String value = performer.render(equal.value()).strip();
        return value.equals(performer.render(equal.other()).strip()) == equal.equal();
    }

    private static int visible(Locator found) {
        return found.filter(new Locator.FilterOptions().setVisible(true)).count();
    }
}
