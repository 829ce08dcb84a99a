package dev.headstream.worker.console;

import dev.headstream.v1.StepReport;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.RunObserver;
import dev.headstream.worker.run.SessionUse;
import java.time.Duration;

/** Notes which step each job is at, and passes everything on. Thread-safe; never blocks. */
record WatchedRuns(RunObserver inner, RunningJobs running) implements RunObserver {
    @Override
    public void actionEnded(String step, String number, String action, Duration took) {
        inner.actionEnded(step, number, action, took);
    }

    @Override
    public void actionPassedOver(String step, String number, String action, String reason, Duration took) {
        inner.actionPassedOver(step, number, action, reason, took);
    }

    @Override
    public void actionFailed(String step, String number, String action, String reason, Duration took) {
        inner.actionFailed(step, number, action, reason, took);
    }

    @Override
    public void pictured(String step, String number, byte[] jpeg) {
        inner.pictured(step, number, jpeg);
    }

    @Override
    public void sessionUsed(String flow, SessionUse use) {
        inner.sessionUsed(flow, use);
    }

    @Override
    public void stepBegan(String executionId, Step step) {
        running.stepBegan(executionId, step);
        inner.stepBegan(executionId, step);
    }

    @Override
    public void stepEnded(StepReport report) {
        inner.stepEnded(report);
    }
}
