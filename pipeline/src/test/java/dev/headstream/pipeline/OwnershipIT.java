package dev.headstream.pipeline;

import static dev.headstream.pipeline.PipelineFixture.handler;
import static dev.headstream.pipeline.PipelineFixture.ids;
import static dev.headstream.pipeline.PipelineFixture.job;
import static dev.headstream.pipeline.PipelineFixture.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.pipeline.commit.DeliveryMode;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.v1.CompletedStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What happens to work when partitions change hands, for every group protocol and every way to deliver.
 *
 * <p>Without the generation in a transaction's offsets {@code lost_...} sees a second result, with both protocols.
 */
@Timeout(120)
class OwnershipIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    static Stream<Arguments> ways() {
        return Stream.of(GroupProtocol.values()).flatMap(protocol -> Stream.of(DeliveryMode.values())
                .map(delivery -> Arguments.of(protocol, delivery)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("ways")
    void restart_givenFinishedWorkAboveAnUnfinishedJob_expectsOnlyTheUnfinishedToRunAgain(
            GroupProtocol protocol, DeliveryMode delivery) throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1, protocol, delivery)) {
            kafka.submit(20, "job-");
            Pipeline first = kafka.start(
                    handler(4, job -> job.executionId().equals("job-0") ? Mono.never() : Mono.just(succeeded())));
            await().atMost(SOON).until(() -> kafka.results().size() == 19);
            first.close();
            assertThat(kafka.committed(0).orElseThrow().offset()).isZero();

            Set<String> ran = ConcurrentHashMap.newKeySet();
            kafka.start(handler(4, job -> {
                ran.add(job.executionId());
                return Mono.just(succeeded());
            }));
            await().atMost(SOON).until(() -> kafka.lag() == 0);
            assertThat(ran).containsExactly("job-0");
            assertThat(kafka.results()).hasSize(20);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("ways")
    void drain_givenAJobBetweenSteps_expectsTheNextWorkerToResumeAfterTheCompletedStep(
            GroupProtocol protocol, DeliveryMode delivery) throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1, protocol, delivery)) {
            CountDownLatch stepDone = new CountDownLatch(1);
            kafka.submit(job("long"));
            Pipeline first = kafka.start(handler(1, job -> job.progress()
                    .complete(new CompletedStep("login", "{\"user\":\"a\"}", Instant.now(), 5L, 0L), 1, null)
                    .then(Mono.<Outcome>defer(() -> {
                        stepDone.countDown();
                        return Mono.delay(Duration.ofMillis(20))
                                .repeat()
                                .takeUntil(tick -> job.progress().stopRequested())
                                .then(Mono.just(new Outcome.Interrupted("draining", Outcome.Trace.NONE)));
                    }))));
            stepDone.await();
            first.drain(Duration.ofSeconds(3));

            ConcurrentLinkedQueue<String> resumed = new ConcurrentLinkedQueue<>();
            kafka.start(handler(1, job -> {
                job.progress().completed().forEach(step -> resumed.add(step.getName() + step.getOutputJson()));
                return Mono.just(succeeded());
            }));
            await().atMost(SOON).until(() -> kafka.results().size() == 1);
            assertThat(resumed).containsExactly("login{\"user\":\"a\"}");
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("ways")
    void rebalance_givenWorkersThatJoinAndLeave_expectsExactlyOneResultEach(
            GroupProtocol protocol, DeliveryMode delivery) throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(6, protocol, delivery)) {
            JobHandler handler = handler(
                    4, job -> Mono.delay(Duration.ofMillis(5 + job.position().offset() % 20))
                            .map(tick -> succeeded()));
            kafka.submit(300, "job-");
            kafka.start(handler);
            await().atMost(SOON).until(() -> kafka.results().size() > 20);
            Pipeline second = kafka.start(handler);
            await().atMost(SOON).until(second::isAssigned);
            kafka.submit(300, "more-");
            await().atMost(SOON).until(() -> kafka.results().size() > 150);
            second.close();

            await().atMost(SOON).until(() -> kafka.lag() == 0);
            Map<String, Long> counts =
                    ids(kafka.results()).collect(Collectors.groupingBy(id -> id, Collectors.counting()));
            assertThat(counts)
                    .hasSize(600)
                    .allSatisfy((id, count) -> assertThat(count).as(id).isEqualTo(1));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("ways")
    void revoke_givenAJobOfThePartition_expectsItCheckpointedHereAndResumedByTheNextOwner(
            GroupProtocol protocol, DeliveryMode delivery) throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2, protocol, delivery)) {
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger stopped = new AtomicInteger();
            Sinks.Empty<Void> go = Sinks.empty();
            kafka.submit(20, "job-"); // some in each partition
            JobHandler handler = handler(20, job -> {
                if (!job.progress().completed().isEmpty()) {
                    return Mono.just(succeeded());
                }
                begun.incrementAndGet();
                return job.progress()
                        .complete(new CompletedStep("login", null, Instant.now(), 1L, 0L), 1, null)
                        .then(Mono.firstWithSignal(go.asMono(), stopRequest(job)))
                        .then(Mono.<Outcome>fromSupplier(() -> {
                            if (job.progress().stopRequested()) {
                                stopped.incrementAndGet();
                                return new Outcome.Interrupted("asked to stop", Outcome.Trace.NONE);
                            }
                            return succeeded();
                        }));
            });
            Pipeline first = kafka.start(handler);
            await().atMost(SOON).until(() -> begun.get() == 20);

            Pipeline second = kafka.start(handler);
            await().atMost(SOON).until(second::isAssigned);
            await().atMost(SOON).until(() -> !kafka.results().isEmpty());
            assertThat(first.isAssigned()).as("it keeps the other partition").isTrue();
            int givenUp = stopped.get();
            go.tryEmitEmpty().orThrow();

            await().atMost(SOON).until(() -> kafka.lag() == 0);
            assertThat(givenUp).isBetween(1, 19);
            assertThat(begun).as("nobody began anew").hasValue(20);
            assertThat(ids(kafka.results())).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("ways")
    void lost_givenAStalledWorkerThatFinishesAJobOfALostPartition_expectsTheNextOwnersResult(
            GroupProtocol protocol, DeliveryMode delivery) throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1, protocol, delivery)) {
            StalledPoll.Switch stall = new StalledPoll.Switch();
            Sinks.Empty<Void> late = Sinks.empty();
            CountDownLatch begun = new CountDownLatch(1);
            kafka.submit(job("held"));
            Pipeline first = kafka.startWith(
                    handler(2, job -> {
                        begun.countDown();
                        return late.asMono().then(Mono.just(succeeded()));
                    }),
                    StalledPoll.settings(kafka.group, stall));
            begun.await();
            stall.arm();
            kafka.submit(job("next"));
            await().atMost(SOON).until(stall::isStalled);

            kafka.start(handler(2, job -> Mono.just(succeeded())));
            await().atMost(SOON).until(() -> kafka.results().size() == 2);
            late.tryEmitEmpty().orThrow();
            await().atMost(SOON).until(() -> first.running() == 0);
            stall.release();
            kafka.submit(job("last"));

            await().atMost(SOON).until(() -> kafka.lag() == 0);
            List<String> results = ids(kafka.results()).toList();
            assertThat(results).contains("held", "next", "last");
            if (delivery == DeliveryMode.EXACTLY_ONCE) {
                assertThat(results).doesNotHaveDuplicates();
            }
        }
    }

    private static Mono<Void> stopRequest(Job job) {
        return Mono.delay(Duration.ofMillis(20))
                .repeat()
                .takeUntil(tick -> job.progress().stopRequested())
                .then();
    }
}
