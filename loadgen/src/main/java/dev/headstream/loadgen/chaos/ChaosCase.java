package dev.headstream.loadgen.chaos;

import java.util.Map;
import java.util.TreeMap;

/**
 * One kind of harm.
 *
 * @param name as it is asked for, in lower case with hyphens
 * @param harm what is done, in a few words
 * @param needs what it is done to
 * @param play does it; must come to an end where nothing is left to do
 */
record ChaosCase(String name, String harm, Needs needs, Play play) {

    /** What happens on a stage. */
    @FunctionalInterface
    interface Play {
        void on(Stage stage) throws Exception;
    }

    /**
     * What a case is done to.
     *
     * @param brokers 1 to 3
     * @param contexts of each worker
     * @param browser whether workers run a browser instead of rehearsing
     * @param proxied whether there is a second way to the broker, through a {@link TcpProxy}
     * @param killable whether the one broker is a process of its own
     * @param ownClock whether a worker goes by a {@link WallClock} of its own
     * @param quick whether it belongs to the subset that takes little time
     * @param settings of all workers beside the usual ones
     */
    record Needs(
            int brokers,
            int contexts,
            boolean browser,
            boolean proxied,
            boolean killable,
            boolean ownClock,
            boolean quick,
            Map<String, String> settings) {
        Needs {
            settings = Map.copyOf(settings);
        }

        /** One broker, workers that rehearse eight jobs at a time. */
        static Needs usual() {
            return new Needs(1, 8, false, false, false, false, false, Map.of());
        }

        Needs threeBrokers() {
            return new Needs(3, contexts, browser, proxied, killable, ownClock, quick, settings);
        }

        Needs contexts(int number) {
            return new Needs(brokers, number, browser, proxied, killable, ownClock, quick, settings);
        }

        Needs realBrowser() {
            return new Needs(brokers, 2, true, proxied, killable, ownClock, quick, settings);
        }

        Needs proxy() {
            return new Needs(brokers, contexts, browser, true, killable, ownClock, quick, settings);
        }

        Needs killableBroker() {
            return new Needs(brokers, contexts, browser, proxied, true, ownClock, quick, settings);
        }

        Needs settableClock() {
            return new Needs(brokers, contexts, browser, proxied, killable, true, quick, settings);
        }

        Needs inQuick() {
            return new Needs(brokers, contexts, browser, proxied, killable, ownClock, true, settings);
        }

        Needs set(String key, String value) {
            Map<String, String> more = new TreeMap<>(settings);
            more.put(key, value);
            return new Needs(brokers, contexts, browser, proxied, killable, ownClock, quick, more);
        }
    }
}
