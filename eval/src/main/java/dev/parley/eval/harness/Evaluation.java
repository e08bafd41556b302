package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.harness.EvaluationResult.GroupResult;
import dev.parley.eval.harness.EvaluationResult.SampleResult;
import dev.parley.eval.harness.EvaluationResult.TaskResult;
import dev.parley.eval.metrics.StandardErrors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Runs tasks on a model.
 *
 * <pre>{@code
 * var suite = TaskIndex.of(List.of(Path.of("tasks"))).select(List.of("arc_easy", "blimp"));
 * try (var responder = new ModelResponder(model, tokenizer, settings)) {
 *     var result = Evaluation.of(suite, Evaluation.Options.DEFAULT).run(responder, (done, all) -> {});
 *     result.figure("arc_easy", "acc_norm").ifPresent(f -> System.out.println(f.value() + " ± " + f.error().orElse(Double.NaN)));
 * }
 * }</pre>
 *
 * All requests of all tasks are asked together, so that they share passes of the model.
 */
public final class Evaluation {

    private static final String RULES_OF = "lm-evaluation-harness 0.4.13"; // whose prompts, metrics and errors these are

    private final TaskIndex.Suite suite;
    private final Options options;
    private final List<HarnessTask> tasks = new ArrayList<>();

    /**
     * What a run is to do beside its tasks.
     *
     * @param limit documents of each task: a number, below 1 a part of them; 0 for all
     * @param bootstrapIterations of standard errors that are found by resampling
     * @param generation changes of generation_kwargs; missing for none
     * @param datasets folders of data sets by the names that tasks have for them
     * @param responses the file that makes a run resumable; empty for none
     */
    public record Options(PromptSettings prompts, double limit, int bootstrapIterations, JsonNode generation, Map<String, Path> datasets,
            Optional<Path> responses) {

        /** All documents, each answered anew. */
        public static final Options DEFAULT = new Options(PromptSettings.DEFAULT, 0, StandardErrors.BOOTSTRAP_ITERATIONS,
                MissingNode.getInstance(), Map.of(), Optional.empty());

        /** The same for the first documents of each task only. */
        public Options withLimit(double limit) {
            return new Options(prompts, limit, bootstrapIterations, generation, datasets, responses);
        }

        /** The same with a file that keeps responses, from which a killed run goes on. */
        public Options withResponses(Path file) {
            return new Options(prompts, limit, bootstrapIterations, generation, datasets, Optional.of(file));
        }
    }

    /** Hears how far a run is. */
    @FunctionalInterface
    public interface Progress {

        /**
         * @param done requests, also those that an earlier run has answered
         */
        void at(long done, long all);
    }

    private Evaluation(TaskIndex.Suite suite, Options options) {
        this.suite = suite;
        this.options = options;
        var datasets = new Datasets(options.datasets);
        for (var config : suite.tasks()) tasks.add(new HarnessTask(config, datasets, options.prompts, options.generation));
    }

    /**
     * Reads the tasks' data.
     *
     * @throws TaskException if a task cannot be run; nothing has been asked then
     */
    public static Evaluation of(TaskIndex.Suite suite, Options options) {
        if (suite.tasks().isEmpty()) throw new TaskException("No task is chosen.");
        return new Evaluation(suite, options);
    }

    /** Asks what has not been answered yet, and makes figures of all answers. */
    public EvaluationResult run(Respondent responder, Progress progress) {
        var samples = tasks.stream().map(t -> t.samples(options.limit)).toList();
        var all = samples.stream().flatMap(List::stream).toList();
        var responses = options.responses.isPresent() ? resumed(all, responder, progress, options.responses.get())
                : answered(all, responder, progress, 0, (sample, made) -> {});
        var results = new ArrayList<TaskResult>();
        for (int i = 0; i < tasks.size(); i++) results.add(result(tasks.get(i), samples.get(i), responses));
        return new EvaluationResult(results, suite.groups().stream().map(g -> group(g, results)).toList(), settings(responder));
    }

