package dev.headstream.worker.run;

import dev.headstream.pipeline.JobProgress;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobError;
import dev.headstream.worker.flow.Effect;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.OnResume;
import dev.headstream.worker.flow.Step;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where an attempt takes a job up, given what earlier attempts recorded. Pure. */
sealed interface Resumption {

    /**
     * Runs the steps that are not completed.
     *
     * @param completed the steps that are not run again, by name
     * @param skipped the step that was begun, must not be run again, and is passed over
     */
    record From(Map<String, CompletedStep> completed, Optional<String> skipped) implements Resumption {
        /** Whether the step is run although it is completed: a new context has to get to where the job was. */
        boolean reenters(Flow flow, Step step) {
            boolean isEntry = flow.entry().isPresent() && flow.entry().get().equals(step.name());
            return isEntry && !flow.steps().stream().allMatch(s -> completed.containsKey(s.name()));
        }
    }

    /** Must not go on; a person has to look. */
    record Refused(JobError error) implements Resumption {}

    static Resumption of(Flow flow, JobProgress progress) {
        Map<String, CompletedStep> completed = new LinkedHashMap<>();
        progress.completed().forEach(step -> completed.put(step.getName(), step));
        String begun = progress.unsettledIntent();
        if (begun != null && !completed.containsKey(begun)) {
            Optional<Step> step = flow.step(begun);
            if (step.isEmpty() || step.get().onResume() != OnResume.SKIP) {
                return uncertain(begun);
            }
        }
        Optional<String> skipped = Optional.ofNullable(begun).filter(name -> !completed.containsKey(name));
        int version = progress.flowVersion();
        if (version == 0 || version == flow.version()) {
            return new From(completed, skipped);
        }
        return startedUnder(version, flow, completed, skipped);
    }

    private static Resumption startedUnder(
            int version, Flow flow, Map<String, CompletedStep> completed, Optional<String> skipped) {
        boolean allSafe = skipped.isEmpty()
                && completed.keySet().stream().allMatch(name -> flow.step(name)
                        .map(Step::effect)
                        .map(Effect::isSafe)
                        .orElse(false));
        if (allSafe) {
            return new From(Map.of(), Optional.empty());
        }
        return new Refused(new JobError(
                FailureKind.FLOW_CHANGED.code(),
                "the job was begun with version " + version + " of flow '" + flow.name() + "', this worker has version "
                        + flow.version() + ", and a completed step must not be repeated: see how far it came ("
                        + String.join(", ", completed.keySet()) + ") and submit what is left as a new job",
                null));
    }

    private static Resumption uncertain(String begun) {
        return new Refused(new JobError(
                FailureKind.UNCERTAIN.code(),
                "an earlier attempt began step '" + begun + "', which must run once, and did not record its end:"
                        + " see on the site whether it took effect, then submit what is left as a new job",
                begun));
    }
}
