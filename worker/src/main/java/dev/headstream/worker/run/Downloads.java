package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import dev.headstream.v1.Artifact;
import dev.headstream.worker.flow.Group;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps what a page lets be downloaded. One that never ends is ended by the deadline of its step. */
final class Downloads {
    private final Actions actions;
    private final Performer performer;
    private final StepScope scope;
    private final Spot at;

    Downloads(Actions actions, Performer performer, Spot at) {
        this.actions = actions;
        this.performer = performer;
        this.scope = actions.scope();
        this.at = at;
    }

    void run(Group.Download wanted) {
        Download download = begin(wanted);
        String url = download.url();
        if (url.startsWith("http:") || url.startsWith("https:")) {
            scope.hosts().checkBefore(url);
        }
        String name = scope.masked(wanted.name().map(performer::render).orElseGet(() -> suggested(download)));
        byte[] content = at.guarded(scope, () -> read(download));
        keep(scope.unusedName(name), content, wanted);
    }

    /** What the page calls it, but never as the picture of a failure is called. */
    private static String suggested(Download download) {
        String name = download.suggestedFilename();
        return name.startsWith("failure-") ? "download-" + name : name;
    }

    /** Has it started; a window that opens for it has it, and not the page. */
    private Download begin(Group.Download wanted) {
        List<Download> begun = new ArrayList<>();
        Consumer<Download> note = begun::add;
        Consumer<Page> follow = page -> page.onDownload(note);
        BrowserContext context = at.page().context();
        List<Page> before = List.copyOf(context.pages());
        before.forEach(follow);
        context.onPage(follow);
        scope.expectDownload(true);
        try {
            actions.run(wanted.instructions(), at);
            at.page()
                    .waitForCondition(
                            () -> !begun.isEmpty(), new Page.WaitForConditionOptions().setTimeout(at.millis()));
            return begun.get(0);
        } catch (TimeoutError e) {
            throw new StepFailureException(FailureKind.ACTION_TIMEOUT, "no download has begun in time", e);
        } finally {
            scope.expectDownload(false);
            context.offPage(follow);
            before.forEach(page -> page.offDownload(note));
        }
    }

    private byte[] read(Download download) throws IOException {
        @Nullable String failure = download.failure(); // waits for its end
        if (failure != null) {
            throw new StepFailureException(FailureKind.ACTION_FAILED, "the download failed: " + failure);
        }
        int most = (int) Math.min(actions.tools().artifacts().maxBytes(), Integer.MAX_VALUE - 16L);
        try (InputStream in = download.createReadStream()) {
            byte[] content = in.readNBytes(most + 1);
            if (content.length > most) {
                throw new StepFailureException(
                        FailureKind.ARTIFACT_TOO_LARGE,
                        "the download is larger than the " + most + " bytes that are kept");
            }
            return content;
        } finally {
            download.delete(); // a context that is kept would keep it, too
        }
    }

    private void keep(String name, byte[] content, Group.Download wanted) {
        String guessed = URLConnection.guessContentTypeFromName(name);
        String type = guessed == null ? "application/octet-stream" : guessed;
        try {
            Artifact artifact = actions.tools().artifacts().store(scope.job().executionId(), name, type, content);
            scope.add(artifact);
            wanted.into().ifPresent(into -> {
                ObjectNode value = actions.tools().json().createObjectNode();
                value.put("name", artifact.getName());
                value.put("uri", artifact.getUri());
                value.put("bytes", artifact.getBytes());
                value.put("contentType", type);
                scope.set(into, value);
            });
        } catch (IOException e) {
            throw new StepFailureException(FailureKind.ARTIFACT_NOT_STORED, String.valueOf(e.getMessage()), e);
        }
    }
}
