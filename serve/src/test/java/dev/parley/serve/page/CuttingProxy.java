package dev.parley.serve.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a browser and a server, and can cut all their connections. */
final class CuttingProxy implements AutoCloseable {

    private final int serverPort;
    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<ByteArrayOutputStream> sent = new CopyOnWriteArrayList<>();
    private volatile boolean down;

    CuttingProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    String base() {
        return "http://localhost:" + listener.getLocalPort();
    }

    /** Cuts all connections, and takes no new ones until {@link #mend}. */
    void cut() {
        down = true;
        open.forEach(CuttingProxy::close);
        open.clear();
    }

    void mend() {
        down = false;
    }

    /** All that browsers have sent. */
    String sent() {
        var all = new StringBuilder();
        for (var bytes : sent) all.append(bytes.toString(StandardCharsets.ISO_8859_1));
        return all.toString();
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                if (down) {
                    close(client);
                    continue;
                }
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                open.addAll(List.of(client, server));
                var copy = new ByteArrayOutputStream();
                sent.add(copy);
                Thread.startVirtualThread(() -> pump(client, server, copy));
                Thread.startVirtualThread(() -> pump(server, client, new ByteArrayOutputStream()));
            }
        } catch (IOException e) {
            // it is closed
        }
    }

    private static void pump(Socket from, Socket to, ByteArrayOutputStream copy) {
        try {
            var buffer = new byte[8192];
            for (int n; (n = from.getInputStream().read(buffer)) >= 0;) {
                copy.write(buffer, 0, n);
                to.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            // one side is cut; so is the other now
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    @Override
    public void close() {
        cut();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
