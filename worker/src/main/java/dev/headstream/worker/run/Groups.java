package dev.headstream.worker.run;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.Group;
import dev.headstream.worker.flow.Group.Rounds;
import dev.headstream.worker.flow.Instruction;
import dev.headstream.worker.flow.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Does what stands in groups: when, as often and where they say. */
final class Groups {
    /** Whether a "next" leads anywhere: sites disable it in many ways, often at the item around it. */
    private static final String ENABLED = "el => !el.disabled && el.getAttribute('aria-disabled') !== 'true'"
            + " && !el.closest('[disabled], [aria-disabled=\"true\"], .disabled')";

    private final Actions actions;
    private final Performer performer;
    private final StepScope scope;
    private final Spot at;

    Groups(Actions actions, Performer performer, Spot at) {
        this.actions = actions;
        this.performer = performer;
        this.scope = actions.scope();
        this.at = at;
    }

    void run(Group group) {
        if (group instanceof Group.If choice) {
            boolean holds = new Conditions(performer, at).hold(choice.condition());
            actions.run(holds ? choice.then() : choice.otherwise(), at);
        } else if (group instanceof Group.Repeat repeat) {
            repeat(repeat);
        } else if (group instanceof Group.InFrame inFrame) {
            actions.run(inFrame.instructions(), at.inFrame(frame(inFrame.frame())));
        } else if (group instanceof Group.InPopup inPopup) {
            popup(inPopup);
        } else if (group instanceof Group.Download download) {
            new Downloads(actions, performer, at).run(download);
        } else if (group instanceof Group.ForResponse forResponse) {
            awaitResponse(forResponse);
        } else {
            awaitNavigation(group.instructions());
        }
    }

    private void repeat(Group.Repeat repeat) {
        repeat.instructions().stream()
                .flatMap(Instruction::actions)
                .filter(Action.Extract.class::isInstance)
                .flatMap(action -> ((Action.Extract) action).values().keySet().stream())
                .forEach(name -> scope.begin(name, scope.flow().shapeOf(name).orElseThrow()));
        Conditions conditions = new Conditions(performer, at);
        for (int round = 1; round <= repeat.max(); round++) {
            if (repeat.rounds() instanceof Rounds.While lasting && !conditions.hold(lasting.condition())) {
                return;
            }
            if (at.limit().isOver()) {
                throw new StepFailureException(
                        FailureKind.ACTION_TIMEOUT, "no time left for round " + round + " of at most " + repeat.max());
            }
            actions.run(repeat.instructions(), at.inRound(round));
            boolean ends = repeat.rounds() instanceof Rounds.Until until
                    ? conditions.hold(until.condition())
                    : repeat.rounds() instanceof Rounds.Pages pages && round < repeat.max() && !turn(pages);
            if (ends) {
                return;
            }
        }
        if (repeat.rounds() instanceof Rounds.Until) {
            throw new StepFailureException(
                    FailureKind.ASSERTION_FAILED, "what 'until' says does not hold after " + repeat.max() + " rounds");
        }
    }

    /** Turns to the next page; false if there is none. */
    private boolean turn(Rounds.Pages pages) {
        Locator next = performer.locators().any(pages.next()).first();
        if (next.count() == 0 || !next.isVisible() || !Boolean.TRUE.equals(next.evaluate(ENABLED))) {
            return false;
        }
        Optional<String> before = pages.changes().map(this::content);
        next.click(new Locator.ClickOptions().setTimeout(at.millis()));
        at.frame()
                .waitForLoadState(
                        LoadState.DOMCONTENTLOADED, new Frame.WaitForLoadStateOptions().setTimeout(at.millis()));
        scope.hosts().check();
        pages.changes()
                .ifPresent(selector ->
                        await(() -> !content(selector).equals(before.orElse("")), "the page's content did not change"));
        return true;
    }

    private String content(Selector selector) {
        try {
            return String.join("\n", performer.locators().any(selector).allInnerTexts());
        } catch (PlaywrightException e) {
            return ""; // between two documents there is nothing
        }
    }

    private Frame frame(Group.FrameOf which) {
        if (which instanceof Group.FrameOf.Element element) {
            Locator locator = performer.locator(element.selector());
            locator.waitFor(new Locator.WaitForOptions()
                    .setState(WaitForSelectorState.ATTACHED)
                    .setTimeout(at.millis()));
            Frame frame = locator.elementHandle(new Locator.ElementHandleOptions().setTimeout(at.millis()))
                    .contentFrame();
            if (frame == null) {
                throw new StepFailureException(FailureKind.ACTION_FAILED, "the element is not a frame");
            }
            return frame;
        }
        AtomicFrame found = new AtomicFrame();
        await(() -> found.set(find(which)), "there is no such frame");
        return found.get();
    }

