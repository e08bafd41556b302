package dev.parley.serve.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** The body of an answer that is sent piece by piece; its head is sent with the first. */
final class PiecewiseBody {

    private final Context request;
    private final String contentType;
    private boolean begun;

    PiecewiseBody(Context request, String contentType) {
        this.request = request;
        this.contentType = contentType;
    }

    /**
     * Lets an answer write the body. A fault before its first piece is told as for any answer.
     *
     * @param ending tells a fault that comes later, in the shape of the API
     * @throws ClientGone if nobody reads
     */
    void answer(Runnable answer, Consumer<ObjectNode> ending) {
        try {
            answer.run();
        } catch (ClientGone e) {
            throw e;
        } catch (RuntimeException e) {
            if (begun) ending.accept(ErrorForm.of(request).json(e instanceof ApiError refused ? refused
                    : ApiError.fault("The answer could not be finished; see the server's log.")));
            throw e; // for the log: nothing is written to an answer that has begun
        }
    }

    /** @throws ClientGone if nobody reads */
    void write(byte[] piece) {
        try {
            var out = out();
            out.write(piece);
            out.flush();
        } catch (IOException e) {
            throw new ClientGone();
        }
    }

    private OutputStream out() throws IOException {
        if (!begun) {
            begun = true;
            request.contentType(contentType);
            request.header("Cache-Control", "no-cache").header("X-Accel-Buffering", "no");
        }
        return request.res().getOutputStream();
    }
}
