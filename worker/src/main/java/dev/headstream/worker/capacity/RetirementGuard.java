package dev.headstream.worker.capacity;

import dev.headstream.worker.browser.BrowserEvents.Retirement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Says when a browser that works should be replaced: it has served many jobs, is old, or needs too much memory for long.
 * Whatever a page or Chromium leaks ends with it. A listener of {@link MemorySampler}; confined to its thread.
 */
public final class RetirementGuard implements Consumer<MemorySample> {
    /** Samples in a row above the bound: a heavy page comes and goes, what is leaked stays. */
    private static final int SUSTAINED = 10;

    /** A browser younger than this is not replaced for its memory: the next one would need as much for the same pages. */
    private static final Duration YOUNG = Duration.ofMinutes(5);

    private final Settings settings;
    private final Target target;
    private int above;

    /**
     * When a browser has had its time.
     *
     * @param jobs as many contexts as it may open
     * @param age as old as it may get
     * @param memory share of the memory limit that Node and Chromium may use
     * @param hard share of the memory limit that the whole worker must not exceed, also while there are two browsers
     */
    public record Settings(int jobs, Duration age, double memory, double hard) {}

    /** The browser that is watched. */
    public interface Target {
        /** Contexts that it has opened. */
        long jobs();

        /** How long ago it was started. */
        Duration age();

        /** Lets a second browser take over from it; does nothing while that is under way. Must not block. */
        void retire(Retirement why);

        /** Replaces it where there is no memory for two; does nothing while that is under way. Must not block. */
        void retireInPlace(Retirement why);
    }

    public RetirementGuard(Settings settings, Target target) {
        this.settings = settings;
        this.target = target;
    }

    @Override
    public void accept(MemorySample sample) {
        double share = (double) browserBytes(sample.reading())
                / Math.max(1, sample.limit().bytes());
        above = share > settings.memory ? above + 1 : 0;
        due().ifPresent(why -> {
            if (hasRoom(sample)) {
                target.retire(why);
            } else {
                target.retireInPlace(why);
            }
        });
    }

    private Optional<Retirement> due() {
        if (target.jobs() >= settings.jobs) {
            return Optional.of(Retirement.JOBS);
        }
        Duration age = target.age();
        if (age.compareTo(settings.age) >= 0) {
            return Optional.of(Retirement.AGE);
        }
        return above >= SUSTAINED && age.compareTo(YOUNG) >= 0 ? Optional.of(Retirement.MEMORY) : Optional.empty();
    }

    /**
     * Whether a second browser fits beside this one. It comes without renderers, and gets them only as this one's go: so
     * it needs what this one needs besides its renderers.
     */
    private boolean hasRoom(MemorySample sample) {
        MemoryReading reading = sample.reading();
        long second = browserBytes(reading) - reading.bytes(ProcessKind.RENDERER);
        return reading.totalBytes() + second <= settings.hard * sample.limit().bytes();
    }

    private static long browserBytes(MemoryReading reading) {
        return reading.bytes(ProcessKind.NODE)
                + reading.bytes().entrySet().stream()
                        .filter(entry -> entry.getKey().isChromium())
                        .mapToLong(entry -> entry.getValue())
                        .sum();
    }
}
