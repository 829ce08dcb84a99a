package dev.headstream.loadgen.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.loadgen.chaos.TcpProxy.Weather;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server that sends back what it gets. */
@Timeout(60)
final class TcpProxyTest {
    private static final int SOON_MILLIS = 300;
    private static final int LATE_MILLIS = 10_000;

    private final LinkedBlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();

    @SuppressWarnings("NullAway.Init")
    private ServerSocket echo;

    @SuppressWarnings("NullAway.Init")
    private TcpProxy proxy;

    @BeforeEach
    void open() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "echo");
        server.setDaemon(true);
        server.start();
        proxy = TcpProxy.to(echo.getLocalPort(), 1);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void pass_givenFineWeather_expectsBytesAsTheyWere() throws Exception {
        byte[] sent = new byte[300_000];
        new Random(7).nextBytes(sent);
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> send(client, sent));
            writer.start();

            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
        }
    }

    @Test
    void pass_givenDelayAndLoss_expectsBytesLateAndInOrder() throws Exception {
        proxy.set(Weather.bad(Duration.ofMillis(100), 0.5, 0));
        try (Socket client = connect()) {
            long started = System.nanoTime();
            for (int i = 1; i <= 5; i++) {
                send(client, new byte[] {(byte) i});
            }

            assertThat(client.getInputStream().readNBytes(5)).containsExactly(1, 2, 3, 4, 5);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void pass_givenMute_expectsRequestsToArriveAndAnswersOnlyAfterwards() throws Exception {
        try (Socket client = connect()) {
            proxy.set(Weather.MUTE);
            send(client, new byte[] {42});

            assertThat(arrived.poll(LATE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(42);
            client.setSoTimeout(SOON_MILLIS);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            proxy.set(Weather.FINE);
            client.setSoTimeout(LATE_MILLIS);
            assertThat(client.getInputStream().read()).isEqualTo(42);
        }
    }

    @Test
    void pass_givenPartition_expectsNothingToPassAndNoNewConnection() throws Exception {
        try (Socket client = connect()) {
            // until a byte has come back, the proxy may not have accepted what the kernel has
            send(client, new byte[] {7});
            assertThat(arrived.poll(LATE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            proxy.set(Weather.PARTITION);
            send(client, new byte[] {42});

            assertThat(arrived.poll(SOON_MILLIS, TimeUnit.MILLISECONDS)).isNull();
            try (Socket another = connect()) {
                another.setSoTimeout(LATE_MILLIS);
                assertThat(endsWithoutAnswer(another)).isTrue();
            }

            proxy.set(Weather.FINE);
            assertThat(client.getInputStream().read()).isEqualTo(42);
        }
    }

    private static boolean endsWithoutAnswer(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException stays) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket client = echo.accept();
                Thread thread = new Thread(() -> sendBack(client), "echo-one");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void sendBack(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                arrived.add(b);
                client.getOutputStream().write(b);
            }
        } catch (IOException ended) {
            arrived.add(-1);
        }
    }
}
