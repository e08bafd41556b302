package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.parley.eval.harness.TaskConfig.OutputType;
import dev.parley.eval.metrics.Aggregation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A metric that a task wants.
 *
 * @param options such as {@code ignore_case}
 */
record MetricSpec(String name, Aggregation aggregation, boolean higherIsBetter, JsonNode options) {

    private record Known(Aggregation aggregation, boolean higherIsBetter, Set<OutputType> types) {}

    private static final Map<String, Known> KNOWN = Map.ofEntries(
            known("acc", Aggregation.MEAN, true, OutputType.LOGLIKELIHOOD, OutputType.MULTIPLE_CHOICE),
            known("acc_norm", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
            known("acc_bytes", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
            known("acc_mutual_info", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
            known("f1", Aggregation.F1, true, OutputType.MULTIPLE_CHOICE),
            known("mcc", Aggregation.MATTHEWS, true, OutputType.MULTIPLE_CHOICE),
            known("brier_score", Aggregation.BRIER, false, OutputType.MULTIPLE_CHOICE),
            known("exact_match", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE, OutputType.GENERATE_UNTIL),
            known("bleu", Aggregation.BLEU, true, OutputType.GENERATE_UNTIL),
            known("chrf", Aggregation.CHRF, true, OutputType.GENERATE_UNTIL),
            known("perplexity", Aggregation.PERPLEXITY, false, OutputType.LOGLIKELIHOOD),
            known("word_perplexity", Aggregation.WEIGHTED_PERPLEXITY, false, OutputType.LOGLIKELIHOOD_ROLLING),
            known("byte_perplexity", Aggregation.WEIGHTED_PERPLEXITY, false, OutputType.LOGLIKELIHOOD_ROLLING),
            known("bits_per_byte", Aggregation.BITS_PER_BYTE, false, OutputType.LOGLIKELIHOOD_ROLLING));

    private static final Map<OutputType, List<String>> USUAL = Map.of(OutputType.LOGLIKELIHOOD, List.of("perplexity", "acc"),
            OutputType.LOGLIKELIHOOD_ROLLING, List.of("word_perplexity", "byte_perplexity", "bits_per_byte"),
            OutputType.MULTIPLE_CHOICE, List.of("acc", "acc_norm"), OutputType.GENERATE_UNTIL, List.of("exact_match"));

    private static Map.Entry<String, Known> known(String name, Aggregation aggregation, boolean higher, OutputType... types) {
        return Map.entry(name, new Known(aggregation, higher, Set.of(types)));
    }

    /** The metrics of a task: those it lists, else the usual ones of what it asks for. */
    static List<MetricSpec> of(TaskConfig task) {
        var type = task.outputType();
        var written = task.value("metric_list");
        if (written.isEmpty()) return USUAL.get(type).stream().map(name -> usual(name, MissingNode.getInstance())).toList();
        var ownResults = task.function("process_results").isPresent(); // which may make metrics of any name
        var metrics = new ArrayList<MetricSpec>();
        for (var entry : written.get()) {
            task.checkNoFunction("metric_list", entry.path("metric"));
            var name = entry.path("metric").asText();
            var known = Optional.ofNullable(KNOWN.get(name)).filter(k -> k.types.contains(type));
            if (known.isEmpty() && !ownResults) throw unknown(task, name, type);
            task.checkNoFunction("metric_list", entry.path("aggregation"));
            var aggregation = aggregation(task, entry, known.map(Known::aggregation).orElse(Aggregation.MEAN));
            metrics.add(new MetricSpec(name, aggregation,
                    entry.path("higher_is_better").asBoolean(known.map(Known::higherIsBetter).orElse(true)), entry));
        }
        return metrics;
    }

    private static Aggregation aggregation(TaskConfig task, JsonNode entry, Aggregation otherwise) {
        if (!entry.has("aggregation")) return otherwise;
        try {
            return Aggregation.of(entry.get("aggregation").asText());
        } catch (IllegalArgumentException e) {
            throw new TaskException("The task " + task.name() + ": " + e.getMessage());
        }
    }

    private static MetricSpec usual(String name, JsonNode options) {
        var known = KNOWN.get(name);
        return new MetricSpec(name, known.aggregation, known.higherIsBetter, options);
    }

    private static TaskException unknown(TaskConfig task, String name, OutputType type) {
        var those = KNOWN.entrySet().stream().filter(e -> e.getValue().types.contains(type)).map(Map.Entry::getKey).sorted().toList();
        return new TaskException("The task " + task.name() + " wants the metric " + name + " of " + type.id() + "; there are "
                + String.join(", ", those) + ".");
    }
}
