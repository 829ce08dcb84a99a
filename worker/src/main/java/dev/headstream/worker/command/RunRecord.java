package dev.headstream.worker.command;

import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.RunObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Remembers what one run did and when, for whoever shows it afterwards. Confined to the lane's thread until it is over. */
final class RunRecord implements RunObserver {
    private static final int MOST_PICTURES = 300;
    private static final int MOST_ACTIONS = 5_000;

    private final LongSupplier nanos;
    private long began;
    private final List<StepEntry> steps = new ArrayList<>();
    private List<Entry> actions = new ArrayList<>();
    private long stepBegan;
    private int recorded;
    private int pictures;

    RunRecord(LongSupplier nanos) {
        this.nanos = nanos;
        this.began = nanos.getAsLong();
        this.stepBegan = began;
    }

    /** How an action ended. */
    enum Ending {
        DONE,
        PASSED_OVER,
        FAILED
    }

    /**
     * An action; {@code number} says where in its step it stands.
     *
     * @param at since the run began
     * @param reason why it did not get done; empty if it did
     */
    record Entry(
            String number,
            String action,
            Duration at,
            Duration took,
            Ending ending,
            String reason,
            Optional<byte[]> picture) {
        /** How many groups it stands in. */
        int depth() {
            return (int) number.chars().filter(character -> character == '.').count();
        }
    }

    /** A step with its actions, in the order in which they began. */
    record StepEntry(
            String name, StepOutcome outcome, Duration at, Duration took, Duration budget, List<Entry> actions) {
        StepEntry {
            actions = List.copyOf(actions);
        }

        /** How much of the step's budget that is, in percent; 0 if it has none. */
        long percentOfBudget(Duration time) {
            return budget.isZero() ? 0 : 100 * time.toMillis() / budget.toMillis();
        }
    }

    @Override
    public void stepBegan(String executionId, Step step) {
        stepBegan = nanos.getAsLong();
        began = steps.isEmpty() ? stepBegan : began; // what came before is the browser's start
    }

    @Override
    public void actionEnded(String step, String number, String action, Duration took) {
        add(number, action, took, Ending.DONE, "");
    }

    @Override
    public void actionPassedOver(String step, String number, String action, String reason, Duration took) {
        add(number, action, took, Ending.PASSED_OVER, reason);
    }

    @Override
    public void actionFailed(String step, String number, String action, String reason, Duration took) {
        add(number, action, took, Ending.FAILED, reason);
    }

    private void add(String number, String action, Duration took, Ending ending, String reason) {
        if (recorded++ < MOST_ACTIONS) {
            Duration at = since(nanos.getAsLong()).minus(took);
            actions.add(new Entry(number, action, at, took, ending, reason, Optional.empty()));
        }
    }

    @Override
    public void pictured(String step, String number, byte[] jpeg) {
        int last = actions.size() - 1;
        if (last >= 0 && actions.get(last).number().equals(number) && pictures++ < MOST_PICTURES) {
            Entry entry = actions.get(last);
            actions.set(
                    last,
                    new Entry(
                            number,
                            entry.action(),
                            entry.at(),
                            entry.took(),
                            entry.ending(),
                            entry.reason(),
                            Optional.of(jpeg)));
        }
    }

    @Override
    public void stepEnded(StepReport report) {
        Duration took = Duration.ofMillis(report.getDurationMillis());
        boolean ran = report.getOutcome() == StepOutcome.RAN || report.getOutcome() == StepOutcome.FAILED;
        List<Entry> inOrder = new ArrayList<>(actions);
        inOrder.sort(Comparator.comparing(Entry::at).thenComparing(Entry::depth)); // groups end after what they hold
        steps.add(new StepEntry(
                report.getName(),
                report.getOutcome(),
                since(ran ? stepBegan : nanos.getAsLong()),
                took,
                Duration.ofMillis(report.getBudgetMillis()),
                inOrder));
        actions = new ArrayList<>();
    }

    private Duration since(long now) {
        return Duration.ofNanos(now - began);
    }

    /** The steps, in the order in which they ended. */
    List<StepEntry> steps() {
        return List.copyOf(steps);
    }

    /** When the last of it ended. */
    Duration length() {
        return steps.stream()
                .map(step -> step.at().plus(step.took()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** The same events for each of these. */
    static RunObserver both(RunObserver first, @Nullable RunRecord second) {
        return second == null ? first : new Both(first, second);
    }

    private record Both(RunObserver first, RunObserver second) implements RunObserver {
        @Override
        public void actionEnded(String step, String number, String action, Duration took) {
            first.actionEnded(step, number, action, took);
            second.actionEnded(step, number, action, took);
        }

        @Override
        public void actionPassedOver(String step, String number, String action, String reason, Duration took) {
            first.actionPassedOver(step, number, action, reason, took);
            second.actionPassedOver(step, number, action, reason, took);
        }

        @Override
        public void actionFailed(String step, String number, String action, String reason, Duration took) {
            first.actionFailed(step, number, action, reason, took);
            second.actionFailed(step, number, action, reason, took);
        }

        @Override
        public void pictured(String step, String number, byte[] jpeg) {
            second.pictured(step, number, jpeg);
        }

        @Override
        public void stepBegan(String executionId, Step step) {
            first.stepBegan(executionId, step);
            second.stepBegan(executionId, step);
        }

        @Override
        public void stepEnded(StepReport report) {
            first.stepEnded(report);
            second.stepEnded(report);
        }
    }
}
