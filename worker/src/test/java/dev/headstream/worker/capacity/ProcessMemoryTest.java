package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessMemoryTest {
    private static final long KIB = 1024;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void read_givenATreeAmongOthers_expectsItsPssByKind() {
        FakeProc proc = new FakeProc(directory)
                .process(1, 0, "/sbin/init\0", 50)
                .process(100, 1, "java\0-jar\0", 120)
                .process(101, 100, "/usr/bin/node\0server.js\0", 60)
                .process(102, 101, "/usr/lib/chromium/chrome-headless-shell\0--headless\0", 80)
                .process(103, 102, "/x/chrome\0--type=zygote\0", 5)
                .process(104, 103, "/x/chrome --type=renderer --lang=en", 30)
                .process(105, 103, "/x/chrome --type=renderer --lang=en", 31)
                .process(200, 1, "java\0-jar\0other.jar\0", 999);

        MemoryReading reading = new ProcessMemory(proc.path(), 100).read();

        assertThat(reading.bytes(ProcessKind.JVM)).isEqualTo(120 * KIB);
        assertThat(reading.bytes(ProcessKind.NODE)).isEqualTo(60 * KIB);
        assertThat(reading.bytes(ProcessKind.BROWSER)).isEqualTo(80 * KIB);
        assertThat(reading.bytes(ProcessKind.RENDERER)).isEqualTo(61 * KIB);
        assertThat(reading.bytes(ProcessKind.GPU)).isZero();
        assertThat(reading.totalBytes()).isEqualTo(326 * KIB);
        assertThat(reading.processes()).isEqualTo(6);
        assertThat(reading.estimated()).isZero();
    }

    @Test
    void read_givenProcessesThatHideTheirPss_expectsSharedPagesDividedAmongChromiums() {
        FakeProc proc = new FakeProc(directory)
                .process(100, 1, "java\0", 100)
                .process(103, 100, "/x/chrome\0--headless\0", 50)
                .unreadable(101, 100, "/x/chrome --type=renderer", 10, 80, 10)
                .unreadable(102, 100, "/x/chrome --type=renderer", 20, 80, 10);

        MemoryReading reading = new ProcessMemory(proc.path(), 100).read();

        assertThat(reading.bytes(ProcessKind.RENDERER)).isEqualTo((10 + 30 + 20 + 30) * KIB);
        assertThat(reading.totalBytes()).isEqualTo((100 + 50 + 90) * KIB);
        assertThat(reading.estimated()).isEqualTo(2);
    }

    @Test
    void read_givenProcessesThatEndMeanwhile_expectsThemLeftOut() {
        FakeProc proc = new FakeProc(directory)
                .process(100, 1, "java\0", 100)
                .write("101/stat", "101 (gone) S 100 1 1")
                .write("102/stat", "102 (zombie) Z 100 1 1")
                .write("102/cmdline", "")
                .write("103/cmdline", "never seen");

        MemoryReading reading = new ProcessMemory(proc.path(), 100).read();

        assertThat(reading.totalBytes()).isEqualTo(100 * KIB);
        assertThat(reading.processes()).isEqualTo(1);
    }

    @Test
    void read_givenNoProc_expectsNothing() {
        assertThat(new ProcessMemory(directory.resolve("none"), 1).read().totalBytes())
                .isZero();
    }

    @Test
    void read_givenThisProcess_expectsWhatAJvmTakes() {
        MemoryReading reading = ProcessMemory.ofThisProcess().read();

        assertThat(reading.bytes(ProcessKind.JVM)).isBetween(20L << 20, 4L << 30);
    }

    @ParameterizedTest
    @CsvSource({
        "/usr/bin/chromium-headless-shell|--headless, BROWSER",
        "/usr/lib/chromium/chromium|--no-sandbox, BROWSER",
        "/x/chrome --type=gpu-process --x, GPU",
        "/x/chrome|--type=utility|--utility-sub-type=network, UTILITY",
        "/usr/bin/node|--max-semi-space-size=1|server.js, NODE",
        "/usr/lib/jvm/bin/java|-jar, JVM",
        "cat|--type=, OTHER",
        "/x/chrome_crashpad_handler|--monitor-self, BROWSER"
    })
    void of_givenCommandLine_expectsKind(String commandLine, ProcessKind kind) {
        assertThat(ProcessKind.of(commandLine.replace('|', '\0'))).isEqualTo(kind);
    }
}