    private Map<Sample, List<JsonNode>> resumed(List<Sample> samples, Respondent responder, Progress progress, Path file) {
        var responses = new LinkedHashMap<Sample, List<JsonNode>>();
        try (var known = new ResponseFile(file, responder.settings().toString())) {
            for (var sample : samples) known.responses(sample).ifPresent(r -> responses.put(sample, r));
            var before = responses.keySet().stream().mapToLong(s -> s.requests().size()).sum();
            var missing = samples.stream().filter(s -> !responses.containsKey(s)).toList();
            responses.putAll(answered(missing, responder, progress, before, known::add));
        }
        return responses;
    }

    @FunctionalInterface
    private interface Keeper {
        void keep(Sample sample, List<JsonNode> responses);
    }

    private static Map<Sample, List<JsonNode>> answered(List<Sample> samples, Respondent responder, Progress progress, long before,
            Keeper keeper) {
        record Place(Sample sample, int at) {}
        var places = new ArrayList<Place>();
        var requests = new ArrayList<Request>();
        for (var sample : samples) {
            for (int i = 0; i < sample.requests().size(); i++) places.add(new Place(sample, i));
            requests.addAll(sample.requests());
        }
        var responses = new IdentityHashMap<Sample, JsonNode[]>();
        samples.forEach(s -> responses.put(s, new JsonNode[s.requests().size()]));
        var missing = new IdentityHashMap<Sample, Integer>();
        samples.forEach(s -> missing.put(s, s.requests().size()));
        var done = new long[] {before};
        progress.at(before, before + requests.size());
        responder.respond(requests, (index, response) -> {
            var place = places.get(index);
            responses.get(place.sample)[place.at] = response;
            if (missing.merge(place.sample, -1, Integer::sum) == 0) keeper.keep(place.sample, List.of(responses.get(place.sample)));
            progress.at(++done[0], before + requests.size());
        });
        var all = new LinkedHashMap<Sample, List<JsonNode>>();
        responses.forEach((sample, made) -> all.put(sample, List.of(made)));
        return all;
    }

    // ---- figures ----

    private TaskResult result(HarnessTask task, List<Sample> samples, Map<Sample, List<JsonNode>> responses) {
        var scores = new SampleScores(task.config(), task.metrics());
        var results = new ArrayList<SampleResult>();
        var figures = new LinkedHashMap<String, List<double[]>>();
        for (var sample : samples) {
            var answers = new LinkedHashMap<String, List<JsonNode>>();
            var metrics = new LinkedHashMap<String, double[]>();
            var made = responses.get(sample);
            for (var filter : task.filters()) {
                var answer = made.stream()
                        .map(r -> sample.requests().getFirst() instanceof Request.Generate ? filter.apply(r, sample.document()) : r)
                        .toList();
                answers.put(filter.name(), answer);
                scores.of(sample, answer).forEach((metric, numbers) -> {
                    metrics.put(metric + "," + filter.name(), numbers);
                    figures.computeIfAbsent(metric + "," + filter.name(), k -> new ArrayList<>()).add(numbers);
                });
            }
            results.add(new SampleResult(sample, made, answers, metrics));
        }
        var ordered = new ArrayList<Figure>();
        for (var metric : task.metrics()) for (var filter : task.filters())
            Optional.ofNullable(figures.get(metric.name() + "," + filter.name()))
                    .ifPresent(numbers -> ordered.add(figure(metric, filter.name(), numbers)));
        return new TaskResult(task.config(), task.numFewshot(), task.size(), ordered, results);
    }

    private Figure figure(MetricSpec metric, String filter, List<double[]> numbers) {
        var stderr = StandardErrors.of(metric.aggregation(), numbers, options.bootstrapIterations);
        return new Figure(metric.name(), filter, metric.aggregation().of(numbers), stderr,
                stderr.isPresent() ? OptionalDouble.empty() : StandardErrors.linearised(metric.aggregation(), numbers), numbers.size(),
                metric.higherIsBetter());
    }

