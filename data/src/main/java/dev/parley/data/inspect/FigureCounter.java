package dev.parley.data.inspect;

import dev.parley.data.inspect.Figures.Lengths;
import dev.parley.data.text.BadLines;
import dev.parley.model.TrainingRow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Counts {@link Figures} while rows go by; of each row its length stays in memory, of each line 16 bytes. */
final class FigureCounter {

    private final int length;
    private final Map<String, Long> kinds = new TreeMap<>();
    private final Set<UUID> seen = new HashSet<>();
    private final BadLines bad = new BadLines(true);
    private int[] lengths = new int[1024];
    private int rows;
    private long turns;
    private long tokens;
    private long targets;
    private long tooLong;
    private long nothing;
    private long duplicates;

    FigureCounter(int length) {
        this.length = length;
    }

    /** A line, by all that it says. */
    void line(String kind, long messages, String content) {
        kinds.merge(kind, 1L, Long::sum);
        turns += messages;
        if (!seen.add(UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8)))) duplicates++;
    }

    /** A row, of which a line may make two. @param learns whether it should have a target */
    void row(TrainingRow row, boolean learns) {
        if (rows == lengths.length) lengths = Arrays.copyOf(lengths, rows * 2);
        lengths[rows++] = row.length();
        tokens += row.length();
        var predicted = row.targets();
        targets += predicted;
        if (row.length() > length) tooLong++;
        if (learns && predicted == 0) nothing++;
    }

    void bad(String fault) {
        bad.add(fault);
    }

    Figures figures() {
        var sorted = Arrays.copyOf(lengths, rows);
        Arrays.sort(sorted);
        var found = rows == 0 ? new Lengths(0, 0, 0, 0)
                : new Lengths(sorted[0], sorted[(rows - 1) / 2], sorted[(int) Math.ceil(rows * 0.95) - 1], sorted[rows - 1]);
        return new Figures(rows, Map.copyOf(kinds), turns, tokens, targets, found, length, tooLong, nothing, duplicates, bad.count(),
                List.copyOf(bad.samples()));
    }
}
