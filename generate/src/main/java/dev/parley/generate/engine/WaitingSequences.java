package dev.parley.generate.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sequences that wait for a place: of the owner of the fewest running ones the first, so that who asks for much waits for who asks
 * for little. Those that had a place before come first.
 */
final class WaitingSequences {

    private final int most;
    private final ArrayDeque<Sequence> returned = new ArrayDeque<>();
    private final Map<String, Line> owners = new LinkedHashMap<>(); // who was served longest ago comes first
    private int size;

    /** What one owner waits for. */
    private static final class Line {

        final ArrayDeque<Request> requests = new ArrayDeque<>();
        final Map<Request, ArrayDeque<Sequence>> begun = new LinkedHashMap<>(); // further texts of requests whose first has begun

        Optional<Request> readyOfBegun() {
            return begun.entrySet().stream().filter(e -> e.getValue().peek().mayBegin()).map(Map.Entry::getKey).findFirst();
        }

        boolean isReady() {
            return !requests.isEmpty() || readyOfBegun().isPresent();
        }

        Sequence take() {
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

    /** @param most requests that wait for their first sequence to begin */
    WaitingSequences(int most) {
        this.most = most;
    }

    /** Requests that have not begun. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return returned.isEmpty() && owners.isEmpty();
    }

    /** @throws QueueFullException if the line is full, and this owner has no less than a fair part of it */
    void add(Request request) {
        var owner = request.asked().owner();
        var line = owners.computeIfAbsent(owner, o -> new Line());
        if (size >= most && line.requests.size() >= most / owners.size()) {
            if (line.isEmpty()) owners.remove(owner);
            throw new QueueFullException(size);
        }
        line.requests.add(request);
        size++;
    }

    void addFirst(Sequence sequence) {
        returned.addFirst(sequence);
    }

    /** The sequence that takes the next place, if one can. */
    Optional<Sequence> next(List<Sequence> running) {
        if (!returned.isEmpty()) return Optional.of(returned.poll());
        var next = owners.entrySet().stream().filter(e -> e.getValue().isReady()).map(Map.Entry::getKey)
                .min(Comparator.comparingLong(owner -> running.stream().filter(r -> r.request().asked().owner().equals(owner)).count()));
        if (next.isEmpty()) return Optional.empty();
        var line = owners.remove(next.get());
        var before = line.requests.size();
        var sequence = line.take();
        size -= before - line.requests.size();
        if (!line.isEmpty()) owners.put(next.get(), line); // behind the others
        return Optional.of(sequence);
    }

    /** Requests of which a sequence waits. */
    List<Request> requests() {
        var requests = new ArrayList<Request>();
        returned.forEach(sequence -> requests.add(sequence.request()));
        for (var line : owners.values()) {
            requests.addAll(line.begun.keySet());
            requests.addAll(line.requests);
        }
        return requests.stream().distinct().toList();
    }

    /** Takes out all sequences of a request. */
    void remove(Request request) {
        returned.removeIf(sequence -> sequence.request() == request);
        var line = owners.get(request.asked().owner());
        if (line == null) return;
        if (line.requests.remove(request)) size--;
        line.begun.remove(request);
        if (line.isEmpty()) owners.remove(request.asked().owner());
    }
}
