package dev.headstream.loadgen.bench;

import java.io.IOException;

/** Ends a process as soon as its standard input does, so that it never outlives the bench that started it. */
public final class ParentWatch {
    private ParentWatch() {}

    /** Begins to watch, on a thread that keeps no process alive. */
    public static void start() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nothing is ever sent
                        }
                    } catch (IOException e) {
                        // the same as its end
                    }
                    System.exit(3);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
