package dev.headstream.worker.artifact;

import dev.headstream.v1.Artifact;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Keeps files in a bucket of Amazon S3 or of what speaks its protocol, under one prefix an execution. Credentials are found
 * as the AWS SDK finds them: environment, profile, the machine's role.
 *
 * <p>The client's calls do not end when they are interrupted, and a lane must: so they run on a few threads of their own, and
 * who stores a file waits for them, for a bounded time and until it is interrupted.
 */
public final class S3ArtifactStore implements ArtifactStore {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration UPLOAD = Duration.ofSeconds(20);
    private static final int THREADS = 8;
    private static final int WAITING = 64;
    /** Of what storage other than Amazon's is asked for; it takes any. */
    private static final String ANY_REGION = "us-east-1";

    private final ArtifactPlace.Bucket place;
    private final S3Client client;
    private final long maxBytes;
    private final ThreadPoolExecutor uploads = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), S3ArtifactStore::daemon);

    /**
     * How the storage is spoken to.
     *
     * @param endpoint empty: Amazon's
     * @param region empty: as the AWS SDK finds it, and any where an endpoint is given
     * @param pathStyle whether the bucket stands in the path and not in the host's name
     */
    public record Connection(Optional<URI> endpoint, Optional<String> region, boolean pathStyle) {}

    private S3ArtifactStore(ArtifactPlace.Bucket place, S3Client client, long maxBytes) {
        this.place = place;
        this.client = client;
        this.maxBytes = maxBytes;
        uploads.allowCoreThreadTimeOut(true);
    }

    /** Asks nobody: what is wrong with the storage is said when the first file is stored. */
    public static S3ArtifactStore open(ArtifactPlace.Bucket place, Connection connection, long maxBytes) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(SILENCE))
                .overrideConfiguration(override -> override.apiCallTimeout(UPLOAD))
                .forcePathStyle(connection.pathStyle())
                // others than Amazon do not know the checksums that are sent where they are not asked for
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        connection.endpoint().ifPresent(builder::endpointOverride);
        connection
                .region()
                .or(() -> connection.endpoint().map(own -> ANY_REGION))
                .map(Region::of)
                .ifPresent(builder::region);
        return new S3ArtifactStore(place, builder.build(), maxBytes);
    }

    /** What keeps this from being used at all, a region that is not to be found above all; asks nobody but this machine. */
    public static Optional<String> problem(ArtifactPlace.Bucket place, Connection connection) {
        try (S3ArtifactStore unused = open(place, connection, 1)) {
            return Optional.empty();
        } catch (SdkException e) {
            return Optional.of("cannot be used: " + e.getMessage());
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "artifact-upload");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Artifact store(String executionId, String name, String contentType, byte[] content) throws IOException {
        ArtifactNames.checkSize(name, content.length, maxBytes);
        String key = place.prefix() + ArtifactNames.folder(executionId) + "/" + ArtifactNames.file(name);
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(place.name())
                .key(key)
                .contentType(contentType)
                .build();
        await(name, submit(name, () -> client.putObject(request, RequestBody.fromBytes(content))));
        return new Artifact(name, "s3://" + place.name() + "/" + key, contentType, (long) content.length);
    }

    private Future<?> submit(String name, Runnable upload) throws IOException {
        try {
            return uploads.submit(upload);
        } catch (RejectedExecutionException e) {
            throw failure(name, "as many as may wait are waiting for it already", e);
        }
    }

    private void await(String name, Future<?> upload) throws IOException {
        try {
            upload.get(UPLOAD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            upload.cancel(true);
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while '" + name + "' was stored in " + place);
            interrupted.initCause(e);
            throw interrupted;
        } catch (TimeoutException e) {
            upload.cancel(true);
            throw failure(name, "not done within " + UPLOAD.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof SdkException said) {
                throw failure(name, String.valueOf(said.getMessage()), e);
            }
            throw new IllegalStateException(e);
        }
    }

    private IOException failure(String name, String why, Exception cause) {
        return new IOException(
                "artifact '" + name + "' cannot be stored in " + place + ": " + why
                        + "; check the bucket, the settings under s3 and the credentials (AWS_ACCESS_KEY_ID and"
                        + " AWS_SECRET_ACCESS_KEY, a profile or a role)",
                cause);
    }

    @Override
    public long maxBytes() {
        return maxBytes;
    }

    @Override
    public void close() {
        uploads.shutdownNow();
        client.close();
    }
}
