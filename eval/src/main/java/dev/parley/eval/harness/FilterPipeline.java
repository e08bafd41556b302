package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The steps that make an answer of what a model said, under a name: one task may read answers in several ways. */
final class FilterPipeline {

    /** What becomes of the responses to a request: a list of repeats, until a step takes one of them. */
    @FunctionalInterface
    private interface Step {
        JsonNode apply(JsonNode responses, JsonNode document);

        static Step of(UnaryOperator<JsonNode> change) {
            return (responses, document) -> change.apply(responses);
        }
    }

    static final String USUAL_REGEX = "#### (\\-?[0-9\\.\\,]+)";

    private final String name;
    private final List<Step> steps;

    private FilterPipeline(String name, List<Step> steps) {
        this.name = name;
        this.steps = steps;
    }

    /** The pipelines of a task: its own, else the one that takes the first response as it is, named "none". */
    static List<FilterPipeline> of(TaskConfig task) {
        var written = task.value("filter_list");
        if (written.isEmpty()) return List.of(new FilterPipeline("none", List.of(Step.of(FilterPipeline::first))));
        var pipelines = new ArrayList<FilterPipeline>();
        for (var pipeline : written.get()) {
            var steps = new ArrayList<Step>();
            pipeline.path("filter").forEach(step -> steps.add(step(task, step)));
            pipelines.add(new FilterPipeline(pipeline.path("name").asText(), steps));
        }
        return pipelines;
    }

    private static Step step(TaskConfig task, JsonNode step) {
        task.checkNoFunction("filter_list", step.path("function"));
        step.properties().forEach(p -> task.checkNoFunction("filter_list", p.getValue()));
        var function = step.path("function").asText();
        return switch (function) {
            case "take_first" -> Step.of(FilterPipeline::first);
            case "take_first_k" -> Step.of(responses -> firstOnes(responses, step.path("k").asInt(1)));
            case "majority_vote" -> Step.of(FilterPipeline::majority);
            case "remove_whitespace" -> each(String::strip);
            case "lowercase" -> each(t -> t.toLowerCase(Locale.ROOT));
            case "uppercase" -> each(t -> t.toUpperCase(Locale.ROOT));
            case "map" -> Step.of(mapped(step.path("mapping_dict"), step.path("default_value")));
            case "regex" -> regex(step);
            case "multi_choice_regex" -> {
                var choices = ChoiceRegex.of(step);
                yield (responses, document) -> each(said -> choices.apply(said, document)).apply(responses, document);
            }
            default -> throw new TaskException("The task " + task.name() + " uses the filter " + function
                    + "; there are regex, multi_choice_regex, take_first, take_first_k, remove_whitespace, lowercase, uppercase, map "
                    + "and majority_vote.");
        };
    }

    String name() {
        return name;
    }

    JsonNode apply(JsonNode responses, JsonNode document) {
        for (var step : steps) responses = step.apply(responses, document);
        return responses;
    }

    private static JsonNode first(JsonNode responses) {
        return responses.isArray() && !responses.isEmpty() ? responses.get(0) : NullNode.instance;
    }

    private static JsonNode firstOnes(JsonNode responses, int k) {
        if (responses.size() < k)
            throw new TaskException(
                    "The filter take_first_k takes " + k + " of " + responses.size() + " responses; ask for more by repeats.");
        var firstOnes = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < k; i++) firstOnes.add(responses.get(i));
        return firstOnes;
    }

    /** The most frequent; of several the first. */
    private static JsonNode majority(JsonNode responses) {
        Map<JsonNode, Integer> counts = new LinkedHashMap<>();
        responses.forEach(r -> counts.merge(r, 1, Integer::sum));
        var most = counts.values().stream().max(Comparator.naturalOrder()).orElse(0);
        var vote = counts.entrySet().stream().filter(e -> e.getValue().equals(most)).findFirst();
        return JsonNodeFactory.instance.arrayNode().add(vote.map(Map.Entry::getKey).orElse(NullNode.instance));
    }

    private static Step each(UnaryOperator<String> change) {
        return (responses, document) -> {
            var changed = JsonNodeFactory.instance.arrayNode();
            for (var response : responses instanceof ArrayNode list ? list : List.of(responses))
                changed.add(response.isTextual() ? TextNode.valueOf(change.apply(response.asText())) : response);
            return responses.isArray() ? changed : changed.get(0);
        };
    }

    private static UnaryOperator<JsonNode> mapped(JsonNode mapping, JsonNode otherwise) {
        return responses -> {
            var mapped = JsonNodeFactory.instance.arrayNode();
            responses.forEach(r -> mapped.add(mapping.has(r.asText()) ? mapping.get(r.asText())
                    : otherwise.isMissingNode() ? NullNode.instance : otherwise));
            return mapped;
        };
    }

    /** The chosen match, counted from the end where negative; of its groups the first that is not empty. */
    private static Step regex(JsonNode step) {
        var regex = PythonRegex.compile(step.path("regex_pattern").asText(USUAL_REGEX));
        var select = step.path("group_select").asInt(0);
        var fallback = step.path("fallback").asText("[invalid]");
        return each(text -> {
            var found = regex.findAll(text);
            if (found.isEmpty()) return fallback;
            var groups = selected(found, select, step);
            if (groups.size() == 1) return groups.getFirst().strip();
            return groups.stream().filter(g -> !g.isEmpty()).findFirst().orElse(fallback).strip();
        });
    }

    /** The chosen match's groups. */
    static List<String> selected(List<List<String>> found, int select, JsonNode step) {
        var at = select < 0 ? found.size() + select : select;
        if (at < 0 || at >= found.size())
            throw new TaskException("A filter selects match " + select + " of " + found.size() + " of " + step.path("regex_pattern") + ".");
        return found.get(at);
    }
}
