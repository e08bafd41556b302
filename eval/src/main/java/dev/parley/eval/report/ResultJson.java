package dev.parley.eval.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.harness.EvaluationResult;
import dev.parley.eval.harness.EvaluationResult.SampleResult;
import dev.parley.eval.harness.EvaluationResult.TaskResult;
import dev.parley.eval.harness.Figure;
import dev.parley.eval.harness.Request;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes what came of a run in the form of lm-evaluation-harness's own results, so that what reads those reads these: {@code results},
 * {@code groups}, {@code configs}, {@code versions}, {@code n-shot}, {@code higher_is_better}, {@code n-samples}, {@code config}.
 * Standard errors of ours, where that tool has none, are {@code METRIC_stderr_parley,FILTER}.
 */
public final class ResultJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** File of a run's figures, in its folder. */
    public static final String RESULTS = "results.json";

    private ResultJson() {}

    /** The figures and all settings. */
    public static ObjectNode of(EvaluationResult result) {
        var json = JSON.createObjectNode();
        var results = json.putObject("results");
        for (var task : result.tasks())
            results.set(task.name(), figures(task.config().alias(), task.figures(), task.samples().size()));
        var groups = JSON.createObjectNode();
        for (var group : result.groups()) {
            var figures = figures(group.group().alias(), group.figures(), group.figures().stream().mapToLong(Figure::n).max().orElse(0));
            results.set(group.group().name(), figures);
            if (!group.group().aggregates().isEmpty()) groups.set(group.group().name(), figures);
        }
        if (!groups.isEmpty()) json.set("groups", groups);
        var subtasks = json.putObject("group_subtasks");
        result.groups().forEach(g -> g.group().children().forEach(subtasks.putArray(g.group().name())::add));
        ObjectNode configs = json.putObject("configs"), versions = json.putObject("versions"), shots = json.putObject("n-shot"),
                higher = json.putObject("higher_is_better"), counts = json.putObject("n-samples");
        for (var task : result.tasks()) {
            configs.set(task.name(), task.config().yaml().deepCopy().put("num_fewshot", task.numFewshot()));
            versions.put(task.name(), task.config().version());
            shots.put(task.name(), task.numFewshot());
            counts.putObject(task.name()).put("original", task.documents()).put("effective", task.samples().size());
            var better = higher.putObject(task.name());
            task.figures().forEach(f -> better.put(f.metric(), f.higherIsBetter()));
        }
        result.groups().forEach(g -> versions.put(g.group().name(), g.group().version()));
        json.set("config", result.settings());
        return json;
    }

    private static ObjectNode figures(String alias, List<Figure> figures, long samples) {
        var json = JSON.createObjectNode().put("alias", alias).put("sample_len", samples);
        for (var figure : figures) {
            json.put(figure.key(), figure.value());
            var name = figure.metric() + "_stderr";
            if (figure.stderr().isPresent()) json.put(name + "," + figure.filter(), figure.stderr().getAsDouble());
            else json.put(name + "," + figure.filter(), "N/A");
            figure.linearised().ifPresent(e -> json.put(name + "_parley," + figure.filter(), e));
        }
        return json;
    }

    /** A sample as that tool logs it: one object for each filter. */
    static ObjectNode sample(SampleResult result, String filter) {
        var sample = result.sample();
        var json = JSON.createObjectNode().put("doc_id", sample.number());
        json.set("doc", sample.document());
        json.set("target", sample.target());
        var arguments = json.putArray("arguments");
        for (var request : sample.requests()) {
            switch (request) {
                case Request.Likelihood r -> arguments.addArray().add(r.context()).add(r.continuation());
                case Request.Rolling r -> arguments.addArray().add(r.text());
                case Request.Generate r -> arguments.addArray().add(r.context()).add(r.settings());
            }
        }
        result.responses().forEach(json.putArray("resps")::add);
        result.answers().get(filter).forEach(json.putArray("filtered_resps")::add);
        json.put("filter", filter);
        var metrics = json.putArray("metrics");
        result.metrics().forEach((key, numbers) -> {
            if (!key.endsWith("," + filter)) return;
            var metric = key.substring(0, key.length() - filter.length() - 1);
            metrics.add(metric);
            json.set(metric, numbers(numbers));
        });
        return json;
    }

    private static JsonNode numbers(double[] numbers) {
        if (numbers.length == 1) return JsonNodeFactory.instance.numberNode(numbers[0]);
        var array = JsonNodeFactory.instance.arrayNode();
        for (var number : numbers) array.add(number);
        return array;
    }

    /** Writes {@value #RESULTS} and, for each task, {@code samples_TASK.jsonl} with every sample, into a folder. */
    public static void write(EvaluationResult result, Path folder) throws IOException {
        for (var task : result.tasks()) DurableFile.write(folder.resolve(samplesFile(task.name())), samples(task));
        DurableFile.write(folder.resolve(RESULTS), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(of(result)) + "\n");
    }

    static String samplesFile(String task) {
        return "samples_" + task.replaceAll("[^\\w.-]", "_") + ".jsonl";
    }

    private static String samples(TaskResult task) throws JsonProcessingException {
        var lines = new StringBuilder();
        for (var sample : task.samples())
            for (var filter : sample.answers().keySet()) lines.append(JSON.writeValueAsString(sample(sample, filter))).append('\n');
        return lines.toString();
    }
}
