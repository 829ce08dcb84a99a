package dev.headstream.worker.cache;

import static dev.headstream.worker.cache.CachedFlow.searchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.run.FailureKind;
import dev.headstream.worker.run.StepFailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Equal steps at the same time: one runs, and no failure, cancellation or stuck run of it harms those who wait. */
@Timeout(30)
final class SingleFlightTest {
    private static final Map<String, JsonNode> HITS = Map.of("hits", TextNode.valueOf("some"));

    private static final String RULE = "key: \"${inputs.query}\", ttl: 10m";

    private final ExecutorService jobs = Executors.newCachedThreadPool();
    private final StepCache cache = new StepCache(new StepCache.Settings(0, true), CacheEvents.NONE);
    private CachedFlow flow = CachedFlow.of(cache, RULE);

    @AfterEach
    void stop() {
        jobs.shutdownNow();
    }

    @Test
    void run_givenEqualJobsAtOnce_expectsOneRun() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        flow.does(scope -> {
            awaitOn(go);
            return HITS;
        });
        Future<Outcome> leader = submit("lamp");
        awaitRuns(1);
        List<Thread> waiting = new ArrayList<>();
        List<Future<Outcome>> followers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            followers.add(start("lamp", waiting));
        }
        awaitWaiting(waiting);

        go.countDown();

        assertThat(searchOf(leader.get())).isEqualTo(StepOutcome.RAN);
        for (Future<Outcome> follower : followers) {
            assertThat(searchOf(follower.get())).isEqualTo(StepOutcome.COALESCED);
        }
        assertThat(flow.runs).hasValue(1);
    }

    @Test
    void run_givenALeaderThatFails_expectsTheOthersToRunThemselves() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        flow.does(scope -> {
            awaitOn(go);
            if (flow.runs.get() == 1) {
                throw new StepFailureException(FailureKind.SELECTOR_NOT_FOUND, "not for me");
            }
            return HITS;
        });
        Future<Outcome> leader = submit("lamp");
        awaitRuns(1);
        List<Thread> waiting = new ArrayList<>();
        List<Future<Outcome>> followers = List.of(start("lamp", waiting), start("lamp", waiting));
        awaitWaiting(waiting);

        go.countDown();

        assertThat(leader.get()).isInstanceOf(Outcome.Failed.class);
        for (Future<Outcome> follower : followers) {
            assertThat(follower.get()).isInstanceOf(Outcome.Succeeded.class);
        }
    }

    @Test
    void run_givenALeaderThatIsCancelled_expectsAnotherToLeadAtOnce() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        flow.does(scope -> {
            if (flow.runs.get() == 1) {
                awaitOn(never);
            }
            return HITS;
        });
        List<Thread> threads = new ArrayList<>();
        Future<Outcome> leader = start("lamp", threads);
        awaitRuns(1);
        List<Thread> waiting = new ArrayList<>();
        Future<Outcome> follower = start("lamp", waiting);
        awaitWaiting(waiting);

        threads.get(0).interrupt();

        assertThat(searchOf(follower.get(5, TimeUnit.SECONDS))).isEqualTo(StepOutcome.RAN);
        assertThatThrownBy(leader::get).hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void run_givenAFollowerThatIsInterrupted_expectsItToEndAndTheLeaderToGoOn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        flow.does(scope -> {
            awaitOn(go);
            return HITS;
        });
        Future<Outcome> leader = submit("lamp");
        awaitRuns(1);
        List<Thread> waiting = new ArrayList<>();
        Future<Outcome> follower = start("lamp", waiting);
        awaitWaiting(waiting);

        waiting.get(0).interrupt();

        assertThatThrownBy(() -> follower.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
        go.countDown();
        assertThat(leader.get()).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void run_givenALeaderThatNeverEnds_expectsTheOthersToGoOnAfterItsTime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        flow = CachedFlow.withTimeout(cache, RULE, "1s");
        flow.does(scope -> {
            if (flow.runs.get() == 1) {
                awaitOn(never);
            }
            return HITS;
        });
        Future<Outcome> stuck = submit("lamp");
        awaitRuns(1);

        Outcome follower = submit("lamp").get(10, TimeUnit.SECONDS);

        assertThat(searchOf(follower)).isEqualTo(StepOutcome.RAN);
        assertThat(stuck).isNotDone();
    }

    @Test
    void run_givenALeaderWithMuchMoreTime_expectsTheOthersToKeepHalfOfTheirs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        flow.does(scope -> {
            awaitOn(never);
            return HITS;
        });
        Future<Outcome> stuck = submit("lamp");
        awaitRuns(1);
        CachedFlow hasty = CachedFlow.withTimeout(cache, RULE, "2s").does(scope -> {
            assertThat(scope.remaining()).isGreaterThan(Duration.ofMillis(300));
            return HITS;
        });

        Outcome follower = jobs.submit(() -> hasty.run("lamp")).get(10, TimeUnit.SECONDS);

        assertThat(searchOf(follower)).isEqualTo(StepOutcome.RAN);
        assertThat(stuck).isNotDone();
    }

    @Test
    void run_givenPairsOfEqualJobsAndAMemory_expectsOneRunOfEach() throws Exception {
        flow = CachedFlow.of(new StepCache(new StepCache.Settings(10_000_000, true), CacheEvents.NONE), RULE);
        flow.does(scope -> HITS);
        List<Future<Outcome>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(submit("query " + i / 2));
        }

        for (Future<Outcome> job : all) {
            assertThat(job.get()).isInstanceOf(Outcome.Succeeded.class);
        }
        assertThat(flow.runs).hasValue(500);
    }

    @Test
    void run_givenManyJobsOfFewQueries_expectsNeverTwoRunsOfOneAtATime() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, AtomicInteger> running =
                Map.of("a", new AtomicInteger(), "b", new AtomicInteger(), "c", new AtomicInteger());
        AtomicInteger overlaps = new AtomicInteger();
        flow.does(scope -> {
            AtomicInteger now = running.get(scope.job().request().getInputs().get("query"));
            if (now.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            Thread.onSpinWait();
            now.decrementAndGet();
            return HITS;
        });
        List<Future<Outcome>> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(submit(String.valueOf("abc".charAt(random.nextInt(3)))));
        }

        for (Future<Outcome> job : all) {
            assertThat(job.get()).as("seed " + seed).isInstanceOf(Outcome.Succeeded.class);
        }
        assertThat(overlaps).as("seed " + seed).hasValue(0);
    }

    private Future<Outcome> submit(String query) {
        return jobs.submit(() -> flow.run(query));
    }

    private Future<Outcome> start(String query, List<Thread> threads) {
        FutureTask<Outcome> job = new FutureTask<>(() -> flow.run(query));
        Thread thread = new Thread(job);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return job;
    }

    private void awaitRuns(int count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> flow.runs.get() == count);
    }

    private static void awaitWaiting(List<Thread> threads) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    }

    private static void awaitOn(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new CancellationException("interrupted");
        }
    }
}
