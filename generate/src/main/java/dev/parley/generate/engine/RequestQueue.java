package dev.parley.generate.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where callers of any thread hand work to an engine's thread, and where that waits for it.
 *
 * <p>Places go to the owner who has the fewest first, so that who asks for much waits for who asks for little. A sequence that needs more
 * places or memory than are free lets others pass, but not for ever. One that had a place before comes first, and is not passed: others
 * would take the memory that it gave back.
 */
final class RequestQueue {

    private static final int MOST_PASSES = 16; // by others, until all wait for the sequence that does not fit

    private final int most;
    private final ArrayDeque<Sequence> returned = new ArrayDeque<>();
    private final Map<String, Line> owners = new LinkedHashMap<>(); // who was served longest ago comes first
    private final WaitingProbes probes;
    private int waiting; // requests
    private Optional<String> refusal = Optional.empty(); // why nothing is taken any more
    private long closedAt;
    private boolean interrupted; // while the thread waited
    private Optional<Duration> patience = Optional.empty(); // how long what is here may take, once closed

    /** What one owner waits for. */
    private static final class Line {

        final ArrayDeque<Request> requests = new ArrayDeque<>();
        final Map<Request, ArrayDeque<Sequence>> begun = new LinkedHashMap<>(); // further sequences of requests whose first has begun
        int passed; // how many took places for which its next sequence would have been first, had it fitted

        Optional<Request> readyOfBegun() {
            return begun.entrySet().stream().filter(e -> e.getValue().peek().mayBegin()).map(Map.Entry::getKey).findFirst();
        }

        Sequence next() {
            return readyOfBegun().map(request -> begun.get(request).peek()).orElseGet(() -> requests.element().sequences().getFirst());
        }

        boolean isReady() {
            return !requests.isEmpty() || readyOfBegun().isPresent();
        }

        Sequence take() {
            passed = 0;
            var ready = readyOfBegun();
            if (ready.isPresent()) {
                var sequences = begun.get(ready.get());
                var sequence = sequences.poll();
                if (sequences.isEmpty()) begun.remove(ready.get());
                return sequence;
            }
            var request = requests.remove();
            if (request.sequences().size() > 1)
                begun.put(request, new ArrayDeque<>(request.sequences().subList(1, request.sequences().size())));
            return request.sequences().getFirst();
        }

        boolean isEmpty() {
            return requests.isEmpty() && begun.isEmpty();
        }
    }

    /** @param most requests that wait for their first sequence to begin, and as many probes */
    RequestQueue(int most) {
        this.most = most;
        probes = new WaitingProbes(most);
    }

    // ---- for callers ----

    /** @throws QueueFullException if the queue is full, and this owner has no less than a fair part of it */
    synchronized void add(Request request) {
        checkOpen();
        var owner = request.asked().owner();
        var line = owners.computeIfAbsent(owner, o -> new Line());
        if (waiting >= most && line.requests.size() >= most / owners.size()) {
            if (line.isEmpty()) owners.remove(owner);
            throw new QueueFullException(waiting);
        }
        line.requests.add(request);
        waiting++;
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
        while (returned.isEmpty() && owners.isEmpty() && probes.isEmpty()) {
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

    /** Takes out the sequence that runs next, if one can; where nothing runs, any can. @param hasRoom whether places and memory suffice */
    synchronized Optional<Sequence> next(List<Sequence> running, Predicate<Sequence> hasRoom) {
        Predicate<Sequence> fits = sequence -> running.isEmpty() || !sequence.running() || hasRoom.test(sequence);
        if (!returned.isEmpty()) return fits.test(returned.peek()) ? Optional.of(returned.poll()) : Optional.empty();
        var ready = owners.keySet().stream().filter(owner -> owners.get(owner).isReady())
                .sorted(Comparator.comparingInt(owner -> places(owner, running))).toList();
        var tooLarge = new ArrayList<Line>();
        for (var owner : ready) {
            var line = owners.get(owner);
            if (fits.test(line.next())) {
                tooLarge.forEach(passed -> passed.passed++);
                return Optional.of(take(owner));
            }
            if (line.passed >= MOST_PASSES) return Optional.empty();
            tooLarge.add(line);
        }
        return Optional.empty();
    }

    private static int places(String owner, List<Sequence> running) {
        return running.stream().filter(sequence -> sequence.owner().equals(owner)).mapToInt(Sequence::width).sum();
    }

    private Sequence take(String owner) {
        var line = owners.remove(owner);
        var before = line.requests.size();
        var sequence = line.take();
        waiting -= before - line.requests.size();
        if (!line.isEmpty()) owners.put(owner, line); // behind the others
        return sequence;
    }

    /** A sequence that had to leave its place is the next to have one. */
    synchronized void addFirst(Sequence sequence) {
        returned.addFirst(sequence);
    }

    /** Requests of which a sequence waits. */
    synchronized List<Request> requests() {
        var requests = new ArrayList<Request>();
        returned.forEach(sequence -> requests.add(sequence.request()));
        for (var line : owners.values()) {
            requests.addAll(line.begun.keySet());
            requests.addAll(line.requests);
        }
        return requests.stream().distinct().toList();
    }

    /** Takes out all sequences of a request. */
    synchronized void remove(Request request) {
        returned.removeIf(sequence -> sequence.request() == request);
        var line = owners.get(request.asked().owner());
        if (line == null) return;
        if (line.requests.remove(request)) waiting--;
        line.begun.remove(request);
        line.passed = 0; // those that passed may have passed it
        if (line.isEmpty()) owners.remove(request.asked().owner());
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
        return waiting + probes.size();
    }
}
