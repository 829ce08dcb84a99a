package dev.headstream.worker.run;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import dev.headstream.worker.flow.DialogAnswer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Answers the dialogs that an action brings up, in its window and in those that it opens. Where nobody watches, Playwright
 * dismisses them at once, so that none can hang a page.
 */
final class DialogWatch implements AutoCloseable {
    private static final DialogWatch NOBODY = new DialogWatch(() -> {});

    private final Runnable end;

    private DialogWatch(Runnable end) {
        this.end = end;
    }

    static DialogWatch on(Page page, Optional<DialogAnswer> answer, StepScope scope) {
        if (answer.isEmpty() || !answer.get().accept()) {
            return NOBODY;
        }
        String text = answer.get().text().map(scope::render).orElse(null);
        Consumer<Dialog> accept = text == null ? Dialog::accept : dialog -> dialog.accept(text);
        BrowserContext context = page.context();
        context.onDialog(accept);
        return new DialogWatch(() -> context.offDialog(accept));
    }

    @Override
    public void close() {
        end.run();
    }
}
