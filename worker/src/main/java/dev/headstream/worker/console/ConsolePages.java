package dev.headstream.worker.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.worker.management.Audience;
import dev.headstream.worker.management.ManagementServer;
import dev.headstream.worker.management.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a browser gets: the page and its files, the state, and pictures by their ids. Thread-safe. */
final class ConsolePages {
    private static final Logger LOG = LoggerFactory.getLogger(ConsolePages.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Nothing from elsewhere, nothing inline, in nobody's frame. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String POLICY_HEADER = "Content-Security-Policy";
    private static final long LARGEST_PICTURE = 16L << 20;
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final Map<String, String> FILES = Map.of(
            "console.css", "text/css; charset=utf-8",
            "console.js", SCRIPT,
            "charts.js", SCRIPT,
            "panels.js", SCRIPT,
            "format.js", SCRIPT,
            "icon.svg", "image/svg+xml");

    private final StateDocument state;
    private final Recent<Failure> failures;

    ConsolePages(StateDocument state, Recent<Failure> failures) {
        this.state = state;
        this.failures = failures;
    }

    ManagementServer.Builder on(ManagementServer.Builder server, Audience audience) {
        server.page("/", file("console.html", "text/html; charset=utf-8"), audience);
        FILES.forEach((name, type) -> server.page("/console/" + name, file(name, type), audience));
        return server.page("/console/state", accept -> state(), audience)
                .folder("/console/picture/", this::picture, audience);
    }

    private static Page file(String name, String contentType) {
        try (InputStream in = ConsolePages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the worker's jar");
            }
            Page.Answer answer = Page.Answer.bytes(200, contentType, in.readAllBytes())
                    .with(POLICY_HEADER, POLICY)
                    .with("X-Frame-Options", "DENY")
                    .with("Cross-Origin-Opener-Policy", "same-origin");
            return accept -> answer;
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read from the worker's jar", e);
        }
    }

    private Page.Answer state() {
        try {
            return Page.Answer.bytes(200, "application/json", JSON.writeValueAsBytes(state.now()))
                    .with(POLICY_HEADER, "default-src 'none'; frame-ancestors 'none'");
        } catch (JsonProcessingException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /** The request chooses among the ids that there are; where the file is, is known here alone. */
    private Optional<Page.Answer> picture(String id) {
        return failures.newest(failure -> failure.picture()
                        .filter(picture -> picture.id().equals(id))
                        .isPresent())
                .flatMap(Failure::picture)
                .flatMap(picture -> bytes(picture.file()))
                .map(bytes -> Page.Answer.bytes(200, "image/png", bytes)
                        .with(POLICY_HEADER, "default-src 'none'; sandbox; frame-ancestors 'none'")
                        .with("Cache-Control", "private, max-age=3600, immutable"));
    }

    private static Optional<byte[]> bytes(Path file) {
        try {
            return Files.size(file) > LARGEST_PICTURE ? Optional.empty() : Optional.of(Files.readAllBytes(file));
        } catch (IOException gone) {
            LOG.debug("A picture cannot be read any more", gone);
            return Optional.empty();
        }
    }
}
