package dev.headstream.worker.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.headstream.worker.management.Health.Status;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagementServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Health health = new Health();
    private final PrometheusMeterRegistry registry = WorkerRegistry.create();

    @SuppressWarnings("NullAway.Init")
    private ManagementServer server;

    @BeforeEach
    void listen() throws IOException {
        server = ManagementServer.builder()
                .health(health)
                .metrics(registry)
                .page("/broken", accept -> {
                    throw new IllegalStateException("of no concern to clients");
                })
                .listen("127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        server.close();
        registry.close();
    }

    @Test
    void get_givenHealth_expectsStatusAndNamedChecksAsJson() throws Exception {
        health.liveness("browser", () -> Status.up("fresh"));
        health.readiness("assigned", () -> Status.down("no partitions: \"waiting\""));

        HttpResponse<String> live = get("/livez");
        HttpResponse<String> ready = get("/readyz");

        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).contains("\"status\" : \"up\"", "\"name\" : \"browser\"", "\"reason\" : \"fresh\"");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("starting", "no partitions: \\\"waiting\\\"");
        assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void get_givenMetrics_expectsPrometheusNamesWithUnits() throws Exception {
        WorkerMeters.MEMORY_PSS.spec().gauge(registry, () -> 7, "renderer");
        WorkerMeters.CONTEXT_RECYCLED.spec().counter(registry, "page_crashed").increment();

        HttpResponse<String> text = get("/metrics");

        assertThat(text.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(text.body())
                .contains("headstream_memory_pss_bytes{process=\"renderer\"} 7.0")
                .contains("headstream_context_recycled_total{reason=\"page_crashed\"} 1.0")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void get_givenOpenMetricsAsked_expectsThatFormat() throws Exception {
        HttpResponse<String> open = send(HttpRequest.newBuilder(server.uri().resolve("/metrics"))
                .header("Accept", "application/openmetrics-text; version=1.0.0"));

        assertThat(open.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void get_givenIndex_expectsLinksToAllPages() throws Exception {
        assertThat(get("/").body()).contains("href=\"/livez\"", "href=\"/readyz\"", "href=\"/metrics\"");
    }

    @Test
    void request_givenNoSuchPageOrMethod_expectsRefusal() throws Exception {
        assertThat(get("/livezz").statusCode()).isEqualTo(404);
        assertThat(get("/livez/../metrics/x").statusCode()).isEqualTo(404);
        HttpResponse<String> posted = send(
                HttpRequest.newBuilder(server.uri().resolve("/livez")).POST(HttpRequest.BodyPublishers.ofString("x")));
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void head_givenAPage_expectsItsHeadersOnly() throws Exception {
        HttpResponse<String> head = send(HttpRequest.newBuilder(server.uri().resolve("/livez"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void get_givenAPageThatFails_expects500WithoutDetails() throws Exception {
        assertThat(get("/broken").statusCode()).isEqualTo(500);
        assertThat(get("/broken").body()).doesNotContain("of no concern");
    }

    @Test
    void request_givenTheNameOfAnotherHost_expectsRefusal() throws Exception {
        assertThat(raw("/metrics", "evil.example:" + server.uri().getPort())).startsWith("HTTP/1.1 421 ");
        assertThat(raw("/livez", "localhost")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void request_givenAPageForTheMachine_expectsItForPeersOnTheMachineOnly() throws Exception {
        Optional<InetAddress> outer = addressOfThisMachine();
        assumeTrue(outer.isPresent(), "this machine has no address but loopback");
        try (ManagementServer open = ManagementServer.builder()
                .page("/private", accept -> new Page.Answer(200, "text/plain", "mine"), Audience.MACHINE)
                .page("/public", accept -> new Page.Answer(200, "text/plain", "ours"))
                .listen("0.0.0.0", 0)) {
            String there =
                    "http://" + outer.get().getHostAddress() + ":" + open.uri().getPort();

            assertThat(send(HttpRequest.newBuilder(URI.create(there + "/public")))
                            .body())
                    .isEqualTo("ours");
            // another name is refused before who asks is looked at
            assertThat(send(HttpRequest.newBuilder(URI.create(there + "/private")))
                            .statusCode())
                    .isEqualTo(421);
            assertThat(raw(outer.get(), open.uri().getPort(), "/private", "localhost"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("port-forward");
            assertThat(raw(InetAddress.getLoopbackAddress(), open.uri().getPort(), "/private", "localhost"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void request_givenAFolder_expectsOneNameAndNoWayOut() throws Exception {
        try (ManagementServer folder = ManagementServer.builder()
                .folder(
                        "/things/",
                        name -> Optional.of(new Page.Answer(200, "text/plain", "[" + name + "]")),
                        Audience.MACHINE)
                .listen("127.0.0.1", 0)) {
            int port = folder.uri().getPort();
            InetAddress loopback = InetAddress.getLoopbackAddress();

            assertThat(raw(loopback, port, "/things/one", "localhost")).endsWith("[one]");
            assertThat(raw(loopback, port, "/things/%2e%2e%2fone", "localhost")).endsWith("[%2e%2e%2fone]");
            assertThat(raw(loopback, port, "/things/", "localhost")).startsWith("HTTP/1.1 404 ");
            assertThat(raw(loopback, port, "/things/../things/one/two", "localhost"))
                    .startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void listen_givenAPortThatIsTaken_expectsAMessageThatSaysWhatToDo() {
        assertThatThrownBy(() -> ManagementServer.builder()
                        .listen("127.0.0.1", server.uri().getPort()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + server.uri().getPort())
                .hasMessageContaining("set management.port to another");
    }

    @Test
    void portFile_givenAServer_expectsItsPortUntilClosed(@TempDir Path directory) throws IOException {
        Path work = directory.resolve("work");
        PortFile file = PortFile.write(work, URI.create("http://127.0.0.1:12345"));
        assertThat(work.resolve(PortFile.NAME)).hasContent("12345");

        file.close();

        assertThat(work).isEmptyDirectory();
    }

    private static Optional<InetAddress> addressOfThisMachine() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    private String raw(String path, String host) throws IOException {
        return raw(InetAddress.getLoopbackAddress(), server.uri().getPort(), path, host);
    }

    /** As sent: a client of the JDK would correct the path and choose the name itself. */
    private static String raw(InetAddress address, int port, String path, String host) throws IOException {
        try (Socket socket = new Socket(address, port)) {
            socket.setSoTimeout(10_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(server.uri().resolve(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
