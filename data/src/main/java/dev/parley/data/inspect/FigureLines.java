package dev.parley.data.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures in words, for a terminal and for a page. */
public final class FigureLines {

    private FigureLines() {}

    /** A figure and its name. */
    public record Line(String name, String value) {}

    /** All that there is to say, in order; what does not occur is left out. */
    public static List<Line> of(Figures figures) {
        var lines = new ArrayList<Line>();
        add(lines, "rows", "%,d%s", figures.rows(), kinds(figures));
        if (figures.turns() > 0) add(lines, "messages", "%,d", figures.turns());
        add(lines, "tokens", "%,d", figures.tokens());
        var lengths = figures.lengths();
        add(lines, "tokens of a row", "%,d shortest, %,d median, %,d at 95 %%, %,d longest", lengths.min(), lengths.median(), lengths.p95(),
                lengths.max());
        add(lines, "targets", "%.1f %% of the tokens", 100 * figures.targetShare());
        add(lines, "too long", "%,d, %.1f %% of the rows, have more than %,d tokens", figures.tooLong(), 100 * figures.tooLongShare(),
                figures.length());
        if (figures.nothingToLearn() > 0) add(lines, "nothing to learn", "%,d rows", figures.nothingToLearn());
        if (figures.duplicates() > 0) add(lines, "duplicates", "%,d", figures.duplicates());
        if (figures.badLines() > 0) add(lines, "bad lines", "%,d", figures.badLines());
        for (var fault : figures.faults()) lines.add(new Line("", fault));
        return lines;
    }

    private static String kinds(Figures figures) {
        if (figures.kinds().isEmpty()) return "";
        return figures.kinds().entrySet().stream().map(kind -> String.format(Locale.ROOT, "%,d lines of %s", kind.getValue(), kind.getKey()))
                .collect(Collectors.joining(", ", " of ", ""));
    }

    private static void add(List<Line> lines, String name, String format, Object... values) {
        lines.add(new Line(name, String.format(Locale.ROOT, format, values)));
    }
}
