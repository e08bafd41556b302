package dev.parley.eval.report;

import dev.parley.eval.harness.EvaluationResult;
import dev.parley.eval.harness.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A run's figures as a table for the terminal, in Markdown. */
public final class ResultTable {

    private static final List<String> HEAD = List.of("Task", "Version", "Filter", "n-shot", "Metric", "", "Value", "", "Stderr", "n");

    private ResultTable() {}

    /** The table, a line each; groups come first. */
    public static List<String> of(EvaluationResult result) {
        var rows = new ArrayList<List<String>>();
        for (var group : result.groups())
            rows(rows, group.group().alias(), group.group().version(), "", group.figures());
        for (var task : result.tasks())
            rows(rows, task.config().alias(), task.config().version(), String.valueOf(task.numFewshot()), task.figures());
        return lines(HEAD, rows);
    }

    private static void rows(List<List<String>> rows, String name, String version, String shots, List<Figure> figures) {
        for (int i = 0; i < figures.size(); i++) {
            var f = figures.get(i);
            rows.add(List.of(i == 0 ? name : "", i == 0 ? version : "", f.filter(), shots, f.metric(), f.higherIsBetter() ? "↑" : "↓",
                    number(f.value()), "±", error(f), String.valueOf(f.n())));
        }
    }

    static String error(Figure figure) {
        if (figure.stderr().isPresent()) return number(figure.stderr().getAsDouble());
        return figure.linearised().stream().mapToObj(e -> number(e) + " (ours)").findFirst().orElse("N/A");
    }

    static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 1e6 ? "%.4g" : Math.abs(value) >= 1000 ? "%.1f" : "%.4f", value);
    }

    /** An interval of 95 %, 1.96 errors to both sides. */
    static String interval(double value, OptionalDouble error) {
        if (error.isEmpty()) return "";
        return "[" + number(value - 1.96 * error.getAsDouble()) + ", " + number(value + 1.96 * error.getAsDouble()) + "]";
    }

    static List<String> lines(List<String> head, List<List<String>> rows) {
        var widths = new int[head.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = Math.max(1, head.get(c).length());
            for (var row : rows) widths[c] = Math.max(widths[c], row.get(c).length());
        }
        var lines = new ArrayList<String>();
        lines.add(line(head, widths));
        var rule = new StringBuilder("|");
        for (var width : widths) rule.append("-".repeat(width + 2)).append('|');
        lines.add(rule.toString());
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder("|");
        for (int c = 0; c < widths.length; c++)
            line.append(' ').append(cells.get(c)).append(" ".repeat(widths[c] - cells.get(c).length())).append(" |");
        return line.toString();
    }
}
