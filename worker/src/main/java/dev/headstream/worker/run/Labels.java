package dev.headstream.worker.run;

import dev.headstream.worker.flow.Action;
import dev.headstream.worker.flow.Gesture;

/** Actions as their author knows them: with selectors as written, without values. */
final class Labels {
    private Labels() {}

    static String of(Action action) {
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
        if (action instanceof Gesture.Key key) {
            return action.word() + " " + key.key();
        }
        return action instanceof Action.Press press ? "press " + press.key() : action.word();
    }
}