    private Optional<Frame> find(Group.FrameOf which) {
        if (which instanceof Group.FrameOf.Path path) {
            Frame frame = at.frame();
            for (int index : path.indexes()) {
                List<Frame> children = frame.childFrames();
                if (index >= children.size()) {
                    return Optional.empty();
                }
                frame = children.get(index);
            }
            return Optional.of(frame);
        }
        Pattern url = which instanceof Group.FrameOf.AtUrl atUrl
                ? UrlGlob.compile(performer.absolute(performer.render(atUrl.url())))
                : Pattern.compile("");
        String name = which instanceof Group.FrameOf.Named named ? performer.render(named.name()) : "";
        return at.page().frames().stream()
                .filter(frame -> frame.parentFrame() != null)
                .filter(frame -> which instanceof Group.FrameOf.AtUrl
                        ? url.matcher(frame.url()).matches()
                        : frame.name().equals(name))
                .findFirst();
    }

    /** Holds what a wait has found. */
    private static final class AtomicFrame {
        private Optional<Frame> frame = Optional.empty();

        boolean set(Optional<Frame> found) {
            frame = found;
            return found.isPresent();
        }

        Frame get() {
            return frame.orElseThrow();
        }
    }

    /** A recording may call a frame a window, too, if it has a process of its own. */
    private void popup(Group.InPopup popup) {
        Optional<Pattern> url =
                popup.url().map(pattern -> UrlGlob.compile(performer.absolute(performer.render(pattern))));
        List<Spot> found = new ArrayList<>();
        await(() -> found.addAll(windows(url)), "no window has been opened" + (url.isEmpty() ? "" : " with that URL"));
        Spot spot = found.get(found.size() - 1);
        spot.frame()
                .waitForLoadState(
                        LoadState.DOMCONTENTLOADED, new Frame.WaitForLoadStateOptions().setTimeout(at.millis()));
        scope.hosts().check();
        actions.run(popup.instructions(), spot);
        if (popup.close() && spot.isPopup() && !spot.page().isClosed()) {
            spot.page().close();
        }
    }

    private List<Spot> windows(Optional<Pattern> url) {
        Page own = scope.session().page();
        List<Spot> windows = own.context().pages().stream()
                .filter(page -> page != own && !page.isClosed())
                .filter(page -> url.isEmpty() || url.get().matcher(page.url()).matches())
                .map(at::inPopup)
                .toList();
        return windows.isEmpty() && url.isPresent()
                ? own.frames().stream()
                        .filter(frame -> frame.parentFrame() != null
                                && url.get().matcher(frame.url()).matches())
                        .map(at::inFrame)
                        .toList()
                : windows;
    }

    private void awaitResponse(Group.ForResponse wanted) {
        Pattern url = UrlGlob.compile(performer.absolute(performer.render(wanted.url())));
        AtomicBoolean seen = new AtomicBoolean();
        Consumer<Response> look = response -> {
            boolean isIt = url.matcher(response.url()).matches()
                    && wanted.status()
                            .filter(status -> status != response.status())
                            .isEmpty();
            seen.compareAndSet(false, isIt);
        };
        at.page().onResponse(look);
        try {
            actions.run(wanted.instructions(), at);
            await(seen::get, "no such response came");
        } finally {
            at.page().offResponse(look);
        }
    }

    private void awaitNavigation(List<Instruction> instructions) {
        AtomicBoolean seen = new AtomicBoolean();
        Consumer<Frame> look = frame -> {
            if (frame == at.frame()) {
                seen.set(true);
            }
        };
        at.page().onFrameNavigated(look);
        try {
            actions.run(instructions, at);
            await(seen::get, "the page did not lead to another one");
            at.frame().waitForLoadState(LoadState.LOAD, new Frame.WaitForLoadStateOptions().setTimeout(at.millis()));
        } finally {
            at.page().offFrameNavigated(look);
        }
    }

    private void await(BooleanSupplier condition, String otherwise) {
        try {
            at.page().waitForCondition(condition, new Page.WaitForConditionOptions().setTimeout(at.millis()));
        } catch (TimeoutError e) {
            throw new StepFailureException(FailureKind.ACTION_TIMEOUT, otherwise + " in time", e);
        }
    }
}
