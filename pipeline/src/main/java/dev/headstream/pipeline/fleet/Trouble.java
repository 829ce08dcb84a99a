package dev.headstream.pipeline.fleet;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that something does not work, and once that it does again. Thread-safe. */
final class Trouble {
    private static final Logger log = LoggerFactory.getLogger(Trouble.class);

    private final String what;
    private final AtomicBoolean said = new AtomicBoolean();

    /** @param what does not work, as in "results are not read" */
    Trouble(String what) {
        this.what = what;
    }

    void met(String why) {
        if (said.compareAndSet(false, true)) {
            log.warn("{}, the cache goes on within this worker: {}", what, why);
        }
    }

    void over() {
        if (said.compareAndSet(true, false)) {
            log.info("over: {}", what);
        }
    }
}
