package dev.headstream.worker.run;

/**
 * The page that a run ended on, without secrets.
 *
 * @param url without query and fragment
 */
public record LastPage(String url, String title) {

    /** Somebody who looks at the page before it is closed. */
    @FunctionalInterface
    public interface Onlooker {
        /** Looks nowhere. */
        Onlooker NONE = (page) -> {};

        /** Called on the lane's thread, within the lane's deadline: the page stays open until it returns. */
        void failedOn(LastPage page) throws InterruptedException;
    }
}
