package dev.parley.generate.engine;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sequences that are only read, one at a time: the owners' in turn, so that who has much read does not keep others waiting. */
final class WaitingProbes {

    private final int most;
    private final Map<String, ArrayDeque<Probe<?>>> owners = new LinkedHashMap<>(); // whose turn it is comes first
    private int size;

    /** @param most sequences that wait */
    WaitingProbes(int most) {
        this.most = most;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** @throws QueueFullException if the line is full, and this owner has no less than a fair part of it */
    void add(Probe<?> probe) {
        var own = owners.getOrDefault(probe.owner(), new ArrayDeque<>());
        if (size >= most && own.size() >= most / owners.size()) throw new QueueFullException(size);
        own.add(probe);
        owners.putIfAbsent(probe.owner(), own);
        size++;
    }

    /** The one to be read now; the same until it is removed. */
    Optional<Probe<?>> first() {
        return owners.values().stream().findFirst().map(ArrayDeque::peek);
    }

    List<Probe<?>> all() {
        return owners.values().stream().<Probe<?>>flatMap(ArrayDeque::stream).toList();
    }

    /** Takes one out; its owner's next comes after those of the others. */
    void remove(Probe<?> probe) {
        var own = owners.get(probe.owner());
        if (own == null || !own.remove(probe)) return;
        size--;
        owners.remove(probe.owner());
        if (!own.isEmpty()) owners.put(probe.owner(), own);
    }
}
