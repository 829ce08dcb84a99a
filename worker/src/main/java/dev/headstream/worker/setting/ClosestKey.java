package dev.headstream.worker.setting;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the key that somebody most likely meant: the one with the fewest typing errors between, if there are few. */
final class ClosestKey {
    private ClosestKey() {}

    static Optional<String> to(String given, Collection<String> known) {
        int tolerated = Math.max(2, given.length() / 4);
        return known.stream()
                .min(Comparator.comparingInt(key -> errors(given, key)))
                .filter(key -> errors(given, key) <= tolerated);
    }

    /** Edit distance without regard to case, or that of the last words if one of them stands without its section. */
    private static int errors(String given, String key) {
        String left = given.toLowerCase(Locale.ROOT);
        String right = key.toLowerCase(Locale.ROOT);
        int whole = distance(left, right);
        return left.indexOf('.') >= 0
                ? whole
                : Math.min(whole, 1 + distance(left, right.substring(right.lastIndexOf('.') + 1)));
    }

    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int column = 0; column < previous.length; column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column < current.length; column++) {
                int replaced = previous[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, 1 + Math.min(previous[column], current[column - 1]));
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
