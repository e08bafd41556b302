package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.harness.TaskConfig.OutputType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A task with its data, ready to be asked: documents in, samples with their requests out. */
final class HarnessTask {

    private final TaskConfig config;
    private final PromptSettings settings;
    private final JsonNode generation; // changes of generation_kwargs
    private final List<ObjectNode> documents;
    private final DocumentFields fields;
    private final PromptBuilder prompts;
    private final List<MetricSpec> metrics;
    private final List<FilterPipeline> filters;

    /**
     * @throws TaskException if its data is not there, or if it needs what we do not have
     */
    HarnessTask(TaskConfig config, Datasets datasets, PromptSettings settings, JsonNode generation) {
        this.config = config;
        this.settings = settings;
        this.generation = generation;
        metrics = MetricSpec.of(config);
        filters = FilterPipeline.of(config);
        checkFunction("process_results");
        documents = processed(datasets.split(config, config.evaluatedSplit()), config.value("process_docs"));
        fields = new DocumentFields(config, columns(documents));
        var pool = settings.fewshotOf(config) > 0 ? examples(datasets) : List.<ObjectNode>of();
        prompts = new PromptBuilder(config, fields, settings, new FewShotSampler(config, pool, settings.seed()));
    }

    private void checkFunction(String field) {
        var function = config.function(field);
        if (function.isPresent() && !StandIns.has(config, function.get()))
            config.checkNoFunction(field, config.value(field).orElseThrow());
    }

    private static Set<String> columns(List<ObjectNode> documents) {
        var columns = new HashSet<String>();
        documents.getFirst().fieldNames().forEachRemaining(columns::add);
        return columns;
    }

    private List<ObjectNode> examples(Datasets datasets) {
        var process = config.ofExamples("process_docs");
        var split = config.ofExamples("split").map(JsonNode::asText);
        if (split.isPresent()) return processed(datasets.split(config, split.get()), process);
        var written = config.yaml().path("fewshot_config").path("samples");
        if (!written.isMissingNode()) {
            config.checkNoFunction("fewshot_config.samples", written);
            var samples = new ArrayList<ObjectNode>();
            written.forEach(s -> samples.add((ObjectNode) s));
            return samples;
        }
        var usual = config.text("training_split").or(() -> config.text("validation_split")).orElseGet(config::evaluatedSplit);
        return processed(datasets.split(config, usual), config.value("process_docs"));
    }

    private List<ObjectNode> processed(List<ObjectNode> read, Optional<JsonNode> by) {
        if (by.isEmpty()) return read;
        var function = by.get().path(TaskYaml.FUNCTION).asText();
        if (!StandIns.has(config, function)) config.checkNoFunction("process_docs", by.get());
        return read.stream().map(d -> (ObjectNode) StandIns.of(config, function).apply(d)).toList();
    }

    TaskConfig config() {
        return config;
    }

    List<MetricSpec> metrics() {
        return metrics;
    }

    List<FilterPipeline> filters() {
        return filters;
    }

    int numFewshot() {
        return settings.fewshotOf(config);
    }

    /** All documents of the split. */
    int size() {
        return documents.size();
    }

    /**
     * The samples.
     *
     * @param limit of documents: a number, below 1 a part of them; 0 for all
     */
    List<Sample> samples(double limit) {
        var n = limit <= 0 ? size() : limit < 1 ? (int) Math.ceil(size() * limit) : (int) Math.min(size(), limit);
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < n; i++) samples.add(sample(i, documents.get(i)));
        return samples;
    }

    private Sample sample(int number, ObjectNode document) {
        var contexts = config.outputType() == OutputType.LOGLIKELIHOOD_ROLLING ? List.of("") : prompts.prompts(document);
        var target = fields.target(document, config.value("doc_to_target").orElseThrow(
                () -> new TaskException("The task " + config.name() + " has no doc_to_target.")));
        var choices = fields.hasChoices() ? prompts.choices(document) : List.<String>of();
        var requests = new ArrayList<Request>();
        switch (config.outputType()) {
            case LOGLIKELIHOOD -> requests.add(new Request.Likelihood(contexts.getFirst(), target.asText()));
            case LOGLIKELIHOOD_ROLLING -> requests.add(new Request.Rolling(target.asText()));
            case GENERATE_UNTIL -> requests.add(new Request.Generate(contexts.getFirst(), generation(), config.repeats()));
            case MULTIPLE_CHOICE -> requests.addAll(choiceRequests(contexts, target, choices));
        }
        var gold = contexts.size() > 1 ? fields.text(document, config.value("doc_to_text").orElseThrow()) : target;
        return new Sample(config.name(), number, document, target, gold, choices, requests);
    }

    private List<Request> choiceRequests(List<String> contexts, JsonNode target, List<String> choices) {
        var delimiter = settings.chatTemplate().isEmpty() || prefixNeedsDelimiter() ? config.targetDelimiter() : "";
        var requests = new ArrayList<Request>();
        if (contexts.size() > 1) {
            for (var context : contexts) requests.add(new Request.Likelihood(context, delimiter + target.asText()));
        } else {
            for (var choice : choices) requests.add(new Request.Likelihood(contexts.getFirst(), delimiter + choice));
        }
        if (metrics.stream().anyMatch(m -> m.name().equals("acc_mutual_info")))
            for (var choice : choices) requests.add(new Request.Likelihood("", delimiter + choice));
        return requests;
    }

    private boolean prefixNeedsDelimiter() {
        var prefix = config.text("gen_prefix").orElse("");
        return !prefix.isEmpty() && !Character.isWhitespace(prefix.charAt(prefix.length() - 1));
    }

    /** generation_kwargs with that tool's defaults and our caller's changes. */
    private JsonNode generation() {
        var made = JsonNodeFactory.instance.objectNode();
        var written = config.value("generation_kwargs");
        if (written.isPresent()) made.setAll((ObjectNode) written.get());
        else made.put("temperature", 0.0).put("do_sample", false).put("max_gen_toks", GenerationSettings.MAX_NEW_TOKENS);
        if (!made.has("until")) made.putArray("until").add(config.fewshotDelimiter());
        if (generation instanceof ObjectNode changes) made.setAll(changes);
        return made;
    }
}
