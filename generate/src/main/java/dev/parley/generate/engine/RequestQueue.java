package dev.parley.generate.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where callers of any thread hand work to an engine's thread, and where that waits for it. */
final class RequestQueue {

    private final WaitingSequences sequences;
    private final WaitingProbes probes;
    private Optional<String> refusal = Optional.empty(); // why nothing is taken any more
    private long closedAt;
    private boolean interrupted; // while the thread waited
    private Optional<Duration> patience = Optional.empty(); // how long what is here may take, once closed

    /** @param most requests that wait */
    RequestQueue(int most) {
        sequences = new WaitingSequences(most);
        probes = new WaitingProbes(most);
    }

    // ---- for callers ----

    /** @throws QueueFullException if too many wait */
    synchronized void add(Request request) {
        checkOpen();
        sequences.add(request);
        notifyAll();
    }

    /** @throws QueueFullException if too many wait */
    synchronized void add(Probe<?> probe) {
        checkOpen();
        probes.add(probe);
        notifyAll();
    }

    private void checkOpen() {
        refusal.ifPresent(why -> {
            throw new IllegalStateException(why);
        });
    }

    synchronized boolean isOpen() {
        return refusal.isEmpty();
    }

    /** Has the thread look at its sequences. */
    synchronized void wake() {
        notifyAll();
    }

    /** Takes nothing more. @param patience after which what is here is to end as it is */
    synchronized void close(String why, Optional<Duration> patience) {
        refusal = refusal.or(() -> Optional.of(why));
        closedAt = System.nanoTime();
        this.patience = patience;
        notifyAll();
    }

    // ---- for the engine's thread ----

    /** Waits for something to do. @return false if there is nothing, and nothing more can come */
    synchronized boolean awaitWork() {
        while (sequences.isEmpty() && probes.isEmpty()) {
            if (refusal.isPresent()) return false;
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // closing is how the thread ends
            }
        }
        return true;
    }

    /** Waits until it is woken or something comes, for so long at most. */
    synchronized void pause(long milliseconds) {
        try {
            wait(milliseconds);
        } catch (InterruptedException e) {
            interrupted = true;
        }
    }

    /** Interrupts the thread again if it was interrupted while it waited: it may be a caller's. */
    synchronized void restoreInterrupt() {
        if (interrupted) Thread.currentThread().interrupt();
        interrupted = false;
    }

    /** Whether it was closed, and the patience is at its end. */
    synchronized boolean isOverdue() {
        return patience.isPresent() && System.nanoTime() - closedAt >= patience.get().toNanos();
    }

    /** The sequence that takes the next places, if one can. @param free places */
    synchronized Optional<Sequence> next(List<Sequence> running, int free) {
        return sequences.next(running, free);
    }

    /** A sequence that had to leave its place is the next to have one. */
    synchronized void addFirst(Sequence sequence) {
        sequences.addFirst(sequence);
    }

    /** Requests of which a sequence waits. */
    synchronized List<Request> requests() {
        return sequences.requests();
    }

    /** Takes out all sequences of a request. */
    synchronized void remove(Request request) {
        sequences.remove(request);
    }

    synchronized Optional<Probe<?>> probe() {
        return probes.first();
    }

    synchronized List<Probe<?>> allProbes() {
        return probes.all();
    }

    synchronized void remove(Probe<?> probe) {
        probes.remove(probe);
    }

    /** Requests that have not begun, and sequences that are only read. */
    synchronized int size() {
        return sequences.size() + probes.size();
    }
}
