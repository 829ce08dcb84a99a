package dev.headstream.loadgen.bench.pipeline;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a worker says of itself on its management port. */
final class WorkerMetrics {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path portFile;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /** @param workDirectory where the worker writes the port */
    WorkerMetrics(Path workDirectory) {
        this.portFile = workDirectory.resolve("management.port");
    }

    /**
     * The value of a metric without tags.
     *
     * @throws IOException if the worker does not answer or has no such metric
     */
    double value(String name) throws IOException, InterruptedException {
        int port = Integer.parseInt(Files.readString(portFile).strip());
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(PATIENCE)
                .build();
        String text = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .orElseThrow(() -> new IOException("the worker has no metric " + name));
    }
}
