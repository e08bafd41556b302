package dev.parley.generate;

import dev.parley.generate.AnswerTask.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Texts that wait for a place: of the owner of the fewest running ones the first, so that who asks for much waits for who asks
 * for little. Those that had a place before come first.
 */
final class WaitingLine {

    private final int most;
    private final ArrayDeque<Row> returned = new ArrayDeque<>();
    private final Map<String, Line> owners = new LinkedHashMap<>(); // who was served longest ago comes first
    private int size;

    /** What one owner waits for. */
    private static final class Line {

        final ArrayDeque<AnswerTask> tasks = new ArrayDeque<>();
        final Map<AnswerTask, ArrayDeque<Row>> begun = new LinkedHashMap<>(); // further texts of requests whose first has begun

        Optional<AnswerTask> readyOfBegun() {
            return begun.entrySet().stream().filter(e -> e.getValue().peek().mayBegin()).map(Map.Entry::getKey).findFirst();
        }

        boolean isReady() {
            return !tasks.isEmpty() || readyOfBegun().isPresent();
        }

        Row take() {
            var ready = readyOfBegun();
            if (ready.isPresent()) {
                var rows = begun.get(ready.get());
                var row = rows.poll();
                if (rows.isEmpty()) begun.remove(ready.get());
                return row;
            }
            var task = tasks.remove();
            if (task.rows().size() > 1) begun.put(task, new ArrayDeque<>(task.rows().subList(1, task.rows().size())));
            return task.rows().getFirst();
        }

        boolean isEmpty() {
            return tasks.isEmpty() && begun.isEmpty();
        }
    }

    /** @param most requests that wait for their first text to begin */
    WaitingLine(int most) {
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
    void add(AnswerTask task) {
        var owner = task.request().owner();
        var line = owners.computeIfAbsent(owner, o -> new Line());
        if (size >= most && line.tasks.size() >= most / owners.size()) {
            if (line.isEmpty()) owners.remove(owner);
            throw new QueueFullException(size);
        }
        line.tasks.add(task);
        size++;
    }

    void addFirst(Row row) {
        returned.addFirst(row);
    }

    /** The text that takes the next place, if one can. */
    Optional<Row> next(List<Row> running) {
        if (!returned.isEmpty()) return Optional.of(returned.poll());
        var next = owners.entrySet().stream().filter(e -> e.getValue().isReady()).map(Map.Entry::getKey)
                .min(Comparator.comparingLong(owner -> running.stream().filter(r -> r.task().request().owner().equals(owner)).count()));
        if (next.isEmpty()) return Optional.empty();
        var line = owners.remove(next.get());
        var before = line.tasks.size();
        var row = line.take();
        size -= before - line.tasks.size();
        if (!line.isEmpty()) owners.put(next.get(), line); // behind the others
        return Optional.of(row);
    }

    /** Requests of which a text waits. */
    List<AnswerTask> tasks() {
        var tasks = new ArrayList<AnswerTask>();
        returned.forEach(row -> tasks.add(row.task()));
        for (var line : owners.values()) {
            tasks.addAll(line.begun.keySet());
            tasks.addAll(line.tasks);
        }
        return tasks.stream().distinct().toList();
    }

    /** Takes out all texts of a request. */
    void remove(AnswerTask task) {
        returned.removeIf(row -> row.task() == task);
        var line = owners.get(task.request().owner());
        if (line == null) return;
        if (line.tasks.remove(task)) size--;
        line.begun.remove(task);
        if (line.isEmpty()) owners.remove(task.request().owner());
    }
}
