package dev.headstream.loadgen.bench;

import java.io.IOException;

/** Browser lanes of one design. A lane is used by one thread, and closed by it. */
interface Lanes extends AutoCloseable {

    /** A lane, warmed up as far as the design warms up. Called on the thread that will use it. */
    Lane open() throws Exception;

    /** Closes what the lanes share, after the lanes. */
    @Override
    void close() throws IOException;

    /** Where jobs run one after the other. */
    interface Lane extends AutoCloseable {

        /**
         * Runs the job: opens the search page in a fresh context, fills the field, clicks, waits for the results, reads
         * them, closes the context.
         *
         * @return how many results there were
         */
        int search(String url, String query) throws Exception;

        @Override
        void close() throws IOException;
    }
}
