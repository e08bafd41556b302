package dev.parley.serve.http;

import dev.parley.serve.http.Connections.Limits;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Stands before all routes: counts headers, and watches bodies as they are read. A body that is too large, too slow or broken
 * makes its reader throw a {@link ApiError} that says so.
 */
public final class RequestGuard extends Handler.Wrapper {

    /** A body that is too large is still read up to this many times its limit: a client that is sending does not listen yet. */
    private static final int READ_AND_DROPPED = 4;

    private final Limits limits;
    private final BodyLimits bodies;
    private final RequestMemory memory;
    private final boolean keepTexts;

    /**
     * A guard before all routes.
     *
     * @param keepTexts whether bodies are kept for the access log
     */
    public RequestGuard(Limits limits, BodyLimits bodies, RequestMemory memory, boolean keepTexts) {
        this.limits = limits;
        this.bodies = bodies;
        this.memory = memory;
        this.keepTexts = keepTexts;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var notes = RequestNotes.begin(request);
        if (request.getHeaders().size() > limits.headers()) {
            Response.writeError(request, response, callback, 431, "There are too many headers");
            return true;
        }
        var path = Request.getPathInContext(request);
        var largest = bodies.of(path);
        if (announced(request) > largest && request.getHeaders().contains(HttpHeader.EXPECT)) {
            Response.writeError(request, response, callback, 413, "The body is too large"); // a reader would ask for it first
            return true;
        }
        memory.begin(request);
        var kept = keepTexts && holdsTexts(path);
        return super.handle(new Guarded(request, notes, kept, largest), kept ? new Kept(request, response, notes) : response, callback);
    }

    private static long announced(Request request) {
        return request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    }

    /** Elsewhere are passwords, and files. */
    private static boolean holdsTexts(String path) {
        if (path.matches("/api/conversations/[^/]+/attachments/?")) return false;
        return path.startsWith("/v1/") || ApiPaths.isOllamas(path) || path.startsWith("/api/conversations")
                || path.startsWith("/api/answers");
    }

    /** A request whose body is watched. */
    private final class Guarded extends Request.Wrapper {

        private final RequestNotes notes;
        private final boolean kept;
        private final long largest;
        private final long mostRead;
        private final long announced;
        private long begun;
        private long bytes;

        private Guarded(Request request, RequestNotes notes, boolean kept, long largest) {
            super(request);
            this.notes = notes;
            this.kept = kept;
            this.largest = largest;
            mostRead = bodies.largest() * READ_AND_DROPPED;
            announced = announced(request);
        }

        @Override
        public Content.Chunk read() {
            if (begun == 0) begun = System.nanoTime();
            if (announced > mostRead) return failure(tooLarge());
            while (true) {
                var chunk = super.read();
                if (chunk == null) return null;
                if (Content.Chunk.isFailure(chunk)) return failure(refused(chunk.getFailure()));
                bytes += chunk.remaining();
                if (isTooSlow()) return dropped(chunk, tooSlow());
                if (bytes <= largest) {
                    if (kept && chunk.hasRemaining()) notes.asked(chunk.getByteBuffer());
                    return chunk;
                }
                if (chunk.isLast() || bytes > mostRead) return dropped(chunk, tooLarge());
                chunk.release();
            }
        }

        private boolean isTooSlow() {
            var seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
            return seconds > limits.bodyStart().toMillis() / 1000.0
                    && (bytes < limits.bodyRate() * seconds || seconds > limits.body().toSeconds());
        }

        private Content.Chunk dropped(Content.Chunk chunk, ApiError why) {
            chunk.release();
            return failure(why);
        }

        private Content.Chunk failure(Throwable why) {
            return Content.Chunk.from(why, true);
        }

        private ApiError tooLarge() {
            return ApiError.of(413, "too_large", "The body is larger than the " + largest + " bytes that this endpoint accepts.");
        }

        private ApiError tooSlow() {
            return ApiError.of(408, "too_slow", "The body arrived at less than " + limits.bodyRate()
                    + " bytes a second, or took longer than " + limits.body().toSeconds() + " s.");
        }

        private Throwable refused(Throwable failure) {
            if (failure instanceof TimeoutException)
                return ApiError.of(408, "too_slow", "Nothing of the body arrived for " + limits.idle().toSeconds() + " s.");
            if (failure instanceof HttpException http && http.getCode() < 500)
                return ApiError.of(http.getCode(), "bad_body", "The body cannot be read: " + http.getReason() + ".");
            return failure;
        }
    }

    /** A response that is noted as it is sent. */
    private static final class Kept extends Response.Wrapper {

        private final RequestNotes notes;

        private Kept(Request request, Response response, RequestNotes notes) {
            super(request, response);
            this.notes = notes;
        }

        @Override
        public void write(boolean last, ByteBuffer bytes, Callback callback) {
            if (bytes != null && bytes.hasRemaining()) notes.answered(bytes);
            super.write(last, bytes, callback);
        }
    }
}
