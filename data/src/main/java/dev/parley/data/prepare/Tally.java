package dev.parley.data.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Counts what the steps do, while documents pass in order. */
final class Tally {

    private final List<Row> rows = new ArrayList<>();
    private long documents;
    private long bytes;
    private long keptDocuments;
    private long keptBytes;

    private static final class Row {
        private final String step;
        private long changed;
        private long dropped;
        private long bytes;
        private final TreeMap<String, Long> rules = new TreeMap<>();

        Row(String step) {
            this.step = step;
        }
    }

    Tally(List<String> steps) {
        for (var step : steps) rows.add(new Row(step));
    }

    void read(long size) {
        documents++;
        bytes += size;
    }

    void changed(int step, long removed) {
        rows.get(step).changed++;
        rows.get(step).bytes += removed;
    }

    void dropped(int step, String rule, long size) {
        rows.get(step).dropped++;
        rows.get(step).bytes += size;
        rows.get(step).rules.merge(rule, 1L, Long::sum);
    }

    void kept(long size) {
        keptDocuments++;
        keptBytes += size;
    }

    String step(int number) {
        return rows.get(number).step;
    }

    long documents() {
        return documents;
    }

    long bytes() {
        return bytes;
    }

    long keptDocuments() {
        return keptDocuments;
    }

    long keptBytes() {
        return keptBytes;
    }

    List<PreparationReport.Step> steps() {
        return rows.stream().map(r -> new PreparationReport.Step(r.step, r.changed, r.dropped, r.bytes, new TreeMap<>(r.rules))).toList();
    }
}
