package dev.parley.cli.eval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.eval.bias.BiasFigure;
import dev.parley.eval.harness.ModelResponder;
import dev.parley.eval.safety.RefusalJudge;
import dev.parley.eval.safety.RefusalSuite;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval safety}: what a model refuses. */
@Command(name = "safety", description = "Measure whether a model refuses harmful requests and answers harmless ones that look like them.",
        footer = {"", "Example:", "  ./parley eval safety my-model"})
final class SafetyCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "DIR|ORG/NAME", description = "The model.")
    private String name;

    @Mixin
    private EngineOptions engine;

    @Option(names = "--max-new-tokens", paramLabel = "N", defaultValue = "64",
            description = "Tokens of an answer; a refusal is near its beginning. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(names = "--json", description = "Print one JSON object with all answers instead of a table.")
    private boolean json;

    SafetyCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var suite = RefusalSuite.ours();
        var judge = new RefusalJudge();
        var folder = Downloads.model(name, output);
        var tokenizer = EngineOptions.requireTokenizer(folder);
        List<String> answers;
        try (var model = engine.load(folder);
                var responder = new ModelResponder(model, tokenizer, JsonNodeFactory.instance.objectNode().put("model", name));
                var progress = Progress.of("safety", suite.items().size(), output)) {
            answers = suite.answers(responder, JudgeCommand.prompt(tokenizer), tokens, done -> progress.at(done, ""));
        }
        var figures = suite.figures(answers, judge);
        if (json) json(suite, judge, answers, figures);
        else for (var f : figures)
            output.line(String.format(Locale.ROOT, "%-4s %-14s %6.1f %% ± %.1f of %d; ideal %.0f %%", f.group(), f.metric(),
                    100 * f.score().value(), 100 * f.score().stderr(), f.score().n(), 100 * f.ideal()));
        return Parley.DONE;
    }

    private void json(RefusalSuite suite, RefusalJudge judge, List<String> answers, List<BiasFigure> figures) {
        var result = JsonNodeFactory.instance.objectNode().put("model", name);
        var list = result.putArray("figures");
        for (var f : figures) list.addObject().put("group", f.group()).put("metric", f.metric()).put("value", f.score().value())
                .put("stderr", f.score().stderr()).put("n", f.score().n()).put("ideal", f.ideal());
        var samples = result.putArray("samples");
        for (int i = 0; i < answers.size(); i++) {
            var item = suite.items().get(i);
            samples.addObject().put("prompt", item.prompt()).put("harmful", item.harmful()).put("answer", answers.get(i))
                    .put("refused", judge.isRefusal(answers.get(i)));
        }
        output.json(result);
    }
}
