package dev.headstream.loadgen.console;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A terminal whose output can be read, and whose clock stands still until it is moved. */
public final class Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();
    private final Terminal terminal;

    private Output(boolean live, int columns) {
        terminal = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), live, live, columns, nanos::get);
    }

    /** A file or a pipe. */
    public static Output plain() {
        return new Output(false, 100);
    }

    /** A terminal with a cursor and colours. */
    public static Output live(int columns) {
        return new Output(true, columns);
    }

    public Terminal terminal() {
        return terminal;
    }

    public void pass(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000);
    }

    /** Everything that was written, escape sequences and all. */
    public String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public List<String> lines() {
        return text().lines().toList();
    }
}
