package dev.headstream.schemas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.headstream.schemas.StubRegistry;
import dev.headstream.schemas.StubRegistry.Reply;
import java.io.File;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final String PASSWORD = "changeit";

    private static Path certificate;
    private static Path keystore;
    private static SSLContext serverTls;

    private StubRegistry server;

    @BeforeAll
    static void makeSelfSignedCertificate(@TempDir Path directory) throws Exception {
        keystore = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=headstream-test",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        keystore.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "keytool.log"))
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        certificate = directory.resolve("server.pem");
        String pem = Base64.getMimeEncoder()
                .encodeToString(store.getCertificate("server").getEncoded());
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\n" + pem + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        serverTls = SSLContext.getInstance("TLS");
        serverTls.init(keys.getKeyManagers(), null, null);
    }

    @BeforeEach
    void start() throws Exception {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(serverTls));
        server = new StubRegistry(https, (request, count) -> Reply.json(200, "secret"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void context_givenPemTruststore_expectsAnswer() throws Exception {
        SSLContext tls =
                Tls.context(Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", certificate.toString()));

        assertThat(get("127.0.0.1", tls, 30).body()).isEqualTo("secret");
    }

    @Test
    void context_givenPemTextAndNoFile_expectsAnswer() throws Exception {
        SSLContext tls = Tls.context(
                Map.of("ssl.truststore.type", "PEM", "ssl.truststore.certificates", Files.readString(certificate)));

        assertThat(get("127.0.0.1", tls, 30).body()).isEqualTo("secret");
    }

    @Test
    void context_givenPkcs12Keystore_expectsItRead() {
        assertThat(Tls.context(Map.of(
                        "ssl.keystore.type",
                        "PKCS12",
                        "ssl.keystore.location",
                        keystore.toString(),
                        "ssl.keystore.password",
                        PASSWORD)))
                .isNotNull();
    }

    @Test
    void send_givenNoTruststore_expectsNoAnswerAndTheReason() {
        assertThatThrownBy(() -> get("127.0.0.1", null, 6))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("certification path");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_givenCertificateOfAnotherHost_expectsNoAnswer() {
        SSLContext tls =
                Tls.context(Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", certificate.toString()));

        assertThatThrownBy(() -> get("localhost", tls, 3)).isInstanceOf(NoAnswerException.class);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void context_givenMistakes_expectsThemNamed() {
        assertThatThrownBy(() -> Tls.context(Map.of("ssl.trustore.location", "/x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ssl.trustore.location");
        assertThatThrownBy(() -> Tls.context(Map.of("ssl.endpoint.identification.algorithm", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ssl.endpoint.identification.algorithm");
        assertThatThrownBy(
                        () -> Tls.context(Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", "/no/file")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/no/file");
    }

    private Answer get(String host, @org.jspecify.annotations.Nullable SSLContext tls, int timeoutSeconds)
            throws Exception {
        URI url = URI.create("https://" + host + ":" + server.port());
        Backoff quick = new Backoff(Duration.ofMillis(500), Duration.ofMillis(500));
        return new FailoverHttp(List.of(url), null, tls, Duration.ofSeconds(timeoutSeconds), quick)
                .send("GET", "/", null);
    }
}
