package dev.headstream.worker;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT: the first drains the worker, the second ends the process at once. A shutdown hook would not do:
 * the JVM ignores every signal after the first. {@code sun.misc.Signal} is the only way that Java has; it is reached by
 * reflection because compilers warn of it without a way to say that it is meant.
 */
final class EndingSignals {
    private static final int KILLED_BY_TERM = 143;

    private EndingSignals() {}

    /** Installs the handlers; the calling thread is interrupted if the worker has not begun to work. */
    static void install(Worker worker) {
        Thread main = Thread.currentThread();
        AtomicBoolean asked = new AtomicBoolean();
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
                if (asked.getAndSet(true)) {
                    Runtime.getRuntime().halt(KILLED_BY_TERM);
                }
                if (!worker.stop(0)) {
                    main.interrupt(); // nothing to drain yet
                }
            }
            return null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    EndingSignals.class.getClassLoader(), new Class<?>[] {signalHandler}, handler);
            Method handle = signal.getMethod("handle", signal, signalHandler);
            for (String name : new String[] {"TERM", "INT"}) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM offers no signals", e);
        }
    }
}
