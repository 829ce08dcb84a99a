package dev.headstream.worker.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

final class RehearsalJobHandlerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> noted = new CopyOnWriteArrayList<>();
    private final Scheduler timer = Schedulers.newSingle("test", true);

    @AfterEach
    void dispose() {
        timer.dispose();
    }

    @Test
    void handle_givenThreeStepsOneOfThemOnce_expectsEachOnceInOrder() {
        Outcome outcome = run(Map.of("steps", "3", "millis", "2", "once", "2"), JobProgress.inMemory(), 1);

        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(noted)
                .containsExactly(
                        "begin step-1", "end step-1", "begin step-2", "end step-2", "begin step-3", "end step-3");
    }

    @Test
    void handle_givenCheckpoint_expectsOnlyTheRestToRun() {
        JobProgress progress = JobProgress.inMemory();
        progress.complete(new CompletedStep("step-1", null, Instant.EPOCH, 1L, 0L), 1, null)
                .block(PATIENCE);

        Outcome outcome = run(Map.of("steps", "2"), progress, 1);

        assertThat(noted).containsExactly("begin step-2", "end step-2");
        assertThat(outcome.trace().steps())
                .extracting(StepReport::getOutcome)
                .containsExactly(StepOutcome.RESUMED, StepOutcome.RAN);
    }

    @Test
    void handle_givenIntentWithoutCompletion_expectsUncertainAndNothingRun() {
        JobProgress progress = JobProgress.inMemory();
        progress.intend("step-1", 1).block(PATIENCE);

        Outcome outcome = run(Map.of("once", "1"), progress, 2);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.error().getKind()).isEqualTo("UNCERTAIN");
            assertThat(failed.retryable()).isFalse();
        });
        assertThat(noted).isEmpty();
    }

    @Test
    void handle_givenOneFailure_expectsFirstAttemptToFailAndSecondToSucceed() {
        Map<String, String> inputs = Map.of("failures", "1");

        assertThat(run(inputs, JobProgress.inMemory(), 1))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.retryable())
                        .isTrue());
        assertThat(run(inputs, JobProgress.inMemory(), 2)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(noted).containsExactly("begin step-1", "fail step-1", "begin step-1", "end step-1");
    }

    @Test
    void handle_givenLongerThanTheLimit_expectsTimedOutAndTheStepCutShort() {
        Outcome outcome = handler(Duration.ofMillis(50))
                .handle(job(Map.of("millis", "60000"), JobProgress.inMemory(), 1))
                .block(PATIENCE);

        assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
        assertThat(noted).containsExactly("begin step-1", "stop step-1");
    }

    @Test
    void handle_givenEndlessJob_expectsNoEndUntilItIsCancelled() {
        Disposable running = handler(Duration.ofMillis(1))
                .handle(job(Map.of("endless", "true"), JobProgress.inMemory(), 1))
                .subscribe(outcome -> noted.add("outcome"));

        running.dispose();

        assertThat(noted).containsExactly("begin step-1", "stop step-1");
    }

    @Test
    void handle_givenHundredsAtATime_expectsThemToTakeNoLongerThanOne() {
        RehearsalJobHandler handler = handler(Duration.ofMinutes(1));
        Job job = job(Map.of("millis", "300"), JobProgress.inMemory(), 1);
        long started = System.nanoTime();

        List<Outcome> outcomes = Flux.range(0, 500)
                .flatMap(number -> handler.handle(job), 500)
                .collectList()
                .block(PATIENCE);

        assertThat(outcomes).hasSize(500).allMatch(Outcome.Succeeded.class::isInstance);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void problems_givenInputsOfNoUse_expectsEachNamed() {
        JobRequested request = job(Map.of("steps", "0", "millis", "soon", "colour", "red"), JobProgress.inMemory(), 1)
                .request();

        assertThat(handler(PATIENCE).problems(request))
                .hasSize(3)
                .anyMatch(problem -> problem.contains("steps"))
                .anyMatch(problem -> problem.contains("'soon'"))
                .anyMatch(problem -> problem.contains("colour"));
    }

    private Outcome run(Map<String, String> inputs, JobProgress progress, int attempt) {
        Outcome outcome = handler(Duration.ofMinutes(1))
                .handle(job(inputs, progress, attempt))
                .block(PATIENCE);
        assertThat(outcome).isNotNull();
        return outcome;
    }

    private RehearsalJobHandler handler(Duration jobTimeout) {
        return new RehearsalJobHandler(
                8,
                jobTimeout,
                (moment, executionId, step, attempt) -> noted.add(moment + " " + step),
                Clock.systemUTC(),
                timer);
    }

    private static Job job(Map<String, String> inputs, JobProgress progress, int attempt) {
        JobRequested request = new JobRequested(
                "job-1", RehearsalJobHandler.FLOW, inputs, null, null, 3, Map.of(), Instant.EPOCH, false);
        return new Job("job-1", null, request, new Job.Position("jobs", 0, 0, 0), attempt, null, progress);
    }
}
