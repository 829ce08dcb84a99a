package dev.headstream.worker.capacity;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of processes that a worker consists of. */
public enum ProcessKind {
    /** The worker itself. */
    JVM,
    /** The server that speaks to the browser. */
    NODE,
    /** Chromium's main process. */
    BROWSER,
    RENDERER,
    GPU,
    /** Chromium's network, storage and other services. */
    UTILITY,
    /** The process that Chromium's others are forked from. */
    ZYGOTE,
    OTHER;

    /** Chromium rewrites the titles of its children, so that blanks may stand where zeros stood. */
    private static final Pattern TYPE = Pattern.compile("[\\s\\u0000]--type=([a-z-]+)");

    private static final Pattern CHROMIUM = Pattern.compile("(?i).*(chrom|headless.?shell).*");

    /** Whether it is one of Chromium's processes, which share their code and more. */
    boolean isChromium() {
        return switch (this) {
            case BROWSER, RENDERER, GPU, UTILITY, ZYGOTE -> true;
            case JVM, NODE, OTHER -> false;
        };
    }

    /** The value of the tag {@code process}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a process is, from its command line as {@code /proc/PID/cmdline} has it. */
    static ProcessKind of(String commandLine) {
        Matcher type = TYPE.matcher(commandLine);
        if (type.find()) {
            return switch (type.group(1)) {
                case "renderer" -> RENDERER;
                case "gpu-process" -> GPU;
                case "utility" -> UTILITY;
                case "zygote" -> ZYGOTE;
                default -> OTHER;
            };
        }
        String program = commandLine.split("\\u0000", 2)[0];
        String name = String.valueOf(Path.of(program).getFileName());
        if (name.equals("node") || name.startsWith("node ")) {
            return NODE;
        }
        if (name.equals("java")) {
            return JVM;
        }
        return CHROMIUM.matcher(name).matches() ? BROWSER : OTHER;
    }
}
