package dev.parley.generate;

import dev.parley.generate.AnswerTask.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Texts that wait for a place: of the owner of the fewest running ones the first. Those that had a place before come first. */
final class WaitingLine {

    private final ArrayDeque<Row> returned = new ArrayDeque<>();
    private final Map<String, ArrayDeque<AnswerTask>> owners = new LinkedHashMap<>();
    private final Map<AnswerTask, ArrayDeque<Row>> begun = new LinkedHashMap<>(); // rows that wait for the first of their request
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0 && returned.isEmpty() && begun.isEmpty();
    }

    void add(AnswerTask task) {
        owners.computeIfAbsent(task.request().owner(), owner -> new ArrayDeque<>()).add(task);
        size++;
    }

    void addFirst(Row row) {
        returned.addFirst(row);
    }

    /** The text that takes the next place, if one can. */
    Optional<Row> next(List<Row> running) {
        if (!returned.isEmpty()) return Optional.of(returned.poll());
        for (var rows : begun.values()) {
            if (rows.peek().mayBegin()) {
                var row = rows.poll();
                if (rows.isEmpty()) begun.remove(row.task());
                return Optional.of(row);
            }
        }
        var owner = owners.keySet().stream().min(Comparator.comparingLong(o -> running.stream().filter(r -> r.task().request().owner().equals(o)).count()));
        if (owner.isEmpty()) return Optional.empty();
        var tasks = owners.get(owner.get());
        var task = tasks.poll();
        owners.remove(owner.get());
        if (!tasks.isEmpty()) owners.put(owner.get(), tasks); // behind the others
        size--;
        if (task.rows().size() > 1) begun.put(task, new ArrayDeque<>(task.rows().subList(1, task.rows().size())));
        return Optional.of(task.rows().getFirst());
    }

    /** Takes out requests that are cancelled or too late, and ends them. Those with a running text are not among them. */
    List<AnswerTask> removeThoseThatMustEnd() {
        var ended = new ArrayList<AnswerTask>();
        for (var tasks : owners.values()) {
            tasks.removeIf(task -> {
                task.mustEnd().ifPresent(reason -> {
                    task.end(reason);
                    ended.add(task);
                });
                return task.mustEnd().isPresent() && ended.contains(task);
            });
        }
        owners.values().removeIf(ArrayDeque::isEmpty);
        size -= ended.size();
        var late = new ArrayList<AnswerTask>();
        for (var row : returned) late.add(row.task());
        late.addAll(begun.keySet());
        for (var task : late) {
            if (task.mustEnd().isEmpty() || ended.contains(task)) continue;
            task.end(task.mustEnd().get());
            returned.removeIf(row -> row.task() == task);
            begun.remove(task);
            if (task.isDone()) ended.add(task);
        }
        return ended;
    }

    /** Takes out a request that has failed. */
    void remove(AnswerTask task) {
        returned.removeIf(row -> row.task() == task);
        begun.remove(task);
    }
}
