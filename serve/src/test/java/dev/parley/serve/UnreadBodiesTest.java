package dev.parley.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnreadBodiesTest {

    private static final String HEAD = "Host: localhost\r\nContent-Type: application/json\r\n";

    /** Sends a request whose body comes after its head, then another on the same connection. @return the status of the second */
    private static String second(TestServer server, String first, String body) throws Exception {
        try (var socket = new Socket("127.0.0.1", server.port())) {
            send(socket, first + HEAD + "Content-Length: " + body.length() + "\r\n\r\n");
            Thread.sleep(200); // the answer is ready by now, where nobody waits for the body
            send(socket, body);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            var length = 0;
            var inChunks = false;
            for (var line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.equalsIgnoreCase("connection: close")) return "closed, as it says";
                if (line.equalsIgnoreCase("transfer-encoding: chunked")) inChunks = true;
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) length = Integer.parseInt(line.substring(15).strip());
            }
            in.skip(length);
            for (var line = inChunks ? in.readLine() : ""; !line.isEmpty(); line = in.readLine()) {} // the end is an empty line
            send(socket, "GET /health HTTP/1.1\r\n" + HEAD + "\r\n");
            return String.valueOf(in.readLine());
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    @Test
    void aBodyThatNobodyWantedDoesNotCostTheNextRequest() throws Exception {
        try (var server = TestServer.start()) {
            for (var first : new String[] {"GET /v1/models HTTP/1.1\r\n", "GET /api/export HTTP/1.1\r\n", "POST /nothing HTTP/1.1\r\n",
                "POST /api/answers/x/stop HTTP/1.1\r\n"}) {
                assertEquals("HTTP/1.1 200 OK", second(server, first, "[1, 2, 3]"), first);
            }
        }
    }

    @Test
    void aConnectionThatIsClosedForALongBodySaysSo() throws Exception {
        try (var server = TestServer.start()) {
            assertEquals("closed, as it says", second(server, "POST /nothing HTTP/1.1\r\n", " ".repeat(1_100_000)));
            assertTrue(server.notes().stream().noneMatch(note -> note.contains("failed")), server.notes().toString());
        }
    }
}
