package dev.headstream.worker.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.headstream.v1.Artifact;
import dev.headstream.worker.artifact.ArtifactPlace.Bucket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Against a server of the S3 protocol that checks signatures, in a process of its own. */
final class S3ArtifactStoreIT {
    private static final String USER = "local-identity";
    private static final String PASSWORD = "local-credential";
    /** Where the AWS SDK looks for credentials after the environment. */
    private static final Map<String, String> CREDENTIALS =
            Map.of("aws.accessKeyId", USER, "aws.secretAccessKey", PASSWORD);

    private static Process server;
    private static URI endpoint;
    private static S3Client reader;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        CREDENTIALS.forEach(System::setProperty);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            endpoint = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        Path settings = Files.writeString(
                folder.resolve("s3proxy.conf"),
                "s3proxy.endpoint=" + endpoint + "\ns3proxy.authorization=aws-v2-or-v4\ns3proxy.identity=" + USER
                        + "\ns3proxy.credential=" + PASSWORD
                        + "\njclouds.provider=transient\njclouds.identity=x\njclouds.credential=x\n");
        server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        "target/s3proxy/s3proxy.jar",
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3proxy.log").toFile())
                .start();
        reader = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(USER, PASSWORD)))
                .build();
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> reader.createBucket(
                        bucket -> bucket.bucket("jobs"))
                .sdkHttpResponse()
                .isSuccessful());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        CREDENTIALS.keySet().forEach(System::clearProperty);
        reader.close();
        server.destroyForcibly().waitFor();
    }

    private static S3ArtifactStore store(String place, URI at) {
        return S3ArtifactStore.open(
                (Bucket) ArtifactPlace.parse(place),
                new S3ArtifactStore.Connection(Optional.of(at), Optional.empty(), true),
                1_000_000);
    }

    @Test
    void store_givenAFileTwice_expectsOneObjectWithTheLastBytesAndItsUri() throws Exception {
        try (S3ArtifactStore store = store("s3://jobs/shots", endpoint)) {
            store.store("replay|job 1", "../shot ü.png", "image/png", new byte[300_000]);
            byte[] last = "the last".getBytes(StandardCharsets.UTF_8);

            Artifact artifact = store.store("replay|job 1", "../shot ü.png", "image/png", last);

            URI uri = URI.create(artifact.getUri());
            assertThat(uri).hasScheme("s3").hasHost("jobs");
            assertThat(uri.getPath()).matches("/shots/replay_job_1-[0-9a-f]{12}/[^/]+shot__.png");
            ResponseBytes<GetObjectResponse> stored = reader.getObjectAsBytes(
                    get -> get.bucket("jobs").key(uri.getPath().substring(1)));
            assertThat(stored.asByteArray()).isEqualTo(last);
            assertThat(stored.response().contentType()).isEqualTo("image/png");
            assertThat(reader.listObjectsV2(list -> list.bucket("jobs").prefix("shots/"))
                            .contents())
                    .hasSize(1);
        }
    }

    @Test
    void store_givenAFileThatIsTooLarge_expectsRefusal() {
        try (S3ArtifactStore store = store("s3://jobs", endpoint)) {
            assertThatThrownBy(() -> store.store("job", "a.bin", "text/plain", new byte[1_000_001]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("at most 1000000");
        }
    }

    @Test
    void store_givenNoSuchBucketOrAWrongPassword_expectsBothNamedAndThePasswordNot() {
        try (S3ArtifactStore nowhere = store("s3://absent", endpoint)) {
            assertThatThrownBy(() -> nowhere.store("job", "a.txt", "text/plain", new byte[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("s3://absent/")
                    .hasMessageContaining("AWS_SECRET_ACCESS_KEY");
        }
        System.setProperty("aws.secretAccessKey", "wrong-word");
        try (S3ArtifactStore stranger = store("s3://jobs", endpoint)) {
            assertThatThrownBy(() -> stranger.store("job", "a.txt", "text/plain", new byte[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("403")
                    .hasMessageNotContaining("wrong-word");
        } finally {
            System.setProperty("aws.secretAccessKey", PASSWORD);
        }
    }

    @Test
    void store_givenAStorageThatNeverAnswers_expectsAnInterruptToEndTheWait() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                S3ArtifactStore store = store("s3://jobs", URI.create("http://127.0.0.1:" + silent.getLocalPort()))) {
            Thread lane = Thread.currentThread();
            Thread impatient = new Thread(() -> interruptOnceCalled(silent, lane));
            impatient.start();

            assertThatThrownBy(() -> store.store("job", "a.txt", "text/plain", new byte[1]))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            impatient.join();
        }
    }

    private static void interruptOnceCalled(ServerSocket silent, Thread lane) {
        try (Socket caller = silent.accept()) {
            caller.getInputStream().read();
            lane.interrupt();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
