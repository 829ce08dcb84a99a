package dev.headstream.worker.browser;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what is of use to a person out of what a browser that did not come up left behind. */
final class LaunchReport {
    private static final int LINES = 4;
    private static final int CHARS = 300;
    private static final Pattern PREFIX = Pattern.compile("^(-\\s*)?(\\[pid=[^]]*])?(\\[(err|out)])?\\s*");
    private static final Pattern USEFUL = Pattern.compile(
            "(?i).*(error|fail|cannot|can't|missing|not found|no usable|denied|no such|refused|unable|fatal).*");
    private static final List<String> NOISE = List.of(
            "<launching>",
            "<launched>",
            "<gracefully",
            "<kill",
            "<will force",
            "temporary directories cleanup",
            "failed to launch the browser process",
            "dbus",
            "process did exit");

    private LaunchReport() {}

    /** The first lines that say what went wrong; the first lines of all if none looks like it. */
    static String usefulLines(String output) {
        List<String> lines = output.lines()
                .map(line -> PREFIX.matcher(line.strip()).replaceFirst("").strip())
                .filter(line -> !line.isEmpty() && !line.matches("[╔╚═╗╝║=\\s]*"))
                .filter(line -> NOISE.stream().noneMatch(line.toLowerCase(Locale.ROOT)::contains))
                .distinct()
                .toList();
        List<String> useful =
                lines.stream().filter(line -> USEFUL.matcher(line).matches()).toList();
        return (useful.isEmpty() ? lines : useful)
                .stream()
                        .limit(LINES)
                        .map(line -> line.length() > CHARS ? line.substring(0, CHARS) + "..." : line)
                        .collect(Collectors.joining("; "));
    }

    /** Whether Chromium says that this machine does not let it have a sandbox. */
    static boolean namesSandbox(String output) {
        return output.contains("No usable sandbox")
                || output.contains("crbug.com/638180")
                || output.contains("crbug.com/357670")
                || output.contains("Chromium sandboxing failed");
    }

    /** The first line of an error; Playwright appends the browser's whole log to some. */
    static String firstLine(Throwable failure) {
        String text =
                String.valueOf(failure.getMessage()).replace("Error {", "").replace("message='", "");
        String line = text.lines()
                .map(String::strip)
                .filter(candidate -> !candidate.isEmpty())
                .findFirst()
                .orElse("");
        return failure.getClass().getSimpleName() + ": " + line;
    }
}
