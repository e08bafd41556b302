package dev.parley.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A connection to a server that sends whatever it is given, right or wrong.
 *
 * <pre>{@code
 * try (var client = new RawClient(server.port())) {
 *     client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
 *     assertEquals(200, client.status());
 * }
 * }</pre>
 */
public final class RawClient implements AutoCloseable {

    private static final int PATIENCE = 20_000;

    private final Socket socket;
    private String answer;

    public RawClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE);
        socket.setTcpNoDelay(true);
    }

    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends, if the server still takes it. @return whether it did */
    public boolean trySend(String text) {
        try {
            send(text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Says that nothing more will be sent. */
    public void end() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * All that the server sends until it closes the connection, which it has to.
     *
     * @throws SocketTimeoutException if it does not
     */
    public String answer() throws IOException {
        if (answer != null) return answer;
        var all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // reset: closed all the same
        }
        answer = all.toString(StandardCharsets.UTF_8);
        return answer;
    }

    /** The status of the answer; 0 if the connection was closed without one. */
    public int status() throws IOException {
        return answer().isEmpty() ? 0 : Integer.parseInt(answer().substring(9, 12));
    }

    /** The body of the answer. */
    public String body() throws IOException {
        return answer().substring(answer().indexOf("\r\n\r\n") + 4);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
