package dev.parley.generate.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sequences that wait for places: of the owner who has the fewest the first, so that who asks for much waits for who asks for little. One
 * that needs more places than are free lets others pass, but not for ever. Those that had a place before come first.
 */
final class WaitingSequences {

    private static final int MOST_PASSES = 16; // by others, until all wait for the text that does not fit

    private final int most;
    private final ArrayDeque<Sequence> returned = new ArrayDeque<>();
    private final Map<String, Line> owners = new LinkedHashMap<>(); // who was served longest ago comes first
    private int size;

    /** What one owner waits for. */
    private static final class Line {

        final ArrayDeque<Request> requests = new ArrayDeque<>();
        final Map<Request, ArrayDeque<Sequence>> begun = new LinkedHashMap<>(); // further texts of requests whose first has begun
        int passed; // how many took places for which its next text would have been first, had it fitted

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

    /** The sequence that takes the next places, if one can; where nothing runs, any can. @param free places */
    Optional<Sequence> next(List<Sequence> running, int free) {
        var room = running.isEmpty() ? Integer.MAX_VALUE : free;
        if (!returned.isEmpty()) return fits(returned.peek(), room) ? Optional.of(returned.poll()) : Optional.empty();
        var ready = owners.keySet().stream().filter(owner -> owners.get(owner).isReady())
                .sorted(Comparator.comparingInt(owner -> places(owner, running))).toList();
        var tooWide = new ArrayList<Line>();
        for (var owner : ready) {
            var line = owners.get(owner);
            if (fits(line.next(), room)) {
                tooWide.forEach(passed -> passed.passed++);
                return Optional.of(take(owner));
            }
            if (line.passed >= MOST_PASSES) return Optional.empty();
            tooWide.add(line);
        }
        return Optional.empty();
    }

    private static boolean fits(Sequence sequence, int room) {
        return !sequence.running() || sequence.width() <= room;
    }

    private static int places(String owner, List<Sequence> running) {
        return running.stream().filter(sequence -> sequence.owner().equals(owner)).mapToInt(Sequence::width).sum();
    }

    private Sequence take(String owner) {
        var line = owners.remove(owner);
        var before = line.requests.size();
        var sequence = line.take();
        size -= before - line.requests.size();
        if (!line.isEmpty()) owners.put(owner, line); // behind the others
        return sequence;
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
        line.passed = 0; // those that passed may have passed it
        if (line.isEmpty()) owners.remove(request.asked().owner());
    }
}
