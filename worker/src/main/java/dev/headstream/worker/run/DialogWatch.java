package dev.headstream.worker.run;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import dev.headstream.worker.flow.DialogAnswer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the dialogs that the actions of a step bring up, in their windows and in those that they open: the innermost
 * action that says how decides. Where none says anything, Playwright dismisses them at once, so that none can hang a page.
 * Confined to the lane's thread.
 */
final class DialogWatch {
    private static final Open NOTHING = () -> {};

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final Consumer<Dialog> listener = this::answer;

    /** An action that has an answer, as long as it lasts. */
    interface Open extends AutoCloseable {
        @Override
        void close();
    }

    private record Answer(boolean accept, @Nullable String text) {}

    Open during(Page page, Optional<DialogAnswer> answer, StepScope scope) {
        if (answer.isEmpty()) {
            return NOTHING;
        }
        String text = answer.get().text().map(scope::render).orElse(null);
        BrowserContext context = page.context();
        if (answers.isEmpty()) {
            context.onDialog(listener);
        }
        answers.push(new Answer(answer.get().accept(), text));
        return () -> {
            answers.pop();
            if (answers.isEmpty()) {
                context.offDialog(listener);
            }
        };
    }

    private void answer(Dialog dialog) {
        Answer innermost = answers.peek();
        if (innermost == null || !innermost.accept()) {
            dialog.dismiss();
        } else if (innermost.text() == null) {
            dialog.accept();
        } else {
            dialog.accept(innermost.text());
        }
    }
}
