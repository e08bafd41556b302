package dev.parley.serve.http;

import io.javalin.http.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/**
 * The memory that the bodies of all requests share. A body takes from it as it arrives and gives it back when the request ends: however
 * many clients send however much, requests that are being served keep what they have.
 */
public final class RequestMemory {

    private static final String ATTRIBUTE = RequestMemory.class.getName();

    private final long most;
    private final long mostOfOwner;
    private final Map<String, Long> byOwner = new HashMap<>();
    private long taken;

    /**
     * @param most bytes of all
     * @param mostOfOwner bytes of all requests of one caller
     */
    public RequestMemory(long most, long mostOfOwner) {
        this.most = most;
        this.mostOfOwner = mostOfOwner;
    }

    /**
     * A quarter of what Java may have.
     *
     * @param shared whether callers are told apart: then half of it is the most that one of them has
     */
    public static RequestMemory ofHeap(boolean shared) {
        var most = Runtime.getRuntime().maxMemory() / 4;
        return new RequestMemory(most, shared ? most / 2 : most);
    }

    /** What one request has of it. Used by one thread at a time, and ended by any. */
    public final class Share {

        private volatile String owner = "";
        private long own;
        private boolean over;

        /** Whose request it is: until that is known, all such requests count as one owner's. To be told before anything is taken. */
        public void belongsTo(String name) {
            owner = name;
        }

        /**
         * Takes memory for this request, as its owner's.
         *
         * @throws ApiError 413 if no server of this size could have so much for one request, 503 if others have it now
         */
        public void take(long bytes) {
            synchronized (RequestMemory.this) {
                if (own + bytes > mostOfOwner) {
                    end(); // what was read of it is of no use any more
                    throw ApiError.of(413, "too_large", "The body holds more values than this server has memory for.");
                }
                var ofOwner = byOwner.getOrDefault(owner, 0L);
                if (over || taken + bytes > most || ofOwner + bytes > mostOfOwner) {
                    end();
                    throw ApiError.of(503, "busy", "All memory for requests is in use; try again in a moment.");
                }
                own += bytes;
                taken += bytes;
                byOwner.put(owner, ofOwner + bytes);
            }
        }

        /** Gives all back. */
        void end() {
            synchronized (RequestMemory.this) {
                over = true;
                taken -= own;
                byOwner.computeIfPresent(owner, (name, bytes) -> bytes == own ? null : bytes - own);
                own = 0;
            }
        }
    }

    /** Bytes that are taken now. */
    public synchronized long taken() {
        return taken;
    }

    /** Begins a request's share, which ends with the request. */
    public void begin(Request request) {
        var share = new Share();
        request.setAttribute(ATTRIBUTE, share);
        Request.addCompletionListener(request, failure -> share.end());
    }

    /** The share of a request, if one was begun. */
    public static Optional<Share> of(Context request) {
        return Optional.ofNullable(request.attribute(ATTRIBUTE));
    }
}
