package dev.headstream.worker.egress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Where nobody may get to: it accepts whatever comes, on several loopback addresses, over TCP and UDP, and notes who it
 * was. A request says the name of its attack in its path; what says nothing is noted by the kind of its connection.
 */
final class Canary implements AutoCloseable {
    /** 127.0.0.1, 127.0.0.2 and ::1. */
    private static final List<byte[]> ADDRESSES =
            List.of(new byte[] {127, 0, 0, 1}, new byte[] {127, 0, 0, 2}, new byte[] {
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
            });

    private final List<ServerSocket> servers = new ArrayList<>();
    private final DatagramSocket datagrams;
    private final Set<String> reached = new ConcurrentSkipListSet<>();

    Canary() throws IOException {
        int port = 0;
        for (byte[] address : ADDRESSES) {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByAddress(address), port));
            port = server.getLocalPort();
            servers.add(server);
            inBackground(() -> accept(server));
        }
        datagrams = new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(ADDRESSES.get(0)), port));
        inBackground(this::receive);
    }

    private static void inBackground(Runnable work) {
        Thread thread = new Thread(work, "canary");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(ServerSocket server) {
        try {
            while (true) {
                Socket caller = server.accept();
                inBackground(() -> note(caller));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void note(Socket caller) {
        try (caller;
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(caller.getInputStream(), StandardCharsets.ISO_8859_1))) {
            caller.setSoTimeout(3_000);
            String line = lines.readLine();
            reached.add(line == null || !line.contains("HTTP/") ? "silent connection" : attack(line));
            caller.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n"
                                    + "Connection: close\r\nContent-Type: text/html\r\n\r\nhi")
                            .getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            reached.add("silent connection");
        }
    }

    private static String attack(String requestLine) {
        return requestLine.split(" ", 3)[1].replaceFirst("^/", "").replaceFirst("[?&].*", "");
    }

    private void receive() {
        try {
            while (true) {
                datagrams.receive(new DatagramPacket(new byte[2_048], 2_048));
                reached.add("datagram");
            }
        } catch (IOException e) {
            // closed
        }
    }

    int port() {
        return datagrams.getLocalPort();
    }

    /** Who got here. */
    Set<String> reached() {
        return reached;
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        datagrams.close();
    }
}
