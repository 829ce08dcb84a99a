package dev.headstream.worker.run;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.ElementHandle;
import com.microsoft.playwright.FileChooser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.SelectOption;
import dev.headstream.worker.artifact.UploadFolder;
import dev.headstream.worker.flow.Gesture;
import dev.headstream.worker.flow.Gesture.FileSource;
import dev.headstream.worker.flow.Gesture.Where;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does the rarer things that a person does. */
final class Gestures {
    private static final Duration FOR_MORE = Duration.ofSeconds(1);

    /** What kind of field it is, for typing is not the same in all. */
    private static final String KIND =
            """
            el => el instanceof HTMLSelectElement ? 'select'
              : el instanceof HTMLTextAreaElement || el.isContentEditable ? 'text'
              : el instanceof HTMLInputElement
                ? ['text', 'url', 'tel', 'search', 'password', 'number', 'email'].includes(el.type) ? 'text' : 'other'
                : 'none'""";

    /** Empties the field unless it holds the beginning of the new value; returns what remains to be typed. */
    private static final String PREPARE =
            """
            (el, value) => {
              const now = el.isContentEditable ? el.innerText : el.value;
              if (now && value.length > now.length && value.startsWith(now)) {
                if (!el.isContentEditable && el.type !== 'number' && el.type !== 'email') {
                  el.setSelectionRange(now.length, now.length);
                }
                return value.slice(now.length);
              }
              if (el.isContentEditable) el.innerText = ''; else el.value = '';
              return value;
            }""";

    private static final String SET =
            """
            (el, value) => {
              el.value = value;
              el.dispatchEvent(new Event('input', {bubbles: true}));
              el.dispatchEvent(new Event('change', {bubbles: true}));
            }""";
    private static final String SCROLL_TO_END =
            """
            el => {
              const box = el ?? document.scrollingElement;
              box.scrollTop = box.scrollHeight;
              return box.scrollHeight;
            }""";
    private static final String HEIGHT = "el => (el ?? document.scrollingElement).scrollHeight";

    private final Performer performer;
    private final UploadFolder uploads;
    private final Spot at;

    Gestures(Performer performer, UploadFolder uploads, Spot at) {
        this.performer = performer;
        this.uploads = uploads;
        this.at = at;
    }

    void run(Gesture gesture) {
        if (gesture instanceof Gesture.Change change) {
            change(change);
        } else if (gesture instanceof Gesture.Key key) {
            if (key.down()) {
                at.page().keyboard().down(key.key());
            } else {
                at.page().keyboard().up(key.key());
            }
        } else if (gesture instanceof Gesture.Drag drag) {
            Locator target = performer.locator(drag.to());
            performer.locator(drag.selector()).dragTo(target, new Locator.DragToOptions().setTimeout(at.millis()));
        } else if (gesture instanceof Gesture.Scroll scroll) {
            scroll(scroll);
        } else if (gesture instanceof Gesture.Upload upload) {
            upload(upload);
        } else if (gesture instanceof Gesture.Viewport viewport) {
            at.page().setViewportSize(viewport.width(), viewport.height());
        } else if (gesture instanceof Gesture.Network network) {
            slow(network);
        } else if (at.isPopup()) {
            at.page().close();
        }
    }

    private void change(Gesture.Change change) {
        String value = performer.render(change.value());
        Locator field = performer.locator(change.selector());
        performer.cover(field, change.value());
        field.waitFor(new Locator.WaitForOptions().setTimeout(at.millis()));
        Locator.EvaluateOptions options = new Locator.EvaluateOptions().setTimeout(at.millis());
        String kind = String.valueOf(field.evaluate(KIND, null, options));
        switch (kind) {
            case "select" -> {
                List<String> unused = field.selectOption(
                        new SelectOption().setValue(value), new Locator.SelectOptionOptions().setTimeout(at.millis()));
            }
            case "text" -> {
                field.focus(new Locator.FocusOptions().setTimeout(at.millis()));
                String rest = String.valueOf(field.evaluate(PREPARE, value, options));
                field.pressSequentially(rest, new Locator.PressSequentiallyOptions().setTimeout(at.millis()));
            }
            case "other" -> field.evaluate(SET, value, options);
            default ->
                throw new StepFailureException(
                        FailureKind.ACTION_FAILED, "the element is no field and no list of options");
        }
    }

