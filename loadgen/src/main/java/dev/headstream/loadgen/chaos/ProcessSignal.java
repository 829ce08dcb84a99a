package dev.headstream.loadgen.chaos;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends signals that Java has no call for. */
enum ProcessSignal {
    /** Stops a process as a suspended machine or a long pause does. */
    STOP,
    /** Lets it go on. */
    CONT;

    /** Sends it to one process that we started. */
    void to(long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name(), String.valueOf(pid))
                .redirectErrorStream(true)
                .start();
        if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("cannot send SIG" + name() + " to process " + pid);
        }
    }
}
