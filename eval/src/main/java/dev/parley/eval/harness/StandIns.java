package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What stands in for the Python functions of well-known tasks. A function is known by its task's folder and its name, since many tasks
 * call theirs {@code utils.process_docs}. Results name those that were used.
 */
final class StandIns {

    private static final Map<String, Function<ObjectNode, JsonNode>> ALL = Map.of(
            "hellaswag/utils.process_docs", StandIns::hellaswag,
            "wikitext/preprocess_wikitext.wikitext_detokenizer", d -> TextNode.valueOf(detokenized(d.path("page").asText())),
            "winogrande/preprocess_winogrande.doc_to_text", d -> IntNode.valueOf(d.path("answer").asText().equals("1") ? 0 : 1),
            "winogrande/preprocess_winogrande.doc_to_target", d -> TextNode.valueOf(afterBlank(d).strip()),
            "winogrande/preprocess_winogrande.doc_to_choice", StandIns::blankFilled);

    private static final Map<String, BiFunction<ObjectNode, List<JsonNode>, Map<String, double[]>>> RESULTS = Map.of(
            "wikitext/preprocess_wikitext.process_results", StandIns::wikitextResults,
            "longbench/metrics.get_qa_f1_score", (d, r) -> Map.of("qa_f1_score", new double[] {qaF1(d, r)}),
            "longbench/metrics.get_qa_f1_with_score",
            (d, r) -> Map.of("score", new double[] {qaF1(d, r)}, "qa_f1_score", new double[] {qaF1(d, r)}));

    private StandIns() {}

    private static String key(TaskConfig task, String function) {
        return task.folder().getFileName() + "/" + function;
    }

    static boolean has(TaskConfig task, String function) {
        return ALL.containsKey(key(task, function)) || RESULTS.containsKey(key(task, function));
    }

    /** What takes a document and gives what the Python function gives: for process_docs the new document. */
    static Function<ObjectNode, JsonNode> of(TaskConfig task, String function) {
        return ALL.get(key(task, function));
    }

    /** What takes a document and the responses and gives the numbers of each metric. */
    static BiFunction<ObjectNode, List<JsonNode>, Map<String, double[]>> results(TaskConfig task, String function) {
        return RESULTS.get(key(task, function));
    }

    private static JsonNode hellaswag(ObjectNode document) {
        var made = document.deepCopy();
        var second = document.path("ctx_b").asText();
        var capital = second.isEmpty() ? ""
                : second.substring(0, 1).toUpperCase(Locale.ROOT) + second.substring(1).toLowerCase(Locale.ROOT);
        made.put("query", plain(document.path("activity_label").asText() + ": " + document.path("ctx_a").asText() + " " + capital));
        var choices = made.putArray("choices");
        document.path("endings").forEach(e -> choices.add(plain(e.asText())));
        return made.put("gold", document.path("label").asInt());
    }

    private static String plain(String text) {
        return text.strip().replace(" [title]", ". ").replaceAll("\\[.*?\\]", "").replace("  ", " ");
    }

    /** Wikitext's spaces around punctuation and its marks in numbers, undone. */
    private static String detokenized(String text) {
        text = text.replace("s '", "s'").replaceAll("/' [0-9]/", "/'[0-9]/");
        for (var mark : List.of("-", ",", ".")) text = text.replace(" @" + mark + "@ ", mark);
        for (var mark : List.of(":", ";", ".", "!", "?", ",")) text = text.replace(" " + mark + " ", mark + " ");
        text = text.replaceAll("(?U)\\(\\s*([^\\)]*?)\\s*\\)", "($1)").replaceAll("(?U)\\[\\s*([^\\]]*?)\\s*\\]", "[$1]")
                .replaceAll("(?U)\\{\\s*([^}]*?)\\s*\\}", "{$1}").replaceAll("(?U)\"\\s*([^\"]*?)\\s*\"", "\"$1\"")
                .replaceAll("(?U)'\\s*([^']*?)\\s*'", "'$1'");
        return text.replace("= = = =", "====").replace("= = =", "===").replace("= =", "==").replace(" \u00b0 ", "\u00b0")
                .replace(" \n", "\n")
                .replace("\n ", "\n").replace(" N ", " 1 ").replace(" 's", "'s");
    }

    /** Words and bytes that count are those of the page as it was. */
    private static Map<String, double[]> wikitextResults(ObjectNode document, List<JsonNode> responses) {
        var page = document.path("page").asText();
        var logprob = responses.getFirst().asDouble();
        var bytes = page.getBytes(StandardCharsets.UTF_8).length;
        return Map.of("word_perplexity", new double[] {logprob, PythonRegex.compile("\\s+").parts(page)}, "byte_perplexity",
                new double[] {logprob, bytes}, "bits_per_byte", new double[] {logprob, bytes});
    }

    /** How far the words of an answer are those of the best of the right ones (Rajpurkar et al. 2016, arXiv:1606.05250). */
    private static double qaF1(ObjectNode document, List<JsonNode> responses) {
        var said = words(responses.getFirst().asText());
        var best = 0.0;
        for (var answer : document.path("answers")) {
            var right = words(answer.asText());
            var rest = new ArrayList<>(right);
            var common = (double) said.stream().filter(rest::remove).count();
            if (common > 0) best = Math.max(best, 2 * common / (said.size() + right.size()));
        }
        return best;
    }

    private static List<String> words(String text) {
        var plain = text.toLowerCase(Locale.ROOT).replaceAll("\\p{Punct}", "").replaceAll("(?U)\\b(a|an|the)\\b", " ");
        return Arrays.stream(plain.split("(?U)\\s+")).filter(w -> !w.isEmpty()).toList();
    }

    private static String afterBlank(ObjectNode document) {
        var sentence = document.path("sentence").asText();
        return sentence.substring(sentence.indexOf('_') + 1);
    }

    private static JsonNode blankFilled(ObjectNode document) {
        var sentence = document.path("sentence").asText();
        var before = sentence.substring(0, sentence.indexOf('_'));
        return JsonNodeFactory.instance.arrayNode().add(before + document.path("option1").asText())
                .add(before + document.path("option2").asText());
    }
}
