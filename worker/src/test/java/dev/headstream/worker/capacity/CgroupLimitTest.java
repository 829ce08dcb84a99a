package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupLimitTest {
    private static final String UNLIMITED_V1 = "9223372036854771712";
    private static final long GIB = 1L << 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private FakeProc proc = new FakeProc(Path.of("."));

    @BeforeEach
    void machineWith8Gib() {
        proc = new FakeProc(directory).write("meminfo", "MemTotal:       8388608 kB\nMemFree: 1 kB\n");
    }

    @Test
    void read_givenVersion2_expectsTheLowestOnTheWayUp() {
        mountV2("/")
                .write("self/cgroup", "0::/pods/worker\n")
                .write("v2/pods/worker/memory.max", "max\n")
                .write("v2/pods/worker/memory.high", "max\n")
                .write("v2/pods/memory.max", "2147483648\n");

        assertThat(read()).isEqualTo(new MemoryLimit(2 * GIB, "cgroup v2 memory.max"));
    }

    @Test
    void read_givenHighBelowMax_expectsHigh() {
        mountV2("/")
                .write("self/cgroup", "0::/w\n")
                .write("v2/w/memory.max", "2147483648\n")
                .write("v2/w/memory.high", "1073741824\n");

        assertThat(read()).isEqualTo(new MemoryLimit(GIB, "cgroup v2 memory.high"));
    }

    @Test
    void read_givenVersion1BesideAnEmptyVersion2_expectsVersion1() {
        mountV1("/")
                .write("self/cgroup", "4:memory:/w\n0::/\n")
                .write("v1/w/memory.limit_in_bytes", "1073741824\n")
                .write("v1/memory.limit_in_bytes", UNLIMITED_V1);

        assertThat(read()).isEqualTo(new MemoryLimit(GIB, "cgroup v1 memory.limit_in_bytes"));
    }

    @Test
    void read_givenAContainerThatSeesTheHostsPath_expectsTheMountItself() {
        mountV1("/docker/abc")
                .write("self/cgroup", "4:cpu,memory:/docker/abc\n")
                .write("v1/memory.limit_in_bytes", "1073741824\n");

        assertThat(read().bytes()).isEqualTo(GIB);
    }

    @Test
    void read_givenPathOutsideTheMount_expectsTheMountItself() {
        mountV2("/../other").write("self/cgroup", "0::/../../elsewhere\n").write("v2/memory.max", "1073741824\n");

        assertThat(read().bytes()).isEqualTo(GIB);
    }

    @Test
    void read_givenNoLimitOrOneAboveTheMachine_expectsTheMachine() {
        MemoryLimit machine = new MemoryLimit(8 * GIB, "machine");
        assertThat(read()).isEqualTo(machine);

        mountV1("/").write("self/cgroup", "4:memory:/\n").write("v1/memory.limit_in_bytes", UNLIMITED_V1);
        assertThat(read()).isEqualTo(machine);
    }

    @Test
    void read_givenLimitThatChanges_expectsTheNewOne() {
        mountV2("/").write("self/cgroup", "0::/\n").write("v2/memory.max", "1073741824\n");
        CgroupLimit limit = new CgroupLimit(proc.path());
        assertThat(limit.read().bytes()).isEqualTo(GIB);

        proc.write("v2/memory.max", "2147483648\n");

        assertThat(limit.read().bytes()).isEqualTo(2 * GIB);
    }

    @Test
    void read_givenThisMachine_expectsSomeLimit() {
        assertThat(CgroupLimit.ofThisProcess().read().bytes()).isGreaterThan(64L << 20);
    }

    private MemoryLimit read() {
        return new CgroupLimit(proc.path()).read();
    }

    private FakeProc mountV2(String root) {
        return proc.write(
                "self/mountinfo",
                "30 24 0:26 " + root + " " + directory.resolve("v2") + " rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
    }

    private FakeProc mountV1(String root) {
        return proc.write(
                "self/mountinfo",
                "29 24 0:25 / " + directory.resolve("cpu") + " rw - cgroup cgroup rw,cpu\n"
                        + "30 24 0:26 " + root + " " + directory.resolve("v1") + " rw - cgroup cgroup rw,memory\n"
                        + "31 24 0:27 / " + directory.resolve("unified") + " rw - cgroup2 cgroup2 rw\n");
    }
}
