package dev.headstream.loadgen.site;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which handler answers which method and path. A path that ends in {@code /*} stands for one further segment. Filled
 * before the server starts, then only read.
 */
final class Routes {
    private final Map<String, Handler> handlers = new HashMap<>();

    /** Answers requests; called on the server's threads and must not block: delays belong in the reply. */
    @FunctionalInterface
    interface Handler {
        Reply answer(Request request);
    }

    /** A handler and the path it was found under, which is what requests are counted by. */
    record Match(String path, Handler handler) {}

    void get(String path, Handler handler) {
        handlers.put("GET " + path, handler);
    }

    void post(String path, Handler handler) {
        handlers.put("POST " + path, handler);
    }

    Optional<Match> find(String method, String path) {
        String effective = method.equals("HEAD") ? "GET" : method;
        Handler exact = handlers.get(effective + " " + path);
        if (exact != null) {
            return Optional.of(new Match(path, exact));
        }
        String family = path.substring(0, path.lastIndexOf('/') + 1) + "*";
        return Optional.ofNullable(handlers.get(effective + " " + family)).map(handler -> new Match(family, handler));
    }
}
