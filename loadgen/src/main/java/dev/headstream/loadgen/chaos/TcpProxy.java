package dev.headstream.loadgen.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bad network between a worker and its broker: passes on what comes to a port of the loopback interface, late, in fits
 * and starts, one way only, or not at all. What was sent is never changed nor lost within a connection, as with TCP: a lost
 * packet is one that comes later, and one that is lost too often ends the connection.
 *
 * <p>Thread-safe; changes hold for open connections too. Each connection has four threads, which is fine for the dozen that
 * a worker has.
 */
final class TcpProxy implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TcpProxy.class);
    private static final int CHUNK_BYTES = 16 * 1024;
    /** What waits in one direction of one connection; then the sender has to wait, as for a full window. */
    private static final int CHUNKS = 256;

    private static final int CONNECT_MILLIS = 2_000;
    /** The kernel's first retransmission comes about then. */
    private static final Duration RETRANSMISSION = Duration.ofMillis(250);

    /**
     * How the network is.
     *
     * @param delay of every chunk, in each direction
     * @param loss the share of chunks that are late by a retransmission
     * @param reset the share of chunks that end their connection
     * @param requestsPass whether anything gets from the worker to the broker
     * @param responsesPass whether anything gets from the broker to the worker
     * @param connects whether new connections are taken
     */
    record Weather(
            Duration delay, double loss, double reset, boolean requestsPass, boolean responsesPass, boolean connects) {
        static final Weather FINE = new Weather(Duration.ZERO, 0, 0, true, true, true);
        /** Nothing passes, and nobody is told: what was sent is still on its way when the weather clears. */
        static final Weather PARTITION = new Weather(Duration.ZERO, 0, 0, false, false, false);
        /** The broker acts on what it is asked, and its answers do not arrive. */
        static final Weather MUTE = new Weather(Duration.ZERO, 0, 0, true, false, true);

        static Weather bad(Duration delay, double loss, double reset) {
            return new Weather(delay, loss, reset, true, true, true);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes on their way, compared nowhere
    private record Chunk(byte[] bytes, long dueNanos) {}

    private final ServerSocket server;
    private final int target;
    private final Random random;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Weather weather = Weather.FINE;
    private volatile boolean closed;

    private TcpProxy(ServerSocket server, int target, Random random) {
        this.server = server;
        this.target = target;
        this.random = random;
    }

    /** Listens on a free port for what is meant for another port of this machine. */
    static TcpProxy to(int target, long seed) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        TcpProxy proxy = new TcpProxy(server, target, new Random(seed));
        proxy.start("proxy-accept", proxy::accept);
        return proxy;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Changes the weather. */
    synchronized void set(Weather now) {
        weather = now;
        notifyAll();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                if (weather.connects()) {
                    start("proxy-connect", () -> connect(client));
                } else {
                    client.close();
                }
            } catch (IOException ended) {
                log.debug("not accepted", ended);
            }
        }
    }

    private void connect(Socket client) {
        sockets.add(client);
        Socket broker = new Socket();
        sockets.add(broker);
        try {
            broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            broker.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            pass(client, broker, true);
            pass(broker, client, false);
        } catch (IOException noBroker) {
            end(client, broker);
        }
        if (closed) {
            end(client, broker);
        }
    }

    private void pass(Socket from, Socket to, boolean requests) {
        LinkedBlockingQueue<Chunk> way = new LinkedBlockingQueue<>(CHUNKS);
        start("proxy-read", () -> read(from, to, way));
        start("proxy-write", () -> write(from, to, way, requests));
    }

    private void read(Socket from, Socket to, LinkedBlockingQueue<Chunk> way) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            int read = in.read(buffer);
            while (read >= 0) {
                Weather now = weather;
                if (random.nextDouble() < now.reset()) {
                    break;
                }
                long late = random.nextDouble() < now.loss() ? RETRANSMISSION.toNanos() : 0;
                way.put(new Chunk(
                        Arrays.copyOf(buffer, read),
                        System.nanoTime() + now.delay().toNanos() + late));
                read = in.read(buffer);
            }
        } catch (IOException ended) {
            log.trace("connection ended", ended);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        end(from, to);
    }

    private void write(Socket from, Socket to, LinkedBlockingQueue<Chunk> way, boolean requests) {
        try {
            OutputStream out = to.getOutputStream();
            while (!to.isClosed()) {
                Chunk chunk = way.poll(1, TimeUnit.SECONDS);
                if (chunk != null) {
                    TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
                    awaitPassage(requests, to);
                    out.write(chunk.bytes());
                }
            }
        } catch (IOException ended) {
            log.trace("connection ended", ended);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        end(from, to);
    }

    private synchronized void awaitPassage(boolean requests, Socket to) throws InterruptedException {
        while (!(requests ? weather.requestsPass() : weather.responsesPass()) && !closed && !to.isClosed()) {
            wait(1_000);
        }
    }

    private void end(Socket... both) {
        for (Socket socket : both) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException alreadyGone) {
                log.trace("not closed", alreadyGone);
            }
        }
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        set(Weather.FINE);
        server.close();
        end(sockets.toArray(Socket[]::new));
    }
}
