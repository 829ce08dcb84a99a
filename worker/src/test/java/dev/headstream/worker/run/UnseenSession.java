package dev.headstream.worker.run;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import dev.headstream.worker.browser.LaneSession;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A lane whose page and context answer nothing, but that they are to log in; remembers what is to be kept. */
public final class UnseenSession implements LaneSession {
    final List<String> wishes = new ArrayList<>();
    private final BrowserContext context = proxy(BrowserContext.class, Map.of());
    private final Page page = proxy(
            Page.class,
            Map.of(
                    "context",
                    context,
                    "url",
                    "https://eu.portal.example/login?next=%2F",
                    "mainFrame",
                    proxy(
                            Frame.class,
                            Map.of(
                                    "navigate",
                                    proxy(Response.class, Map.of("status", 401, "statusText", "Unauthorized"))))));
    private final Optional<String> kept;

    private UnseenSession(Optional<String> kept) {
        this.kept = kept;
    }

    /** One of a new context. */
    public static UnseenSession cold() {
        return new UnseenSession(Optional.empty());
    }

    /** One whose context a job before left with this note. */
    public static UnseenSession warm(String note) {
        return new UnseenSession(Optional.of(note));
    }

    private static <T> T proxy(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.get(method.getName())));
    }

    @Override
    public BrowserContext context() {
        return context;
    }

    @Override
    public Page page() {
        return page;
    }

    @Override
    public Optional<String> kept() {
        return kept;
    }

    @Override
    public void keep(String note, boolean renewed) {
        wishes.add(note + (renewed ? " renewed" : ""));
    }

    @Override
    public <T> T within(Duration timeout, Callable<T> work) throws Exception {
        return work.call();
    }

    @Override
    public Duration remaining() {
        return Duration.ofMinutes(1);
    }

    @Override
    public void checkAlive() {}
}
