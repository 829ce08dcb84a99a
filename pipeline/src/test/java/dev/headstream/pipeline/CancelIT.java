package dev.headstream.pipeline;

import static dev.headstream.pipeline.PipelineFixture.handler;
import static dev.headstream.pipeline.PipelineFixture.job;
import static dev.headstream.pipeline.PipelineFixture.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A cancelled job has exactly one result, whatever it does when the cancel arrives. */
@Timeout(120)
class CancelIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    @Test
    void cancel_givenJobsThatHaveNotBegun_expectsThemCancelledWithoutARun() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2)) {
            Set<String> ran = ConcurrentHashMap.newKeySet();
            Sinks.Empty<Void> go = Sinks.empty();
            kafka.submit(job("early"), job("busy"));
            kafka.cancel("early", "nobody wants it"); // before there is any worker
            kafka.start(handler(1, job -> {
                ran.add(job.executionId());
                return go.asMono().then(Mono.just(succeeded()));
            }));
            await().atMost(SOON).until(() -> ran.contains("busy"));
            kafka.submit(job("queued"));
            kafka.cancel("queued", "too late");
            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            go.tryEmitEmpty().orThrow();

            await().atMost(SOON).until(() -> kafka.results().size() == 3 && kafka.lag() == 0);
            assertThat(ran).containsExactly("busy");
            assertThat(statuses(kafka))
                    .containsEntry("early", JobStatus.CANCELLED)
                    .containsEntry("queued", JobStatus.CANCELLED)
                    .containsEntry("busy", JobStatus.SUCCEEDED);
            JobError error = result(kafka, "early").getError();
            assertThat(error.getKind()).isEqualTo("CANCELLED");
            assertThat(error.getMessage()).isEqualTo("nobody wants it");
        }
    }

    @Test
    void start_givenCancelsThatTakeTimeToRead_expectsNoJobToBeginBeforeTheyAreKnown() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            CountDownLatch ran = new CountDownLatch(1);
            Deserializer<CancelRequested> reader = kafka.cancels;
            kafka.cancels = (topic, bytes) -> {
                awaitUnless(ran);
                return reader.deserialize(topic, bytes);
            };
            kafka.submit(job("early"));
            kafka.cancel("early", "nobody wants it");
            kafka.start(handler(1, job -> {
                ran.countDown();
                return Mono.just(succeeded());
            }));

            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            assertThat(statuses(kafka)).containsEntry("early", JobStatus.CANCELLED);
            assertThat(ran.getCount()).as("runs to come").isEqualTo(1);
        }
    }

    /** As long as a job would take to begin if nothing held it back. */
    private static void awaitUnless(CountDownLatch ran) {
        try {
            var unused = ran.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void cancel_givenJobBetweenSteps_expectsItToStopThereAndNotToGoOnInTheNextWorker() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger runs = new AtomicInteger();
            kafka.submit(job("long"));
            Pipeline first = kafka.start(handler(1, job -> {
                runs.incrementAndGet();
                return stoppedAtTheNextStep(job);
            }));
            await().atMost(SOON).until(() -> runs.get() == 1);
            kafka.cancel("long", "changed my mind");

            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            first.close();
            kafka.submit(job("other"));
            kafka.start(handler(1, job -> {
                runs.incrementAndGet();
                return Mono.just(succeeded());
            }));
            await().atMost(SOON).until(() -> kafka.results().size() == 2 && kafka.lag() == 0);
            assertThat(statuses(kafka)).containsEntry("long", JobStatus.CANCELLED);
            assertThat(runs).as("the long one once, the other one once").hasValue(2);
        }
    }

    @Test
    void cancel_givenJobThatWaitsForItsRetry_expectsItCancelledLongBeforeThat() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger runs = new AtomicInteger();
            kafka.submit(job("flaky"));
            kafka.start(
                    handler(1, job -> {
                        runs.incrementAndGet();
                        return Mono.just(new Outcome.Failed(
                                new JobError("BROKEN", "broken on purpose", null), true, Outcome.Trace.NONE));
                    }),
                    withRetryAfter(Duration.ofMinutes(10)));
            await().atMost(SOON)
                    .until(() -> runs.get() == 1
                            && !kafka.records(kafka.topics.state()).isEmpty());
            kafka.cancel("flaky", "no use");

            await().atMost(SOON).until(() -> kafka.results().size() == 1 && kafka.lag() == 0);
            assertThat(statuses(kafka)).containsEntry("flaky", JobStatus.CANCELLED);
            assertThat(result(kafka, "flaky").getAttempts()).isEqualTo(1);
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void cancel_givenJobThatWaitsForItsSession_expectsItCancelledAndTheSessionToGoOn() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            Set<String> ran = ConcurrentHashMap.newKeySet();
            Sinks.Empty<Void> go = Sinks.empty();
            for (String id : List.of("s-1", "s-2", "s-3")) {
                kafka.submit(
                        JobRequested.newBuilder(job(id)).setSessionKey("acme").build());
            }
            kafka.start(handler(4, job -> {
                ran.add(job.executionId());
                return go.asMono().then(Mono.just(succeeded()));
            }));
            await().atMost(SOON).until(() -> ran.contains("s-1"));
            kafka.cancel("s-2", "skip this one");
            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            go.tryEmitEmpty().orThrow();

            await().atMost(SOON).until(() -> kafka.results().size() == 3 && kafka.lag() == 0);
            assertThat(ran).containsExactlyInAnyOrder("s-1", "s-3");
            assertThat(statuses(kafka)).containsEntry("s-2", JobStatus.CANCELLED);
        }
    }

    @Test
    void cancel_givenJobThatEndsAllTheSame_expectsItsOwnResult() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger runs = new AtomicInteger();
            kafka.submit(job("quick"));
            kafka.start(handler(1, job -> {
                runs.incrementAndGet();
                return untilStopIsRequested(job).then(Mono.just(succeeded()));
            }));
            await().atMost(SOON).until(() -> runs.get() == 1);
            kafka.cancel("quick", "too late");

            await().atMost(SOON).until(() -> kafka.results().size() == 1 && kafka.lag() == 0);
            assertThat(statuses(kafka)).containsEntry("quick", JobStatus.SUCCEEDED);
        }
    }

    @Test
    void cancel_givenFinishedAndUnknownJobs_expectsNothingChangedAlsoForTheirNextEvents() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            kafka.submit(job("done"));
            Pipeline first = kafka.start(handler(1, job -> Mono.just(succeeded())));
            await().atMost(SOON).until(() -> kafka.results().size() == 1 && kafka.lag() == 0);
            kafka.cancel("done", "too late");
            kafka.cancel("unknown", "not there yet");
            first.close();

            kafka.submit(job("done"), job("unknown"));
            kafka.start(handler(1, job -> Mono.just(succeeded())));
            await().atMost(SOON).until(() -> kafka.results().size() == 2 && kafka.lag() == 0);
            assertThat(statuses(kafka)).isEqualTo(Map.of("done", JobStatus.SUCCEEDED, "unknown", JobStatus.SUCCEEDED));
        }
    }

    @Test
    void cancel_givenAnUnsafeStepThatHadBegun_expectsItsUncertaintyNotHidden() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1)) {
            AtomicInteger runs = new AtomicInteger();
            kafka.submit(job("order"));
            kafka.start(handler(1, job -> job.progress().intend("pay", 1).then(Mono.defer(() -> {
                runs.incrementAndGet();
                return untilStopIsRequested(job)
                        .then(Mono.just(new Outcome.Interrupted("the browser went away", Outcome.Trace.NONE)));
            }))));
            await().atMost(SOON).until(() -> runs.get() == 1);
            kafka.cancel("order", "wrong customer");

            await().atMost(SOON).until(() -> kafka.results().size() == 1 && kafka.lag() == 0);
            JobResult result = result(kafka, "order");
            assertThat(result.getStatus()).isEqualTo(JobStatus.FAILED);
            assertThat(result.getError().getKind()).isEqualTo("UNCERTAIN");
            assertThat(result.getError().getMessage()).contains("wrong customer", "'pay'");
        }
    }

    private static Mono<Outcome> stoppedAtTheNextStep(Job job) {
        return job.progress()
                .complete(new CompletedStep("login", "{}", Instant.now(), 5L, 0L), 1, null)
                .then(untilStopIsRequested(job))
                .then(Mono.just(new Outcome.Interrupted("asked to stop", Outcome.Trace.NONE)));
    }

    private static Mono<Void> untilStopIsRequested(Job job) {
        return Mono.delay(Duration.ofMillis(20))
                .repeat()
                .takeUntil(tick -> job.progress().stopRequested())
                .then();
    }

    private static UnaryOperator<PipelineConfig> withRetryAfter(Duration delay) {
        return c -> new PipelineConfig(
                c.client(),
                c.topics(),
                c.groupId(),
                c.groupProtocol(),
                c.delivery(),
                c.worker(),
                c.commitInterval(),
                c.jobTimeout(),
                c.revokeGrace(),
                new RetryPolicy(delay, delay, 0, 3),
                c.maxWaiting(),
                c.maxResultBytes(),
                c.replayId());
    }

    private static Map<String, JobStatus> statuses(PipelineFixture kafka) {
        return kafka.results().stream().collect(Collectors.toMap(JobResult::getExecutionId, JobResult::getStatus));
    }

    private static JobResult result(PipelineFixture kafka, String id) {
        return kafka.results().stream()
                .filter(result -> result.getExecutionId().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
