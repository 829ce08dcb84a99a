package dev.headstream.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What chaos and benches start a worker or a replay with. */
final class RehearsalOptions {
    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Start no browser and know only the flow rehearsal, whose jobs wait: for chaos and benches.")
    private boolean rehearse;

    @Option(
            names = "--evidence",
            paramLabel = "FILE",
            hidden = true,
            description = "With --rehearse: append a line here for each beginning and end of a step.")
    private Optional<Path> evidence = Optional.empty();

    /**
     * What runs the jobs: a browser, unless this is a rehearsal.
     *
     * @throws IOException if the file for the evidence cannot be opened
     */
    Engine engine(WorkerConfig config, Clock clock) throws IOException {
        return rehearse ? new RehearsalEngine(config, evidence, clock) : new BrowserEngine(config, clock);
    }
}
