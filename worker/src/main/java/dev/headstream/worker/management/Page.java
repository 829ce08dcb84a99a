package dev.headstream.worker.management;

/** What the server answers on one path. Called on the server's threads; must be quick. */
@FunctionalInterface
public interface Page {

    /**
     * Makes the answer.
     *
     * @param accept the request's {@code Accept} header, empty if it has none
     */
    Answer answer(String accept);

    /** A complete answer, sent as UTF-8. */
    record Answer(int status, String contentType, String text) {}
}
