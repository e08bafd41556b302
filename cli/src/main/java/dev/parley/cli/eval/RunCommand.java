package dev.parley.cli.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.ModelOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.cli.WrongUsage;
import dev.parley.eval.harness.Evaluation;
import dev.parley.eval.harness.EvaluationResult;
import dev.parley.eval.harness.ModelResponder;
import dev.parley.eval.harness.PromptSettings;
import dev.parley.eval.harness.TaskIndex;
import dev.parley.eval.report.ResultJson;
import dev.parley.eval.report.ResultTable;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eval run}: a model's scores on tasks. */
@Command(name = "run", description = "Run tasks on a model, by the task files of lm-evaluation-harness as they are.",
        footer = {"", "Responses are kept in the folder of --out as they come: the same command goes on where a killed one was.",
            "The results there, results.json and samples_TASK.jsonl, have that tool's form.", "", "Examples:",
            "  ./parley eval run --model my-model --tasks arc_easy,mmlu --include-path lm_eval/tasks --out runs/my-model",
            "  ./parley eval run --model my-model --tasks my-task.yaml --num-fewshot 5 --limit 100 --json"})
final class RunCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private ModelOptions model;

    @Option(names = "--tasks", required = true, split = ",", paramLabel = "NAME",
            description = "Tasks, groups, tags, patterns such as blimp_*, or task files; separated by commas.")
    private List<String> tasks;

    @Option(names = {"--include-path", "--include_path"}, paramLabel = "DIR",
            description = "A folder of task files; may be given several times. That of a named task file is included.")
    private List<Path> folders = new ArrayList<>();

    @Option(names = {"--num-fewshot", "--num_fewshot"}, paramLabel = "N",
            description = "Examples before each question. Default: as the task says.")
    private Integer numFewshot;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "0",
            description = "Documents of each task: a number, or below 1 a part of them. Default: all.")
    private double limit;

    @Option(names = {"--apply-chat-template", "--apply_chat_template"}, description = "Put prompts into the model's chat template.")
    private boolean chat;

    @Option(names = {"--fewshot-as-multiturn", "--fewshot_as_multiturn"}, arity = "0..1", fallbackValue = "true", defaultValue = "true",
            paramLabel = "true|false", description = "In a chat, whether examples are turns of their own. Default: ${DEFAULT-VALUE}.")
    private boolean multiTurn;

    @Option(names = {"--system-instruction", "--system_instruction"}, paramLabel = "TEXT", description = "What every prompt begins with.")
    private String system;

    @Option(names = {"--gen-kwargs", "--gen_kwargs"}, paramLabel = "K=V", split = ",",
            description = "Changes of the tasks' generation_kwargs, such as max_gen_toks=64,temperature=0.7,do_sample=true.")
    private Map<String, String> generation = Map.of();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1234",
            description = "Seed of the drawing of examples. Default: ${DEFAULT-VALUE}, as that tool has it.")
    private long seed;

    @Option(names = {"--bootstrap-iters", "--bootstrap_iters"}, paramLabel = "N", defaultValue = "100000",
            description = "Resamples for standard errors that have no formula; 0 for no errors. Default: ${DEFAULT-VALUE}.")
    private int bootstrap;

    @Option(names = "--dataset", paramLabel = "NAME=DIR",
            description = "A folder that holds the data set of that name; may be given several times.")
    private Map<String, Path> datasets = Map.of();

    @Option(names = {"--out", "--output-path", "--output_path"}, paramLabel = "DIR",
            description = "Folder for responses, samples and results. Default: none are kept.")
    private Path out;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    RunCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        model.find(output);
        var tokenizer = model.requireTokenizer();
        for (var task : tasks)
            if (task.endsWith(".yaml")) folders.addFirst(Path.of(task).toAbsolutePath().getParent());
        var suite = TaskIndex.of(folders).select(tasks);
        var evaluation = Evaluation.of(suite, new Evaluation.Options(prompts(tokenizer), limit, bootstrap, generation(), datasets,
                Optional.ofNullable(out).map(o -> o.resolve("responses.jsonl"))));
        var settings = JsonNodeFactory.instance.objectNode();
        model.settings().forEach(settings::put);
        EvaluationResult result;
        try (var loaded = model.load(); var responder = new ModelResponder(loaded, tokenizer, settings)) {
            result = run(evaluation, responder);
        }
        if (out != null) ResultJson.write(result, out);
        result.settings().path("notes").forEach(note -> output.note(note.asText()));
        if (json) output.json(ResultJson.of(result));
        else ResultTable.of(result).forEach(output::line);
        return Parley.DONE;
    }

    private EvaluationResult run(Evaluation evaluation, ModelResponder responder) {
        var stopped = new AtomicBoolean();
        var bar = new Progress[1];
        try (var interruption = InterruptHandler.stops(() -> stopped.set(true), out == null ? "Stopping." : "Stopping; the same command "
                + "goes on from here.", output)) {
            return evaluation.run(responder, (done, all) -> {
                if (stopped.get()) throw new Interrupted("Interrupted.");
                if (bar[0] == null) bar[0] = Progress.of("eval", Math.max(1, all), output);
                bar[0].at(done, "");
            });
        } finally {
            if (bar[0] != null) bar[0].close();
        }
    }

    private PromptSettings prompts(Tokenizer tokenizer) {
        var template = chat ? Optional.of(tokenizer.chatTemplate().orElseThrow(
                () -> new WrongUsage("The model has no chat template; leave out --apply-chat-template."))) : Optional.<ChatTemplate>empty();
        return new PromptSettings(numFewshot == null ? OptionalInt.empty() : OptionalInt.of(numFewshot), seed, template,
                tokenizer.specialTokens(), multiTurn, Optional.ofNullable(system));
    }

    private JsonNode generation() {
        if (generation.isEmpty()) return MissingNode.getInstance();
        var changes = JsonNodeFactory.instance.objectNode();
        generation.forEach((name, value) -> {
            if (value.matches("-?\\d+")) changes.put(name, Integer.parseInt(value));
            else if (value.matches("-?\\d*\\.\\d+")) changes.put(name, Double.parseDouble(value));
            else if (value.matches("(?i)true|false")) changes.put(name, Boolean.parseBoolean(value));
            else changes.put(name, value);
        });
        return changes;
    }
}
