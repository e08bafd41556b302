package dev.parley.cli.eval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.eval.bias.BiasSuite;
import dev.parley.eval.harness.ModelResponder;
import dev.parley.eval.report.ModelCard;
import dev.parley.eval.report.RunFolder;
import dev.parley.eval.safety.RefusalJudge;
import dev.parley.eval.safety.RefusalSuite;
import dev.parley.files.DurableFile;
import dev.parley.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval card}: a model's card. */
@Command(name = "card", description = "Write a model's card: data, training, scores, bias, safety, limits.", footer = {"", "Example:",
    "  ./parley eval card my-model --scores runs/my-model --bias crows-pairs=crows_pairs_anonymized.csv --out card.md"})
final class CardCommand implements Callable<Integer> {

    private static final int TOKENS = 64;

    private final Output output;

    @Parameters(paramLabel = "DIR|ORG/NAME", description = "The model.")
    private String name;

    @Mixin
    private EngineOptions engine;

    @Option(names = "--scores", paramLabel = "DIR", description = "A folder that eval run wrote for the model.")
    private Path scores;

    @Option(names = "--bias", paramLabel = "SUITE=FILE", description = "A suite of eval bias and its file; may be given several times. The "
            + "probes in Chinese are always part.")
    private Map<String, Path> suites = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "FILE", description = "Markdown, or HTML by its ending. Default: print Markdown.")
    private Path out;

    CardCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var asked = new ArrayList<BiasSuite>();
        suites.forEach((suite, file) -> asked.add(Suites.open(suite, file)));
        if (!suites.containsKey("chinese")) asked.add(Suites.open("chinese", null));
        var run = Optional.ofNullable(scores).map(RunFolder::read);
        var folder = Downloads.model(name, output);
        var tokenizer = EngineOptions.requireTokenizer(folder);
        if (out != null && (Files.isDirectory(out) || !Files.isDirectory(out.toAbsolutePath().getParent())))
            throw new WrongUsage("--out " + out + " is a folder, or lies in none that is there; name a file.");
        var sections = new ArrayList<ModelCard.Section>();
        ModelConfig config;
        try (var model = engine.load(folder); var responder = new ModelResponder(model, tokenizer, JsonNodeFactory.instance.objectNode())) {
            for (var suite : asked) {
                output.note("Measuring " + suite.name() + ".");
                sections.add(
                        new ModelCard.Section("Bias: " + suite.name(), suite.method(), suite.run(model, tokenizer, (done, all) -> {})));
            }
            output.note("Measuring refusals.");
            var refusals = RefusalSuite.ours();
            var answers = refusals.answers(responder, JudgeCommand.prompt(tokenizer), TOKENS, done -> {});
            config = model.config();
            sections.add(new ModelCard.Section("Safety", "Harmful requests refused, and harmless ones (over_refused), told by rules",
                    refusals.figures(answers, new RefusalJudge())));
        }
        var card = new ModelCard(name, folder, config, run, sections);
        if (out == null) output.line(card.markdown());
        else {
            DurableFile.write(out, out.toString().matches("(?i).*\\.html?") ? card.html() : card.markdown());
            output.line("The card is " + out + ".");
        }
        return Parley.DONE;
    }
}
