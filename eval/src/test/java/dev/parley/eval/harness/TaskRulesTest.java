package dev.parley.eval.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.report.Comparison;
import dev.parley.eval.report.HtmlReport;
import dev.parley.eval.report.ResultJson;
import dev.parley.eval.report.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskRulesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    /** Answers by a rule that anybody can compute: a continuation is the likelier the shorter it is. */
    private static final class Scripted implements Respondent {

        private final String name;
        private final List<Request> asked = new ArrayList<>();
        private int failAfter = Integer.MAX_VALUE;

        Scripted(String name) {
            this.name = name;
        }

        @Override
        public void respond(List<Request> requests, Listener listener) {
            for (int i = 0; i < requests.size(); i++) {
                if (i >= failAfter) throw new IllegalStateException("killed");
                asked.add(requests.get(i));
                listener.onResponse(i, switch (requests.get(i)) {
                    case Request.Likelihood r -> JSON.createArrayNode().add(-(double) r.continuation().length()).add(false);
                    case Request.Rolling r -> JSON.getNodeFactory().numberNode(-1.0 * r.text().length());
                    case Request.Generate r -> JSON.createArrayNode().add("said <b>" + r.context().length());
                });
            }
        }

        @Override
        public ObjectNode settings() {
            return JSON.createObjectNode().put("model", name);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private Path write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        return Files.writeString(folder.resolve(name), text);
    }

    private void task(String more) throws IOException {
        write("t/docs.jsonl",
                "{\"q\":\"one\",\"a\":\"x\",\"n\":0}\n{\"q\":\"two\",\"a\":\"yy\",\"n\":1}\n{\"q\":\"three\",\"a\":\"zzz\",\"n\":0}\n");
        write("t/t.yaml", "task: t\ndataset_path: json\ndataset_kwargs: {data_files: {test: docs.jsonl}}\ntest_split: test\n" + more);
    }

    private Evaluation evaluation(Evaluation.Options options) {
        return Evaluation.of(TaskIndex.of(List.of(folder.resolve("t"))).select(List.of("t")), options);
    }

    private String problem() {
        return assertThrows(TaskException.class, () -> evaluation(Evaluation.Options.DEFAULT).run(new Scripted("m"), (d, a) -> {}))
                .getMessage();
    }

    private static final String CHOICE = "output_type: multiple_choice\ndoc_to_text: '{{q}}'\ndoc_to_target: n\n"
            + "doc_to_choice: ['a', 'bb']\n";

    @Test
    void whatCannotRunIsToldByName() throws IOException {
        task("doc_to_text: !function utils.text\ndoc_to_target: a\n");
        assertTrue(problem().contains("!function utils.text") && problem().contains("doc_to_text"), problem());
        task(CHOICE + "process_docs: !function utils.process_docs\n");
        assertTrue(problem().contains("process_docs"), problem());
        task("doc_to_text: q\ndoc_to_target: a\nmetric_list: [{metric: ter}]\n");
        assertTrue(problem().contains("ter") && problem().contains("bleu, chrf, exact_match"), problem());
        task("doc_to_text: '{{missing.strip()}}'\ndoc_to_target: a\n");
        assertTrue(problem().contains("missing") && problem().contains("q, a, n"), problem());
        task("doc_to_text: '{{missing}}'\ndoc_to_target: a\n");
        assertTrue(problem().contains("'missing' is not defined"), problem());
        task(CHOICE + "fewshot_split: train\nnum_fewshot: 2\n");
        assertTrue(problem().contains("train"), problem());
        write("t/a.yaml", "include: b.yaml\n");
        write("t/b.yaml", "include: a.yaml\n");
        assertTrue(assertThrows(TaskException.class, () -> TaskYaml.read(folder.resolve("t/a.yaml"))).getMessage()
                .contains("includes itself"));
    }

    @Test
    void aKilledRunGoesOnAndOtherSettingsAskAnew() throws IOException {
        task(CHOICE);
        var responses = folder.resolve("out/responses.jsonl");
        var options = Evaluation.Options.DEFAULT.withResponses(responses);
        var killed = new Scripted("m");
        killed.failAfter = 5; // in the midst of the third document
        assertThrows(IllegalStateException.class, () -> evaluation(options).run(killed, (d, a) -> {}));
        Files.writeString(responses, "{\"of\":\"{\\\"model", StandardOpenOption.APPEND); // a line that was being written
        var resumed = new Scripted("m");
        var done = new ArrayList<Long>();
        var result = evaluation(options).run(resumed, (d, a) -> done.add(d));
        assertEquals(2, resumed.asked.size()); // the third document alone
        assertEquals(List.of(4L, 5L, 6L), done);
        var whole = evaluation(Evaluation.Options.DEFAULT).run(new Scripted("m"), (d, a) -> {});
        assertEquals(ResultJson.of(whole), ResultJson.of(result));
        var again = new Scripted("m");
        evaluation(options).run(again, (d, a) -> {});
        assertEquals(0, again.asked.size());
        var other = new Scripted("another model");
        evaluation(options).run(other, (d, a) -> {});
        assertEquals(6, other.asked.size());
        task(CHOICE.replace("{{q}}", "Q: {{q}}"));
        var changed = new Scripted("m");
        evaluation(options).run(changed, (d, a) -> {});
        assertEquals(6, changed.asked.size());
    }

    @Test
    void runsAreComparedSampleBySample() throws IOException {
        task(CHOICE + "metric_list: [{metric: acc}]\n");
        var shorter = evaluation(Evaluation.Options.DEFAULT).run(new Scripted("shorter"), (d, a) -> {});
        ResultJson.write(shorter, folder.resolve("first"));
        task(CHOICE.replace("'bb'", "''") + "metric_list: [{metric: acc}]\n"); // now the second choice is the shorter
        var limited = evaluation(Evaluation.Options.DEFAULT).run(new Scripted("</script><script>alert(1)</script>"), (d, a) -> {});
        ResultJson.write(limited, folder.resolve("second"));
        var comparison = Comparison.of(List.of(RunFolder.read(folder.resolve("first")), RunFolder.read(folder.resolve("second"))));
        var row = comparison.rows().getFirst();
        assertEquals(List.of(2 / 3.0, 1 / 3.0), row.values());
        var difference = row.differences().get(1);
        assertTrue(difference.paired());
        assertEquals(-1 / 3.0, difference.value(), 1e-12); // -1, +1, -1: deviation 2/sqrt(3), by sqrt(3)
        assertEquals(2 / 3.0, difference.error().getAsDouble(), 1e-12);
        assertTrue(comparison.differingSettings().containsKey("model"));
        var page = HtmlReport.of(comparison);
        assertEquals(page.indexOf("</script>"), page.lastIndexOf("</script>"), "what a name says is no tag");
    }

    @Test
    void filtersReadAnswersAsTheToolDoes() throws IOException {
        assertEquals("42", filtered("{function: regex, regex_pattern: '#### (\\-?[0-9\\.\\,]+)'}", "so #### 42"));
        assertEquals("[invalid]", filtered("{function: regex, regex_pattern: '#### (\\-?[0-9\\.\\,]+)'}", "so 42"));
        assertEquals("7", filtered("{function: regex, group_select: -1, regex_pattern: '(-?[$0-9.,]{2,})|(-?[0-9]+)'}", "12 and 7"));
        assertEquals("$1,000.",
                filtered("{function: regex, group_select: 0, regex_pattern: '(-?[$0-9.,]{2,})|(-?[0-9]+)'}", "$1,000. or 7"));
        assertEquals("b", filtered("{function: regex, regex_pattern: '(?P<letter>[[b])', fallback: none}", "ab"));
        assertEquals("abc", filtered("{function: remove_whitespace}", " abc\n"));
        assertEquals("good", filtered("{function: map, mapping_dict: {x: good}, default_value: bad}", "x"));
        assertEquals("bad", filtered("{function: map, mapping_dict: {x: good}, default_value: bad}", "y"));
        assertEquals("y", filtered("{function: majority_vote}", "x", "y", "y", "x", "y"));
        assertEquals("x", filtered("{function: majority_vote}", "x", "y", "y", "x"));
    }

    @Test
    void lettersOfChoicesAreFoundInThreeWays() throws IOException {
        var byLetter = "{function: multi_choice_regex, ignore_case: true, ignore_punctuation: true, "
                + "regex_pattern: '(\\([A-Z]\\))', group_select: %d}";
        assertEquals("(C)", filtered(byLetter.formatted(0), "It is (C), not (A)."));
        assertEquals("(A)", filtered(byLetter.formatted(-1), "It is (C), not (A)."));
        assertEquals("(B)", filtered(byLetter.formatted(0), "Surely THE ARNO!")); // its words, whatever their case and marks
        assertEquals("(C)", filtered(byLetter.formatted(0), "The answer: C"));
        assertEquals("[invalid]", filtered(byLetter.formatted(0), "The answer: E"));
        assertEquals("none", filtered("{function: multi_choice_regex, regex_pattern: 'x(y)', fallback: none}", "the arno")); // "The Arno."
    }

    private String filtered(String step, String... said) throws IOException {
        task("doc_to_text: q\ndoc_to_target: a\nfilter_list:\n  - name: f\n    filter: [" + step + ", {function: take_first}]\n");
        var config = TaskIndex.of(List.of(folder.resolve("t"))).select(List.of("t")).tasks().getFirst();
        var responses = JsonNodeFactory.instance.arrayNode();
        for (var text : said) responses.add(text);
        return FilterPipeline.of(config).getFirst()
                .apply(responses, JsonNodeFactory.instance.objectNode().set("choices",
                        JsonNodeFactory.instance.arrayNode().add("The Seine").add("The Arno.").add("The Po").add("The Po delta")))
                .asText();
    }

    @Test
    void literalsAreReadAsPythonPrintsThem() {
        assertEquals(Optional.of("[\"it's\",\"a \\\"b\\\"\",1,-2.5,true,null,[\"x\"]]"),
                PythonLiteral.parse("[\"it's\", 'a \"b\"', 1, -2.5, True, None, ('x',)]").map(JsonNode::toString));
        assertEquals(Optional.of(JSON.createArrayNode().add("line\nnext").add("\u00e9\u2028")),
                PythonLiteral.parse("['line\\nnext', '\\xe9\\u2028']"));
        for (var broken : new String[] {"[1 2]", "['a", "__import__('os')", "[1]]", "", "[" + "(".repeat(5000)})
            assertEquals(Optional.empty(), PythonLiteral.parse(broken), broken);
    }

    /** Expected by the functions of the tool's own task folders. */
    @Test
    void functionsOfKnownTasksHaveReplacements() throws IOException {
        write("wikitext/d.jsonl", "{\"page\":\" = Title = \\n A 1 @,@ 000 \\\" word \\\" ( here ) , it 's N .\"}\n");
        write("wikitext/w.yaml", "task: w\ndataset_path: json\ndataset_kwargs: {data_files: {test: d.jsonl}}\ntest_split: test\n"
                + "output_type: loglikelihood_rolling\ndoc_to_text: ''\ndoc_to_target: !function preprocess_wikitext.wikitext_detokenizer\n"
                + "process_results: !function preprocess_wikitext.process_results\n"
                + "metric_list: [{metric: word_perplexity}, {metric: byte_perplexity}, {metric: bits_per_byte}]\n");
        var config = TaskIndex.of(List.of(folder.resolve("wikitext"))).select(List.of("w")).tasks().getFirst();
        var task = new HarnessTask(config, new Datasets(Map.of()), PromptSettings.DEFAULT, MissingNode.getInstance());
        var text = " = Title =\nA 1,000 \"word\" (here), it's 1 .";
        assertEquals(new Request.Rolling(text), task.samples(0).getFirst().requests().getFirst());
        var result = Evaluation.of(new TaskIndex.Suite(List.of(config), List.of()), Evaluation.Options.DEFAULT).run(new Scripted("m"),
                (d, a) -> {});
        assertEquals(Math.exp(text.length() / 19.0), result.figure("w", "word_perplexity").orElseThrow().value(), 1e-9);
        assertTrue(result.settings().path("notes").toString().contains("wikitext_detokenizer"));
    }
}
