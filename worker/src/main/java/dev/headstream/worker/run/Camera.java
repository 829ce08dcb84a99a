package dev.headstream.worker.run;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.ScreenshotType;
import dev.headstream.worker.secret.Masking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pictures of pages on which secrets are covered: password fields, fields that a secret was typed into, and texts
 * that show one. Confined to the lane's thread.
 */
final class Camera {
    private static final Logger LOG = LoggerFactory.getLogger(Camera.class);
    private static final String COVER = "#1f2937";
    private static final double MARK_TIMEOUT_MILLIS = 300;
    private static final int JPEG_QUALITY = 60;
    private static final String MARK = "data-headstream-mark";
    private static final String MARK_ELEMENT =
            """
            (el, kind) => {
              el.setAttribute('data-headstream-mark', kind);
              const box = el.getBoundingClientRect();
              if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) {
                el.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
              }
            }""";
    private static final String STYLE =
            """
            [data-headstream-mark] { outline: 4px solid #e11d48 !important; outline-offset: 3px !important; }
            [data-headstream-mark=guess] { outline: 4px dashed #d97706 !important; }
            """;

    private final Masking masking;
    private final Map<String, Locator> secretFields = new LinkedHashMap<>();

    Camera(Masking masking) {
        this.masking = masking;
    }

    /** A secret was typed into the field. */
    void cover(Locator field) {
        secretFields.put(String.valueOf(field), field);
    }

    /** As a small JPEG. */
    byte[] snap(Page page, Duration limit, Optional<Suspect> suspect) {
        return take(page, options(page, limit).setType(ScreenshotType.JPEG).setQuality(JPEG_QUALITY), suspect);
    }

    /** As a PNG. */
    byte[] shoot(Page page, Duration limit, Optional<Suspect> suspect) {
        return take(page, options(page, limit), suspect);
    }

    /** With an element outlined: in red the one that it is about, in dashes one that may have been meant. */
    private static byte[] take(Page page, Page.ScreenshotOptions options, Optional<Suspect> suspect) {
        Optional<Locator> marked = suspect.flatMap(Camera::mark);
        try {
            return page.screenshot(options.setStyle(STYLE));
        } finally {
            marked.ifPresent(Camera::unmark);
        }
    }

    /**
     * An element that a picture is about.
     *
     * @param isGuess whether it is only close to what was looked for
     */
    record Suspect(Locator element, boolean isGuess) {}

    private Page.ScreenshotOptions options(Page page, Duration limit) {
        List<Locator> covered = new ArrayList<>();
        covered.add(page.locator("input[type=password]"));
        covered.addAll(secretFields.values());
        masking.values().forEach(secret -> covered.add(page.getByText(secret)));
        return new Page.ScreenshotOptions()
                .setTimeout((double) limit.toMillis())
                .setMask(covered)
                .setMaskColor(COVER);
    }

    private static Optional<Locator> mark(Suspect suspect) {
        try {
            if (suspect.element().count() == 0) {
                return Optional.empty();
            }
            Locator element = suspect.element().first();
            element.evaluate(
                    MARK_ELEMENT,
                    suspect.isGuess() ? "guess" : "it",
                    new Locator.EvaluateOptions().setTimeout(MARK_TIMEOUT_MILLIS));
            return Optional.of(element);
        } catch (PlaywrightException e) {
            return Optional.empty(); // a picture without it is better than none
        }
    }

    private static void unmark(Locator element) {
        try {
            element.evaluate(
                    "el => el.removeAttribute('" + MARK + "')",
                    null,
                    new Locator.EvaluateOptions().setTimeout(MARK_TIMEOUT_MILLIS));
        } catch (PlaywrightException e) {
            LOG.debug("the page went on", e);
        }
    }
}
