package dev.headstream.worker.capacity;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.DoubleSupplier;

/**
 * The used share of the CPUs that this process may use, since the last call; the JVM takes a container's quota into
 * account. Zero where the system does not tell. Thread-safe.
 */
public final class CpuLoad implements DoubleSupplier {
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    @Override
    public double getAsDouble() {
        double load = system.getCpuLoad();
        return Double.isNaN(load) ? 0 : Math.min(1, Math.max(0, load));
    }
}
