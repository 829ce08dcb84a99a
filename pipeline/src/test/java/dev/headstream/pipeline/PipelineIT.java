package dev.headstream.pipeline;

import static dev.headstream.pipeline.PipelineFixture.handler;
import static dev.headstream.pipeline.PipelineFixture.ids;
import static dev.headstream.pipeline.PipelineFixture.job;
import static dev.headstream.pipeline.PipelineFixture.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.pipeline.commit.CommittedOffsets;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@Timeout(120)
class PipelineIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void run_givenManyJobs_expectsOneResultEachAndNoLag() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(4)) {
            kafka.submit(500, "job-");
            kafka.start(handler(
                    16, job -> Mono.delay(Duration.ofMillis(job.position().offset() % 7))
                            .map(tick -> succeeded())));

            await().atMost(SOON).until(() -> kafka.results().size() >= 500);
            await().atMost(SOON).until(() -> kafka.lag() == 0);

            assertThat(ids(kafka.results()))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 500).mapToObj(i -> "job-" + i).toList());
        }
    }

    @Test
    void run_givenMoreJobsThanContexts_expectsConcurrencyOfExactlyTheContexts() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2)) {
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            kafka.submit(60, "job-");
            kafka.start(handler(
                    4,
                    job -> Mono.defer(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        return Mono.delay(Duration.ofMillis(20)).map(tick -> {
                            running.decrementAndGet();
                            return succeeded();
                        });
                    })));

            await().atMost(SOON).until(() -> kafka.results().size() == 60);
            assertThat(most).hasValue(4);
        }
    }

    @Test
    void run_givenGarbageAmongJobs_expectsDeadLettersAndResults() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2)) {
            for (int i = 0; i < 20; i++) {
                kafka.submitBytes("garbage-" + i, ("no avro " + i).getBytes(StandardCharsets.UTF_8));
                kafka.submit(job("good-" + i));
            }
            kafka.start(handler(4, job -> Mono.just(succeeded())));

            await().atMost(SOON).until(() -> kafka.results().size() == 20 && kafka.lag() == 0);
            List<ConsumerRecord<byte[], byte[]>> letters = kafka.records(kafka.topics.deadLetters());
            assertThat(letters).hasSize(20).allSatisfy(letter -> {
                assertThat(new String(letter.value(), StandardCharsets.UTF_8)).startsWith("no avro ");
                assertThat(header(letter, "headstream-error-kind")).isEqualTo("UNDECODABLE");
                assertThat(header(letter, "headstream-error-message")).isNotBlank();
                assertThat(header(letter, "headstream-origin-topic")).isEqualTo(kafka.topics.jobs());
                assertThat(header(letter, "headstream-origin-offset")).matches("\\d+");
            });
        }
    }

    @Test
    void run_givenAJobWithProblems_expectsARejectedResultThatNamesThemAll() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger ran = new AtomicInteger();
            JobHandler handler = new JobHandler() {
                @Override
                public Mono<Outcome> handle(Job job) {
                    ran.incrementAndGet();
                    return Mono.just(succeeded());
                }

                @Override
                public int concurrency() {
                    return 1;
                }

                @Override
                public List<String> problems(JobRequested request) {
                    return List.of("no such flow", "input x is missing");
                }
            };
            kafka.submit(job("bad"));
            kafka.start(handler);

            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            JobResult result = kafka.results().get(0);
            assertThat(result.getStatus()).isEqualTo(JobStatus.REJECTED);
            assertThat(result.getError().getMessage()).contains("no such flow").contains("input x is missing");
            assertThat(ran).hasValue(0);
        }
    }

    /** Topics that go by the workers' clocks refuse those of a machine whose clock is wrong; trying again helps nobody. */
    @Test
    void run_givenBrokersThatRefuseOurClock_expectsTheWorkerToGiveUp() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            kafka.configure(
                    kafka.topics.results(),
                    Map.of("message.timestamp.type", "CreateTime", "message.timestamp.before.max.ms", "0"));
            kafka.submit(job("a"));
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            var subscription = kafka.start(handler(1, job -> Mono.just(succeeded())))
                    .failed()
                    .subscribe(unused -> {}, failure::complete);

            assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("message.timestamp.type=LogAppendTime");
            assertThat(kafka.results()).isEmpty();
            subscription.dispose();
        }
    }

    @Test
    void run_givenATransientFailure_expectsAnotherAttemptAndNoContextHeldMeanwhile() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
            kafka.submit(job("flaky"), job("steady"));
            kafka.start(handler(1, job -> {
                int attempt = attempts.computeIfAbsent(job.executionId(), id -> new AtomicInteger())
                        .incrementAndGet();
                return Mono.just(job.executionId().equals("flaky") && attempt < 3 ? failed(true) : succeeded());
            }));

            await().atMost(SOON).until(() -> kafka.results().size() == 2);
            List<JobResult> results = kafka.results();
            assertThat(ids(results))
                    .as("the steady one passes while the flaky one waits")
                    .first()
                    .isEqualTo("steady");
            assertThat(results.get(1).getStatus()).isEqualTo(JobStatus.SUCCEEDED);
            assertThat(results.get(1).getAttempts()).isEqualTo(3);
        }
    }

    @Test
    void run_givenAHandlerThatPostpones_expectsTheJobToWaitUncountedWhileOthersRun() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger asked = new AtomicInteger();
            kafka.submit(4, "job-");
            kafka.start(handler(
                    1,
                    job -> Mono.just(
                            job.request().getJobId().equals("job-0") && asked.incrementAndGet() <= 8
                                    ? new Outcome.Postponed("not now", Duration.ofMillis(20))
                                    : succeeded())));

            await().atMost(SOON).until(() -> kafka.results().size() == 4);

            // more often than it might have been tried or interrupted
            assertThat(asked).hasValue(9);
            JobResult late = kafka.results().get(3);
            assertThat(late.getJobId()).isEqualTo("job-0");
            assertThat(late.getStatus()).isEqualTo(JobStatus.SUCCEEDED);
            assertThat(late.getAttempts()).isEqualTo(1);
        }
    }

    @Test
    void run_givenAFailureThatStays_expectsFailedAfterMaxAttempts() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            kafka.submit(job("hopeless"));
            kafka.start(handler(1, job -> Mono.just(failed(true))));

            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            JobResult result = kafka.results().get(0);
            assertThat(result.getStatus()).isEqualTo(JobStatus.FAILED);
            assertThat(result.getAttempts()).isEqualTo(3);
            assertThat(result.getError().getKind()).isEqualTo("BROKEN");
        }
    }

    @Test
    void run_givenDuplicates_expectsOneRunAndOneResult() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger runs = new AtomicInteger();
            Sinks.Empty<Void> go = Sinks.empty();
            kafka.submit(job("twin"), job("twin"), job("other"));
            kafka.start(handler(2, job -> {
                runs.incrementAndGet();
                return go.asMono().then(Mono.just(succeeded()));
            }));
            await().atMost(SOON).until(() -> runs.get() == 2);
            go.tryEmitEmpty().orThrow();

            await().atMost(SOON).until(() -> kafka.results().size() == 2);
            kafka.submit(job("twin"), job("last"));
            await().atMost(SOON).until(() -> kafka.results().size() == 3 && kafka.lag() == 0);
            assertThat(runs).hasValue(3);
            assertThat(ids(kafka.results())).containsExactlyInAnyOrder("twin", "other", "last");
        }
    }

    @Test
    void run_givenOneSessionKey_expectsNoTwoAtATime() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger inSession = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            for (int i = 0; i < 10; i++) {
                kafka.submit(JobRequested.newBuilder(job("s-" + i))
                        .setSessionKey("acme")
                        .build());
            }
            kafka.start(handler(
                    4,
                    job -> Mono.defer(() -> {
                        most.accumulateAndGet(inSession.incrementAndGet(), Math::max);
                        return Mono.delay(Duration.ofMillis(15)).map(tick -> {
                            inSession.decrementAndGet();
                            return succeeded();
                        });
                    })));

            await().atMost(SOON).until(() -> kafka.results().size() == 10);
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void run_givenAResultLargerThanTheLimit_expectsAResultThatSaysSo() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            kafka.submit(job("huge"), job("small"));
            kafka.start(handler(
                    1,
                    job -> Mono.just(new Outcome.Succeeded(
                            job.executionId().equals("huge") ? "\"" + "x".repeat(2_000_000) + "\"" : "{}",
                            Outcome.Trace.NONE))));

            await().atMost(SOON).until(() -> kafka.results().size() == 2);
            JobResult huge = kafka.results().get(0);
            assertThat(huge.getStatus()).isEqualTo(JobStatus.FAILED);
            assertThat(huge.getError().getKind()).isEqualTo("RESULT_TOO_LARGE");
            assertThat(kafka.results().get(1).getStatus()).isEqualTo(JobStatus.SUCCEEDED);
        }
    }

    @Test
    void committedOffsets_givenAPendingTransaction_expectsThemWaitedForAndNotTakenForNone() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1);
                Admin admin = Admin.create(kafka.client())) {
            TopicPartition partition = new TopicPartition(kafka.topics.jobs(), 0);
            CommittedOffsets offsets = new CommittedOffsets(admin);
            assertThat(offsets.read(kafka.group, Set.of(partition))).isEmpty();
            Mono<Void> commit = kafka.pendingOffset(0, 7);

            CompletableFuture<Long> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return offsets.read(kafka.group, Set.of(partition))
                            .get(partition)
                            .base();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().during(Duration.ofMillis(500)).until(() -> !read.isDone());
            assertThat(offsets.readNow(kafka.group, Set.of(partition))).isEmpty();
            commit.block(SOON);

            assertThat(read.get(15, TimeUnit.SECONDS)).isEqualTo(7);
        }
    }

    private static Outcome failed(boolean retryable) {
        return new Outcome.Failed(new JobError("BROKEN", "broken on purpose", null), retryable, Outcome.Trace.NONE);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