    private static GroupResult group(TaskGroup group, List<TaskResult> results) {
        var below = results.stream().filter(r -> group.tasks().contains(r.name())).toList();
        var figures = new ArrayList<Figure>();
        for (var aggregate : group.aggregates()) {
            var filters = aggregate.filters().isEmpty()
                    ? below.stream().flatMap(r -> r.figures().stream()).filter(f -> f.metric().equals(aggregate.metric()))
                            .map(Figure::filter)
                            .distinct().sorted().toList()
                    : aggregate.filters();
            for (var filter : filters) joined(below, aggregate, filter).ifPresent(figures::add);
        }
        return new GroupResult(group, figures);
    }

    private static Optional<Figure> joined(List<TaskResult> below, TaskGroup.Aggregate aggregate, String filter) {
        var parts = below.stream().flatMap(r -> r.figures().stream())
                .filter(f -> f.metric().equals(aggregate.metric()) && f.filter().equals(filter)).toList();
        if (parts.isEmpty()) return Optional.empty();
        double sum = 0, weights = 0;
        for (var part : parts) {
            var weight = aggregate.weightBySize() ? part.n() : 1;
            sum += part.value() * weight;
            weights += weight;
        }
        var stderr = parts.stream().allMatch(p -> p.stderr().isPresent()) ? OptionalDouble.of(joinedError(parts, aggregate))
                : OptionalDouble.empty();
        return Optional.of(new Figure(aggregate.metric(), filter, sum / weights, stderr, OptionalDouble.empty(),
                parts.stream().mapToLong(Figure::n).sum(), parts.getFirst().higherIsBetter()));
    }

    private static double joinedError(List<Figure> parts, TaskGroup.Aggregate aggregate) {
        var stderrs = parts.stream().mapToDouble(p -> p.stderr().getAsDouble()).toArray();
        if (!aggregate.weightBySize()) return StandardErrors.unweighted(stderrs);
        return StandardErrors.pooled(stderrs, parts.stream().mapToLong(Figure::n).toArray());
    }

    // ---- settings ----

    private ObjectNode settings(Respondent responder) {
        var settings = JsonNodeFactory.instance.objectNode();
        settings.put("rules_of", RULES_OF);
        settings.setAll(responder.settings());
        var prompts = options.prompts;
        if (options.limit > 0) settings.put("limit", options.limit);
        else settings.putNull("limit");
        prompts.numFewshot().ifPresentOrElse(n -> settings.put("num_fewshot", n), () -> settings.putNull("num_fewshot"));
        settings.put("fewshot_seed", prompts.seed()).put("bootstrap_iters", options.bootstrapIterations);
        settings.set("gen_kwargs", options.generation.isMissingNode() ? JsonNodeFactory.instance.nullNode() : options.generation);
        settings.put("apply_chat_template", prompts.chatTemplate().isPresent());
        settings.put("chat_template", prompts.chatTemplate().map(t -> t.source()).orElse(null));
        settings.put("fewshot_as_multiturn", prompts.chatTemplate().isPresent() && prompts.multiTurn());
        settings.put("system_instruction", prompts.systemInstruction().orElse(null));
        var notes = settings.putArray("notes");
        var undone = tasks.stream().filter(t -> t.config().yaml().path("should_decontaminate").asBoolean()).count();
        if (undone > 0)
            notes.add("should_decontaminate is set in " + undone
                    + " of the tasks; documents that the model has learned from are not looked for.");
        for (var task : tasks) notes(task.config()).forEach(notes::add);
        return settings;
    }

    /** What a reader of the figures should know. */
    private static List<String> notes(TaskConfig task) {
        var notes = new ArrayList<String>();
        for (var field : Arrays.asList("process_docs", "doc_to_text", "doc_to_target", "doc_to_choice", "process_results"))
            task.function(field).ifPresent(
                    f -> notes.add(task.name() + ": " + field + " is by Parley's replacement for the Python function " + f + "."));
        return notes;
    }
}
