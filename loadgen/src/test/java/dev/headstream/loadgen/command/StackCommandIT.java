package dev.headstream.loadgen.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process with the memory that it is to make do with. */
@Timeout(240)
final class StackCommandIT {

    @Test
    void stack_givenSigtermAndAnotherStart_expectsAllSetUpAndKeptAndNothingLeft(
            @TempDir Path data, @TempDir Path temporary) throws Exception {
        int[] ports = freePorts();
        String[] arguments = {
            "--data", data.toString(), "--port", "" + ports[0], "--registry-port", "" + ports[1], "--partitions", "3"
        };
        for (int round = 0; round < 2; round++) {
            Process stack = start(temporary, arguments);
            List<String> said = readUntil(stack, "submit FLOW");

            assertThat(String.join("\n", said))
                    .contains("127.0.0.1:" + ports[0])
                    .contains("http://127.0.0.1:" + ports[1])
                    .contains("for this machine only")
                    .contains("headstream.jobs (3)")
                    .contains(data.toString());
            assertThat(said.get(said.size() - 1)).contains("--bootstrap 127.0.0.1:" + ports[0]);
            assertThat(topics(ports[0]))
                    .contains(
                            "headstream.jobs",
                            "headstream.results",
                            "headstream.state",
                            "headstream.dead-letters",
                            "headstream.cancellations",
                            "headstream.cache");
            assertThat(get("http://127.0.0.1:" + ports[1] + "/config/headstream.jobs-value"))
                    .contains("FULL_TRANSITIVE");

            stack.toHandle().destroy(); // Process.destroy would close its output as well
            assertThat(stack.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(stack.exitValue()).isEqualTo(143);
            assertThat(readUntil(stack, "nothing more comes")).isEmpty();
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("headstream")))
                    .isEmpty();
        }
    }

    @Test
    void stack_givenATakenPort_expectsOneLineAndExit69(@TempDir Path data, @TempDir Path temporary) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process stack = start(temporary, "--data", data.toString(), "--port", "" + other.getLocalPort());

            assertThat(readUntil(stack, "nothing more comes"))
                    .singleElement()
                    .asString()
                    .contains("port " + other.getLocalPort())
                    .contains("taken");
            assertThat(stack.waitFor()).isEqualTo(69);
        }
    }

    private static Process start(Path temporary, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                HeadstreamCommand.class.getName(),
                "stack"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** What it says up to a line that contains the mark, or to its end. */
    private static List<String> readUntil(Process process, String mark) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.add(line);
            if (line.contains(mark)) {
                break;
            }
        }
        return lines;
    }

    private static Collection<String> topics(int port) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            return admin.listTopics().names().get();
        }
    }

    private static String get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static int[] freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new int[] {one.getLocalPort(), two.getLocalPort()};
        }
    }
}