    private void scroll(Gesture.Scroll scroll) {
        Optional<Locator> box = scroll.within().map(performer::locator);
        if (scroll.where() instanceof Where.To to) {
            performer
                    .locator(to.selector())
                    .scrollIntoViewIfNeeded(new Locator.ScrollIntoViewIfNeededOptions().setTimeout(at.millis()));
        } else if (scroll.where() instanceof Where.By by) {
            evaluate(box, "(el, n) => (el ?? window).scrollBy(0, n)", by.pixels());
        } else if (scroll.where() instanceof Where.At point) {
            evaluate(box, "(el, at) => (el ?? window).scrollTo(at.x, at.y)", Map.of("x", point.x(), "y", point.y()));
        } else if (scroll.where() instanceof Where.End end) {
            scrollToEnd(box, end.max());
        }
    }

    /** Ends where nothing more comes for a while. */
    private void scrollToEnd(Optional<Locator> box, int max) {
        for (int times = 0; times < max; times++) {
            double height = number(evaluate(box, SCROLL_TO_END, ""));
            TimeLimit patience = at.limit().within(FOR_MORE);
            while (number(evaluate(box, HEIGHT, "")) <= height) {
                if (at.limit().isOver()) {
                    throw new StepFailureException(
                            FailureKind.ACTION_TIMEOUT, "the end was not reached in time: there may be more");
                }
                if (patience.isOver()) {
                    return;
                }
                at.page().waitForTimeout(Math.min(50, at.millis()));
            }
        }
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    /** In an element, or without one in the frame. */
    private Object evaluate(Optional<Locator> box, String script, Object argument) {
        Object result = box.isPresent()
                ? box.get().evaluate(script, argument, new Locator.EvaluateOptions().setTimeout(at.millis()))
                : at.frame().evaluate("argument => (" + script + ")(null, argument)", argument);
        return result == null ? 0 : result;
    }

    private void upload(Gesture.Upload upload) {
        List<FilePayload> files = new ArrayList<>();
        upload.files().forEach(source -> files.add(payload(source)));
        FilePayload[] payloads = files.toArray(FilePayload[]::new);
        Locator field = performer.locator(upload.selector());
        ElementHandle element = field.elementHandle(new Locator.ElementHandleOptions().setTimeout(at.millis()));
        boolean takesFiles = Boolean.TRUE.equals(element.evaluate(
                "el => (el instanceof HTMLLabelElement && el.control ? el.control : el).type === 'file'"));
        if (takesFiles) {
            field.setInputFiles(payloads, new Locator.SetInputFilesOptions().setTimeout(at.millis()));
            return;
        }
        FileChooser chooser = at.page()
                .waitForFileChooser(
                        new Page.WaitForFileChooserOptions().setTimeout(at.millis()),
                        () -> field.click(new Locator.ClickOptions().setTimeout(at.millis())));
        chooser.setFiles(payloads, new FileChooser.SetFilesOptions().setTimeout(at.millis()));
    }

    private FilePayload payload(FileSource source) {
        try {
            if (source instanceof FileSource.InFolder file) {
                String name = file.path().substring(file.path().lastIndexOf('/') + 1);
                return new FilePayload(name, type(name, Optional.empty()), uploads.read(file.path()));
            }
            FileSource.Given given = (FileSource.Given) source;
            String name = performer.render(given.name());
            if (!name.matches("[^/\\\\\\p{Cntrl}]{1,200}")) {
                throw new IOException(
                        "'" + name + "' is not a file name: it must have no slashes and 200 characters at most");
            }
            String content = performer.render(given.content());
            uploads.checkSize(name, given.base64() ? content.length() / 4L * 3 : content.length());
            byte[] bytes = given.base64()
                    ? Base64.getDecoder().decode(content.replaceAll("\\s", ""))
                    : content.getBytes(StandardCharsets.UTF_8);
            uploads.checkSize(name, bytes.length);
            return new FilePayload(name, type(name, given.type()), bytes);
        } catch (IllegalArgumentException e) {
            throw new StepFailureException(FailureKind.FILE_NOT_UPLOADED, "the content is not base64", e);
        } catch (IOException e) {
            throw new StepFailureException(FailureKind.FILE_NOT_UPLOADED, String.valueOf(e.getMessage()), e);
        }
    }

    private static String type(String name, Optional<String> given) {
        return given.or(() -> Optional.ofNullable(URLConnection.guessContentTypeFromName(name)))
                .orElse("application/octet-stream");
    }

    /** For this window only, and as long as it is open. */
    private void slow(Gesture.Network network) {
        CDPSession session = at.page().context().newCDPSession(at.page());
        JsonObject conditions = new JsonObject();
        conditions.addProperty("offline", network.download() == 0 && network.upload() == 0);
        conditions.addProperty("downloadThroughput", network.download());
        conditions.addProperty("uploadThroughput", network.upload());
        conditions.addProperty("latency", network.latencyMillis());
        session.send("Network.enable");
        session.send("Network.emulateNetworkConditions", conditions);
    }
}
