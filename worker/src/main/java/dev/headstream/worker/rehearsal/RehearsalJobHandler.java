package dev.headstream.worker.rehearsal;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Runs jobs of the flow {@value #FLOW}, which wait instead of working, and note when: see {@link Script} for their inputs.
 * Checkpoints, intents and stopping are as with a browser. No thread is held by a job. Thread-safe.
 */
public final class RehearsalJobHandler implements JobHandler {
    /** The one flow that it knows. */
    public static final String FLOW = "rehearsal";

    static final int VERSION = 1;

    private final int contexts;
    private final Duration jobTimeout;
    private final Evidence evidence;
    private final Clock clock;
    private final Scheduler timer;

    /**
     * @param contexts how many jobs run at the same time
     * @param timer where jobs wait
     */
    public RehearsalJobHandler(int contexts, Duration jobTimeout, Evidence evidence, Clock clock, Scheduler timer) {
        this.contexts = contexts;
        this.jobTimeout = jobTimeout;
        this.evidence = evidence;
        this.clock = clock;
        this.timer = timer;
    }

    @Override
    public int concurrency() {
        return contexts;
    }

    @Override
    public List<String> problems(JobRequested request) {
        return request.getFlow().equals(FLOW)
                ? Script.problems(request.getInputs())
                : List.of("a rehearsing worker knows no flow but " + FLOW);
    }

    @Override
    public int flowVersion(String flow) {
        return flow.equals(FLOW) ? VERSION : 0;
    }

    @Override
    public Mono<Outcome> handle(Job job) {
        return Mono.defer(
                () -> new RehearsalRun(job, Script.of(job.request()), evidence, clock, timer).run(jobTimeout));
    }
}
