package dev.parley.assist.tools.server;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The requests that a client waits for, so that it can call them off. */
final class RunningCalls {

    /** One request. */
    static final class Call {

        /** By which a handler finds its call in the SDK's transport context. */
        static final String KEY = "parley.call";

        private Optional<Runnable> stop = Optional.empty();
        private boolean cancelled;

        synchronized boolean cancelled() {
            return cancelled;
        }

        /** What ends its work; done at once if it was called off already. */
        synchronized void onCancel(Runnable stop) {
            if (cancelled) stop.run();
            else this.stop = Optional.of(stop);
        }

        private synchronized void cancel() {
            cancelled = true;
            stop.ifPresent(Runnable::run);
        }
    }

    private final Map<Object, Call> calls = new ConcurrentHashMap<>();

    /**
     * @param id of the request
     */
    Call begin(Object id) {
        var call = new Call();
        calls.put(id, call);
        return call;
    }

    /** Whether its answer may be sent: a request that was called off has none. */
    boolean end(Object id) {
        var call = calls.remove(id);
        return call != null && !call.cancelled();
    }

    void cancel(Object id) {
        Optional.ofNullable(calls.get(id)).ifPresent(Call::cancel);
    }

    void cancelAll() {
        calls.values().forEach(Call::cancel);
    }
}
