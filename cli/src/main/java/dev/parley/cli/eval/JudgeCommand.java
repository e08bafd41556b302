package dev.parley.cli.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.eval.harness.ModelResponder;
import dev.parley.eval.judge.Agreement;
import dev.parley.eval.judge.Judge;
import dev.parley.eval.judge.Judge.Verdict;
import dev.parley.files.DurableFile;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval judge}: a model's verdicts on answers, and how well it agrees with people. */
@Command(name = "judge", description = "Have a model judge answers, and say how far to trust it.",
        footer = {"",
            "Each line of the file is an item: {\"prompt\":...,\"answer\":...}, and what else the template reads. A samples_TASK.jsonl "
                    + "of eval run will do, with a template for its fields.",
            "Where items have a label, given by people, the judge's agreement with it is told: Cohen's kappa with an interval of 95 %%.",
            "",
            "Example:", "  ./parley eval judge answers.jsonl --judge-model Qwen/Qwen3-4B --label label --out judged.jsonl"})
final class JudgeCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_TOKENS = 256;

    private final Output output;

    @Parameters(paramLabel = "FILE", description = "Items, a line of JSON each.")
    private Path file;

    @Option(names = "--judge-model", required = true, paramLabel = "DIR|ORG/NAME", description = "The model that judges.")
    private String name;

    @Mixin
    private EngineOptions engine;

    @Option(names = "--template", paramLabel = "FILE",
            description = "What the judge is asked, a Jinja template over an item's fields. Default: whether the answer is good or bad.")
    private Path template;

    @Option(names = "--verdict", paramLabel = "REGEX", defaultValue = Judge.DEFAULT_VERDICT,
            description = "Finds the verdict in what the judge says: the first group of the last match. Default: what follows Verdict, "
                    + "Score or Rating.")
    private Pattern verdict;

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Tokens that the judge may say. Default: "
            + MOST_TOKENS + ", or half of what it reads at most.")
    private Optional<Integer> tokens = Optional.empty();

    @Option(names = "--label", paramLabel = "FIELD", defaultValue = "label",
            description = "The field with people's verdicts. Default: ${DEFAULT-VALUE}.")
    private String label;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the items with verdict and what the judge said.")
    private Path out;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    JudgeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var items = items();
        var folder = Downloads.model(name, output);
        var tokenizer = EngineOptions.requireTokenizer(folder);
        var question = template == null ? Judge.template(Judge.DEFAULT_TEMPLATE, "the default template")
                : Judge.template(Files.readString(template), template.toString());
        List<Verdict> verdicts;
        try (var model = engine.load(folder);
                var responder = new ModelResponder(model, tokenizer, JsonNodeFactory.instance.objectNode().put("model", name));
                var progress = Progress.of("judge", items.size(), output)) {
            var done = new int[1];
            int most = tokens.orElse(Math.min(MOST_TOKENS, model.config().maxPositionEmbeddings() / 2));
            verdicts = new Judge(responder, question, verdict, prompt(tokenizer), most).verdicts(items,
                    (i, response) -> progress.at(++done[0], ""));
        }
        if (out != null) DurableFile.write(out, verdicts.stream().map(JudgeCommand::line).collect(Collectors.joining("\n", "", "\n")));
        tell(verdicts);
        return Parley.DONE;
    }

    private List<ObjectNode> items() throws IOException {
        var items = new ArrayList<ObjectNode>();
        var number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) items.add(item(line, number));
        }
        if (items.isEmpty()) throw new IllegalArgumentException(file + " has no items.");
        return items;
    }

    private ObjectNode item(String line, int number) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode item) return item;
        } catch (JsonProcessingException e) {
            // told below
        }
        throw new IllegalArgumentException(file + ", line " + number + ": this is no JSON object.");
    }

    /** As a turn in the model's chat, where it has a template for one. */
    static UnaryOperator<String> prompt(Tokenizer tokenizer) {
        return text -> tokenizer.chatTemplate().map(t -> t.text(ChatTemplateInput.of(List.of(Message.user(text))).withGenerationPrompt(true)
                .withSpecialTokens(tokenizer.specialTokens()))).orElse(text);
    }

    private static String line(Verdict verdict) {
        var line = verdict.item().deepCopy().put("said", verdict.said());
        verdict.verdict().ifPresentOrElse(v -> line.put("verdict", v), () -> line.putNull("verdict"));
        return line.toString();
    }

    private void tell(List<Verdict> verdicts) {
        var counts = new TreeMap<String, Integer>();
        verdicts.forEach(v -> counts.merge(v.verdict().orElse("(none found)"), 1, Integer::sum));
        var both = verdicts.stream().filter(v -> v.verdict().isPresent() && v.item().hasNonNull(label)).toList();
        if (verdicts.stream().allMatch(v -> v.verdict().isEmpty()))
            output.note("The judge gave no verdict that --verdict finds; --out FILE keeps what it said.");
        var result = JsonNodeFactory.instance.objectNode().put("judge", name).put("items", verdicts.size());
        counts.forEach(result.putObject("verdicts")::put);
        if (!both.isEmpty()) {
            var labels = both.stream().map(v -> v.item().get(label).asText().strip().toLowerCase(Locale.ROOT)).toList();
            var given = both.stream().map(v -> v.verdict().orElseThrow()).toList();
            checkWords(labels, given);
            var agreement = Agreement.of(labels, given);
            result.putObject("agreement").put("n", agreement.n()).put("observed", agreement.observed()).put("kappa", agreement.kappa())
                    .put("stderr", agreement.stderr()).put("low", agreement.low()).put("high", agreement.high());
        }
        if (json) output.json(result);
        else print(counts, result, verdicts.size());
    }

    private void print(TreeMap<String, Integer> counts, ObjectNode result, int items) {
        counts.forEach(
                (verdict, count) -> output.line(String.format(Locale.ROOT, "%-20s %5d  %5.1f %%", verdict, count, 100.0 * count / items)));
        var agreement = result.path("agreement");
        if (agreement.isMissingNode()) return;
        output.line(String.format(Locale.ROOT, "agrees with \"%s\" on %.1f %% of %d items; %s", label,
                100 * agreement.path("observed").asDouble(), agreement.path("n").asInt(), kappa(agreement)));
    }

    private static String kappa(JsonNode agreement) {
        if (Double.isNaN(agreement.path("kappa").asDouble())) return "all have one label, which tells nothing of chance";
        return String.format(Locale.ROOT, "kappa %.3f [%.3f, %.3f]", agreement.path("kappa").asDouble(), agreement.path("low").asDouble(),
                agreement.path("high").asDouble());
    }

    /** Labels and verdicts in words of their own never agree, and the figure would look like a bad judge's. */
    private void checkWords(List<String> labels, List<String> given) {
        if (labels.stream().noneMatch(given::contains)) output.note("No label of people is a verdict: \"" + label + "\" has "
                + String.join(", ", new TreeSet<>(labels)) + ", the judge says " + String.join(", ", new TreeSet<>(given))
                + ". Ask for the same words by --template.");
    }
}
