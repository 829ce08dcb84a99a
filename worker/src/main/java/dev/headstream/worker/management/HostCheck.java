package dev.headstream.worker.management;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a request means this machine. A web page whose name is made to lead to 127.0.0.1 (DNS rebinding) can have
 * a browser here read what only this machine should; but the browser then sends that name. Immutable.
 */
final class HostCheck {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final String own;

    /** @param own the address that the server was told to listen on */
    HostCheck(String own) {
        this.own = own.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether a {@code Host} header names this machine, with whatever port: it may be forwarded. A request without one is
     * let through, for every browser sends it.
     */
    boolean accepts(@Nullable String header) {
        if (header == null) {
            return true;
        }
        String host = header.strip().replaceFirst(":\\d{1,5}$", "").toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(host) || host.equals(own) || host.equals("[" + own + "]");
    }
}
