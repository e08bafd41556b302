package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.eval.metrics.TextOverlap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** What each metric makes of the responses to one sample: the numbers that are aggregated over all samples. */
final class SampleScores {

    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private static final int NO_CHOICE = -100;

    private final TaskConfig task;
    private final List<MetricSpec> metrics;

    SampleScores(TaskConfig task, List<MetricSpec> metrics) {
        this.task = task;
        this.metrics = metrics;
    }

    /**
     * @param responses of each request, filtered
     */
    Map<String, double[]> of(Sample sample, List<JsonNode> responses) {
        var function = task.function("process_results");
        if (function.isPresent()) return StandIns.results(task, function.get()).apply(sample.document(), responses);
        var made = new LinkedHashMap<String, double[]>();
        for (var metric : metrics) made.put(metric.name(), switch (task.outputType()) {
            case LOGLIKELIHOOD -> likelihood(metric, responses.getFirst());
            case LOGLIKELIHOOD_ROLLING -> rolling(metric, sample, responses.getFirst().asDouble());
            case MULTIPLE_CHOICE -> choice(metric, sample, responses);
            case GENERATE_UNTIL -> generated(metric, sample, responses.getFirst());
        });
        return made;
    }

    private static double[] likelihood(MetricSpec metric, JsonNode response) {
        return new double[] {metric.name().equals("acc") ? response.get(1).asBoolean() ? 1 : 0 : response.get(0).asDouble()};
    }

    private static double[] rolling(MetricSpec metric, Sample sample, double logprob) {
        var text = sample.target().asText();
        var words = metric.name().equals("word_perplexity");
        return new double[] {logprob,
            words ? PythonRegex.compile("\\s+").parts(text) : text.getBytes(StandardCharsets.UTF_8).length};
    }

    // ---- choices ----

    private static double[] choice(MetricSpec metric, Sample sample, List<JsonNode> responses) {
        var n = sample.choices().size();
        var gold = sample.gold();
        var scores = responses.stream().limit(sample.requests().size() == 2 * n ? n : responses.size())
                .mapToDouble(r -> r.get(0).asDouble()).toArray();
        return switch (metric.name()) {
            case "acc" -> right(sample, best(scores, i -> 1));
            case "acc_norm" ->
                right(sample, best(scores, i -> sample.choices().get(i).codePointCount(0, sample.choices().get(i).length())));
            case "acc_bytes" -> right(sample, best(scores, i -> sample.choices().get(i).getBytes(StandardCharsets.UTF_8).length));
            case "acc_mutual_info" -> {
                for (int i = 0; i < n; i++) scores[i] -= responses.get(n + i).get(0).asDouble();
                yield right(sample, best(scores, i -> 1));
            }
            case "exact_match" -> new double[] {golds(sample).anyMatch(g -> g != NO_CHOICE && responses.get(g).get(1).asBoolean()) ? 1 : 0};
            case "f1", "mcc" -> new double[] {number(sample, gold), best(scores, i -> 1)};
            default -> brier(number(sample, gold), scores);
        };
    }

    private static double[] right(Sample sample, int chosen) {
        return new double[] {golds(sample).anyMatch(g -> g == chosen) ? 1 : 0};
    }

    private static IntStream golds(Sample sample) {
        return sample.gold().isArray()
                ? StreamSupport.stream(sample.gold().spliterator(), false).mapToInt(g -> number(sample, g))
                : IntStream.of(number(sample, sample.gold()));
    }

    /** The number of a choice that is given by number or by its text. */
    private static int number(Sample sample, JsonNode gold) {
        if (gold.isTextual()) {
            var at = sample.choices().indexOf(gold.asText());
            return at < 0 ? NO_CHOICE : at;
        }
        return gold.asInt() < sample.choices().size() ? gold.asInt() : NO_CHOICE;
    }

    /** The first of the highest. */
    private static int best(double[] scores, ToDoubleFunction<Integer> length) {
        var best = 0;
        for (int i = 1; i < scores.length; i++)
            if (scores[i] / length.applyAsDouble(i) > scores[best] / length.applyAsDouble(best)) best = i;
        return best;
    }

    private static double[] brier(int gold, double[] scores) {
        var sample = new double[scores.length + 1];
        sample[0] = gold;
        var highest = Arrays.stream(scores).max().orElse(0);
        var sum = 0.0;
        for (var score : scores) sum += Math.exp(score - highest);
        for (int i = 0; i < scores.length; i++) sample[i + 1] = Math.exp(scores[i] - highest) / sum;
        return sample;
    }

    // ---- texts ----

    private double[] generated(MetricSpec metric, Sample sample, JsonNode response) {
        var said = (response.isArray() && !response.isEmpty() ? response.get(0) : response).asText();
        var target = sample.choices().isEmpty() || !sample.target().isIntegralNumber() ? sample.target()
                : TextNode.valueOf(sample.choices().get(sample.target().asInt()));
        if (metric.name().equals("exact_match")) return new double[] {isAmong(target, said, metric.options()) ? 1 : 0};
        if (target.isArray())
            throw new TaskException("The task " + task.name() + " has several targets, and " + metric.name() + " is of one here.");
        return metric.name().equals("bleu") ? TextOverlap.bleu(target.asText(), said) : TextOverlap.chrf(target.asText(), said);
    }

    private static boolean isAmong(JsonNode target, String said, JsonNode options) {
        for (var one : target.isArray() ? target : List.of(target)) if (matches(one.asText(), said, options)) return true;
        return false;
    }

    private static boolean matches(String target, String said, JsonNode options) {
        return plain(target, options).equals(plain(said, options));
    }

    private static String plain(String text, JsonNode options) {
        for (var regex : options.path("regexes_to_ignore")) text = PythonRegex.compile(regex.asText()).replaceAll(text, "");
        if (options.path("ignore_case").asBoolean()) text = text.toLowerCase(Locale.ROOT);
        if (options.path("ignore_punctuation").asBoolean()) text = without(text, PUNCTUATION);
        if (options.path("ignore_numbers").asBoolean()) text = without(text, "0123456789");
        return text;
    }

    private static String without(String text, String characters) {
        var kept = new StringBuilder();
        text.chars().filter(c -> characters.indexOf(c) < 0).forEach(c -> kept.append((char) c));
        return kept.toString();
    }
}
