package dev.parley.generate;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Texts that are only read, one at a time: the owners' in turn, so that who has much read does not keep others waiting. */
final class ReadingLine {

    private final int most;
    private final Map<String, ArrayDeque<Reading<?>>> owners = new LinkedHashMap<>(); // whose turn it is comes first
    private int size;

    /** @param most texts that wait */
    ReadingLine(int most) {
        this.most = most;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** @throws QueueFullException if the line is full, and this owner has no less than a fair part of it */
    void add(Reading<?> reading) {
        var own = owners.getOrDefault(reading.owner(), new ArrayDeque<>());
        if (size >= most && own.size() >= most / owners.size()) throw new QueueFullException(size);
        own.add(reading);
        owners.putIfAbsent(reading.owner(), own);
        size++;
    }

    /** The one to be read now; the same until it is removed. */
    Optional<Reading<?>> first() {
        return owners.values().stream().findFirst().map(ArrayDeque::peek);
    }

    List<Reading<?>> all() {
        return owners.values().stream().<Reading<?>>flatMap(ArrayDeque::stream).toList();
    }

    /** Takes one out; its owner's next comes after those of the others. */
    void remove(Reading<?> reading) {
        var own = owners.get(reading.owner());
        if (own == null || !own.remove(reading)) return;
        size--;
        owners.remove(reading.owner());
        if (!own.isEmpty()) owners.put(reading.owner(), own);
    }
}
