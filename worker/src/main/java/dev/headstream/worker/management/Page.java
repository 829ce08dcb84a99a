package dev.headstream.worker.management;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the server answers on one path. Called on the server's threads; must be quick. */
@FunctionalInterface
public interface Page {

    /**
     * Makes the answer.
     *
     * @param accept the request's {@code Accept} header, empty if it has none
     */
    Answer answer(String accept);

    /** A complete answer. Immutable, if its maker leaves the bytes alone. */
    final class Answer {
        private final int status;
        private final String contentType;
        private final byte[] body;
        private final Map<String, String> headers;

        private Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
            this.status = status;
            this.contentType = contentType;
            this.body = body;
            this.headers = headers;
        }

        /** A text, sent as UTF-8. */
        public Answer(int status, String contentType, String text) {
            this(status, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
        }

        /** Bytes as they are; not copied. */
        public static Answer bytes(int status, String contentType, byte[] body) {
            return new Answer(status, contentType, body, Map.of());
        }

        /** The same with a header more, or with another value of it. */
        public Answer with(String header, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(header, value);
            return new Answer(status, contentType, body, Map.copyOf(more));
        }

        int status() {
            return status;
        }

        String contentType() {
            return contentType;
        }

        byte[] body() {
            return body;
        }

        Map<String, String> headers() {
            return headers;
        }
    }
}
