package dev.parley.serve.http;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.server.Request;

/** What is noted of a request on its way, for the access log. */
public final class RequestNotes {

    /** Bytes of a text that are kept, where texts are asked for. */
    private static final int MOST_TEXT = 1 << 16;

    private static final String ATTRIBUTE = RequestNotes.class.getName();

    private volatile String address = "";
    private volatile String caller = "";
    private volatile String model = "";
    private final LongAdder tokens = new LongAdder();
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private final ByteArrayOutputStream answered = new ByteArrayOutputStream();

    /** Those of a request. */
    public static RequestNotes of(Context request) {
        RequestNotes notes = request.attribute(ATTRIBUTE);
        if (notes == null) {
            notes = new RequestNotes();
            request.attribute(ATTRIBUTE, notes);
        }
        return notes;
    }

    /** Makes new ones for a request that has just come in. */
    public static RequestNotes begin(Request request) {
        var notes = new RequestNotes();
        request.setAttribute(ATTRIBUTE, notes);
        return notes;
    }

    /** Those of a request, if there are any: one that was refused early has none. */
    public static Optional<RequestNotes> find(Request request) {
        return Optional.ofNullable((RequestNotes) request.getAttribute(ATTRIBUTE));
    }

    /** The client's address, where a proxy tells a better one than the connection's. */
    public void address(String address) {
        this.address = address;
    }

    /** Who asks, in a way that may be written down. */
    public void caller(String name) {
        this.caller = name;
    }

    /** The model that answers. */
    public void model(String id) {
        this.model = id;
    }

    /** Tokens that were read or made. */
    public void spent(long more) {
        tokens.add(more);
    }

    /** A piece of the request's body. */
    public void asked(ByteBuffer piece) {
        keep(piece, asked);
    }

    /** A piece of the answer's body. */
    public void answered(ByteBuffer piece) {
        keep(piece, answered);
    }

    private static void keep(ByteBuffer piece, ByteArrayOutputStream kept) {
        synchronized (kept) {
            var bytes = new byte[Math.min(piece.remaining(), MOST_TEXT - kept.size())];
            piece.duplicate().get(bytes);
            kept.writeBytes(bytes);
        }
    }

    /** The client's address; empty for that of the connection. */
    public String address() {
        return address;
    }

    /** Who asks; empty where nobody logged in. */
    public String caller() {
        return caller;
    }

    /** The model that answers; empty for none. */
    public String model() {
        return model;
    }

    /** Tokens read and made so far. */
    public long tokens() {
        return tokens.sum();
    }

    /** What was kept of the request's body. */
    public String asked() {
        return asked.toString(StandardCharsets.UTF_8);
    }

    /** What was kept of the answer's body. */
    public String answered() {
        return answered.toString(StandardCharsets.UTF_8);
    }
}
