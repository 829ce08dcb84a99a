package dev.headstream.worker.command;

import java.io.Console;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** The person at the keyboard, if there is one. */
interface Terminal {

    /** Whether somebody can answer. */
    boolean isInteractive();

    /** Waits until somebody presses Enter. */
    void awaitEnter() throws InterruptedException;

    /** The one of this process. */
    static Terminal ofThisProcess() {
        return new Terminal() {
            @Override
            @SuppressWarnings("SystemConsoleNull") // null before Java 22; since then it is asked
            public boolean isInteractive() {
                Console console = System.console();
                return console != null && isTerminal(console);
            }

            @Override
            public void awaitEnter() throws InterruptedException {
                CountDownLatch pressed = new CountDownLatch(1);
                Thread reader = new Thread(() -> read(pressed), "await-enter"); // what reads cannot be interrupted
                reader.setDaemon(true);
                reader.start();
                pressed.await();
            }
        };
    }

    private static void read(CountDownLatch pressed) {
        try {
            int next = System.in.read();
            while (next != '\n' && next != -1) {
                next = System.in.read();
            }
        } catch (IOException e) {
            System.err.println("headstream: the terminal cannot be read: " + e.getMessage());
        } finally {
            pressed.countDown();
        }
    }

    /** From Java 22 on there is always a console, which may be none that anybody sits at. */
    private static boolean isTerminal(Console console) {
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
