package dev.parley.data.inspect;

import dev.parley.data.Dataset;

/** Looks at rows as a run trains on them: of a recipe, or of token shards. */
public final class RowInspection {

    private RowInspection() {}

    /**
     * Reads all rows.
     *
     * @param name of what they come from
     * @param length tokens of a row at most
     */
    public static Inspection read(String name, Dataset rows, int length, SampleChoice choice) {
        var counter = new FigureCounter(length);
        var chooser = choice.chooser();
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            counter.row(row, true);
            var title = name + ", row " + (i + 1);
            chooser.offer(() -> new Sample(title, row));
        }
        return new Inspection(counter.figures(), chooser.chosen());
    }
}
