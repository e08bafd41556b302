package dev.parley.serve.chat.running;

import dev.parley.serve.http.ClientPresence;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.util.thread.Scheduler;

/** An answer is wanted until it is stopped, whether somebody reads it or not. */
final class UntilStopped implements ClientPresence {

    private static final Runnable NOBODY = () -> {};

    private final AtomicReference<Runnable> looking = new AtomicReference<>(NOBODY);
    private volatile boolean stopped;

    void stop() {
        stopped = true;
        looking.getAndSet(NOBODY).run();
    }

    /** The only time to look is when it is stopped. */
    @Override
    public Scheduler.Task nextLook(Runnable look) {
        looking.set(look);
        if (stopped && looking.compareAndSet(look, NOBODY)) look.run();
        return () -> looking.compareAndSet(look, NOBODY);
    }

    @Override
    public boolean isThere() {
        return !stopped;
    }
}
