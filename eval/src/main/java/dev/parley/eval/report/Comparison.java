package dev.parley.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Runs side by side. Where two runs have answered the same samples, the difference of their means is paired: its error is that of the
 * mean of the differences, which is smaller than the two errors together (Miller 2024, arXiv:2411.00640, section 4.2).
 */
public record Comparison(List<RunFolder> runs, List<Row> rows) {

    /**
     * A figure in all runs.
     *
     * @param values of each run; NaN where it has none
     * @param differences of each run from the first, with the error of that; empty for the first and where there is no telling
     */
    public record Row(String task, String metric, boolean higherIsBetter, List<Double> values, List<Double> errors,
            List<Difference> differences) {}

    /**
     * A difference from the first run.
     *
     * @param paired whether it is of the same samples
     */
    public record Difference(double value, OptionalDouble error, boolean paired) {

        /** Whether an interval of 95 % leaves out zero. */
        public boolean isClear() {
            return error.isPresent() && error.getAsDouble() > 0 && Math.abs(value) > 1.96 * error.getAsDouble();
        }
    }

    /** Compares all runs with the first. */
    public static Comparison of(List<RunFolder> runs) {
        var tasks = new LinkedHashSet<String>();
        runs.forEach(r -> tasks.addAll(r.tasks()));
        var rows = new ArrayList<Row>();
        for (var task : tasks) {
            var keys = new LinkedHashSet<String>();
            runs.forEach(r -> r.figures(task).fieldNames().forEachRemaining(keys::add));
            keys.forEach(key -> rows.add(row(runs, task, key)));
        }
        return new Comparison(runs, rows);
    }

    private static Row row(List<RunFolder> runs, String task, String key) {
        var values = runs.stream().map(r -> r.figures(task).path(key).asDouble(Double.NaN)).toList();
        var errors = runs.stream().map(r -> r.error(task, key)).toList();
        var differences = new ArrayList<Difference>();
        for (int i = 0; i < runs.size(); i++) differences.add(difference(runs, task, key, values, errors, i));
        var metric = key.substring(0, key.lastIndexOf(','));
        var higher = runs.stream().map(r -> r.results().path("higher_is_better").path(task).path(metric)).filter(JsonNode::isBoolean)
                .findFirst()
                .map(JsonNode::asBoolean).orElse(!metric.contains("perplexity") && !metric.contains("bits"));
        return new Row(task, key, higher, values, errors, differences);
    }

    private static Difference difference(List<RunFolder> runs, String task, String key, List<Double> values, List<Double> errors, int run) {
        var value = values.get(run) - values.getFirst();
        var paired = paired(runs.getFirst(), runs.get(run), task, key, value);
        if (paired.isPresent()) return new Difference(value, paired, true);
        var both = Math.hypot(errors.getFirst(), errors.get(run));
        return new Difference(value, Double.isNaN(both) ? OptionalDouble.empty() : OptionalDouble.of(both), false);
    }

    /** The error of the mean of the differences, where both runs have a number of each sample and the figures are their means. */
    private static OptionalDouble paired(RunFolder a, RunFolder b, String task, String key, double difference) {
        Map<Integer, Double> first = numbers(a, task, key), second = numbers(b, task, key);
        if (first.size() < 2 || !first.keySet().equals(second.keySet())) return OptionalDouble.empty();
        var differences = first.keySet().stream().mapToDouble(id -> second.get(id) - first.get(id)).toArray();
        var mean = 0.0;
        for (var d : differences) mean += d / differences.length;
        if (Math.abs(mean - difference) > 1e-9) return OptionalDouble.empty(); // the figure is no mean
        var squares = 0.0;
        for (var d : differences) squares += (d - mean) * (d - mean);
        return OptionalDouble.of(Math.sqrt(squares / (differences.length - 1) / differences.length));
    }

    private static Map<Integer, Double> numbers(RunFolder run, String task, String key) {
        var comma = key.lastIndexOf(',');
        var numbers = new LinkedHashMap<Integer, Double>();
        for (var sample : run.samples().getOrDefault(task, List.of())) {
            var number = sample.path(key.substring(0, comma));
            if (number.isNumber() && sample.path("filter").asText().equals(key.substring(comma + 1)))
                numbers.put(sample.path("doc_id").asInt(), number.asDouble());
        }
        return numbers;
    }

    /** The comparison as a table for the terminal. */
    public List<String> table() {
        var head = new ArrayList<>(List.of("Task", "Metric", ""));
        for (int i = 0; i < runs.size(); i++) {
            head.add(runs.get(i).name());
            head.add("95 %");
            if (i > 0) head.add("from the first");
        }
        var lines = new ArrayList<List<String>>();
        for (var row : rows) {
            var cells = new ArrayList<>(List.of(row.task, row.metric, row.higherIsBetter ? "↑" : "↓"));
            for (int i = 0; i < runs.size(); i++) {
                var error = row.errors.get(i);
                cells.add(Double.isNaN(row.values.get(i)) ? "" : ResultTable.number(row.values.get(i)));
                cells.add(Double.isNaN(error) ? "" : ResultTable.interval(row.values.get(i), OptionalDouble.of(error)));
                if (i > 0) cells.add(written(row.differences.get(i)));
            }
            lines.add(cells);
        }
        return ResultTable.lines(head, lines);
    }

    static String written(Difference difference) {
        if (Double.isNaN(difference.value)) return "";
        var error = difference.error.isPresent() ? " ± " + ResultTable.number(difference.error.getAsDouble()) : "";
        return (difference.value >= 0 ? "+" : "") + ResultTable.number(difference.value) + error + (difference.isClear() ? " *" : "");
    }

    /** Settings that change a score and are not the same in all runs: by name, the value of each run. */
    public Map<String, List<String>> differingSettings() {
        var names = new LinkedHashSet<String>();
        runs.forEach(r -> r.results().path("config").fieldNames().forEachRemaining(names::add));
        var differing = new LinkedHashMap<String, List<String>>();
        for (var name : names) {
            var values = runs.stream().map(r -> r.results().path("config").path(name))
                    .map(v -> v.isMissingNode() ? "" : v.isTextual() ? v.asText() : v.toString())
                    .toList();
            if (values.stream().distinct().count() > 1) differing.put(name, values);
        }
        return differing;
    }
}
