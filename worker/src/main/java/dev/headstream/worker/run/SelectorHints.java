package dev.headstream.worker.run;

import com.microsoft.playwright.PlaywrightException;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.flow.Action;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says what on the page is closest to a selector that finds nothing, or too much: ids, test ids, labels and texts of what
 * can be acted on. Asked after an action has failed only, and for a bounded time.
 */
final class SelectorHints {
    private static final Duration ATMOST = Duration.ofMillis(300);
    private static final int SHOWN_LENGTH = 80;
    private static final String CLOSEST =
            """
            asked => {
              const end = performance.now() + 100;
              const words = text => (text || '').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
                .split(/[^\\p{L}\\p{N}]+/u).filter(word => word.length > 1);
              const wanted = words(asked.selector);
              const near = (a, b) => {
                if (a === b) return 3;
                if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return 2;
                if (Math.abs(a.length - b.length) > 2 || a.length < 4) return 0;
                let row = [...Array(b.length + 1).keys()];
                for (let i = 1; i <= a.length; i++) {
                  const next = [i];
                  for (let j = 1; j <= b.length; j++) {
                    next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
                  }
                  row = next;
                }
                return row[b.length] <= 2 ? 1.5 : 0;
              };
              const quote = text => JSON.stringify(text);
              const found = new Map();
              const offer = (selector, text, weight) => {
                if (text.length > 500) return;
                const own = words(text);
                const score = wanted.reduce((sum, word) => sum + Math.max(0, ...own.map(other => near(word, other))), 0);
                if (score * weight > 0) found.set(selector, Math.max(found.get(selector) || 0, score * weight - own.length / 100));
              };
              let seen = 0;
              for (const el of document.querySelectorAll('*')) {
                if (++seen > 3000 || performance.now() > end) break;
                const tag = el.tagName.toLowerCase();
                if (el.id) offer('#' + CSS.escape(el.id), el.id, 1.2);
                for (const name of ['data-testid', 'data-test', 'data-cy', 'name', 'aria-label', 'placeholder']) {
                  const value = el.getAttribute(name);
                  if (value) offer('[' + name + '=' + quote(value) + ']', value, 1.1);
                }
                const acts = ['a', 'button', 'label', 'summary', 'h1', 'h2', 'h3'].includes(tag) || el.getAttribute('role');
                const text = acts && el.childElementCount < 4 ? (el.innerText || '').replace(/\\s+/g, ' ').trim() : '';
                if (text) {
                  const role = el.getAttribute('role') || {a: 'link', button: 'button', h1: 'heading', h2: 'heading', h3: 'heading'}[tag];
                  offer(role ? 'role=' + role + '[name=' + quote(text) + ']' : 'text=' + quote(text), text, 1);
                } else if (el.classList.length && el.classList.length < 4) {
                  for (const name of el.classList) offer('.' + CSS.escape(name), name, 0.9);
                }
              }
              return [...found].sort((a, b) => b[1] - a[1]).slice(0, 5).map(entry => entry[0]);
            }""";

    private SelectorHints() {}

    /** The failure with what is closest, where it is one of a selector. */
    static StepFailureException added(StepFailureException failure, Action action, StepScope scope, Spot at) {
        boolean isOfSelector = failure.kind() == FailureKind.SELECTOR_NOT_FOUND
                || failure.kind() == FailureKind.SELECTOR_AMBIGUOUS
                || failure.kind() == FailureKind.SELECTOR_INVALID;
        if (!isOfSelector || (action.target().isEmpty() && scope.lastSelector().isEmpty())) {
            return failure;
        }
        String selector = scope.lastSelector()
                .orElseGet(() -> String.valueOf(action.target().orElseThrow()));
        List<String> closest = closest(selector, scope, at);
        if (closest.isEmpty()) {
            return failure;
        }
        if (failure.kind() == FailureKind.SELECTOR_NOT_FOUND) {
            scope.suggest(closest.get(0));
        }
        List<String> shown =
                closest.stream().map(hint -> shown(scope.masked(hint))).toList();
        return new StepFailureException(
                failure.kind(), failure.text() + "; closest: " + String.join(", ", shown), failure);
    }

    /** Cut after it was masked: a part of a secret would not be known for one. */
    private static String shown(String hint) {
        return hint.length() > SHOWN_LENGTH ? hint.substring(0, SHOWN_LENGTH) + "..." : hint;
    }

    private static List<String> closest(String selector, StepScope scope, Spot at) {
        Duration left = scope.limit().remaining();
        Duration most = left.compareTo(ATMOST) < 0 ? left : ATMOST;
        if (most.toMillis() < 20) {
            return List.of();
        }
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("selector", selector);
        try {
            Object found = scope.session().within(most, () -> at.frame().evaluate(CLOSEST, asked));
            return found instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        } catch (DeadlineExceededException e) {
            if (!e.timeout().equals(most)) {
                throw e;
            }
            return List.of();
        } catch (PlaywrightException e) {
            return List.of();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a script's evaluation throws nothing that is checked", e);
        }
    }
}
