package dev.parley.cli.eval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.eval.bias.BiasFigure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval bias}: a model's figures in a bias suite. */
@Command(name = "bias", description = "Measure a model's biases by a published suite, or by Parley's probes in Chinese.",
        footer = {"", "Intervals are of 95 %%. \"ideal\" is what a model without the bias has.", "", "Examples:",
            "  ./parley eval bias my-model --suite crows-pairs --data crows_pairs_anonymized.csv",
            "  ./parley eval bias my-model --suite chinese"})
final class BiasCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "DIR|ORG/NAME", description = "The model.")
    private String name;

    @Mixin
    private EngineOptions engine;

    @Option(names = "--suite", required = true, paramLabel = "NAME", description = "One of " + Suites.NAMES + ".")
    private String suite;

    @Option(names = "--data", paramLabel = "FILE", description = "The suite's file as published, or its folder; chinese needs none.")
    private Path data;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    BiasCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var asked = Suites.open(suite, data);
        var folder = Downloads.model(name, output);
        var tokenizer = EngineOptions.requireTokenizer(folder);
        List<BiasFigure> figures;
        try (var model = engine.load(folder); var progress = Progress.of(asked.name(), asked.texts().size(), output)) {
            figures = asked.run(model, tokenizer, (done, all) -> progress.at(done, ""));
        }
        if (json) {
            var result = JsonNodeFactory.instance.objectNode().put("model", name).put("suite", asked.name()).put("method", asked.method());
            var list = result.putArray("figures");
            for (var f : figures) {
                list.addObject().put("group", f.group()).put("metric", f.metric()).put("value", f.score().value())
                        .put("stderr", f.score().stderr()).put("n", f.score().n()).put("ideal", f.ideal());
            }
            output.json(result);
        } else {
            output.note(asked.method() + ".");
            output.line(String.format(Locale.ROOT, "%-34s %-18s %9s %8s  %-20s %6s %6s", "group", "metric", "value", "stderr", "interval",
                    "ideal", "n"));
            figures.forEach(f -> output.line(line(f)));
        }
        return Parley.DONE;
    }

    private static String line(BiasFigure f) {
        var ends = f.interval();
        return String.format(Locale.ROOT, "%-34s %-18s %9.4f %8.4f  %-20s %6.4g %6d", f.group(), f.metric(), f.score().value(),
                f.score().stderr(), String.format(Locale.ROOT, "[%.4f, %.4f]", ends[0], ends[1]), f.ideal(), f.score().n());
    }
}
