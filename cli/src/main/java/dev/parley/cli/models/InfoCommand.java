package dev.parley.cli.models;

import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.ModelLook;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.hub.Hub;
import dev.parley.hub.HubModel;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models info}: what a model is and needs, before its download or after. */
@Command(name = "info", description = {"Show what a model is and what it needs, without downloading it.",
    "Of a model of the hub only settings and the headers of its weights are read, a few megabytes. Shown are family, parameters, files, "
            + "context, chat template, licence, the memory that it takes on this machine, and how fast it can be at most."},
        footer = {"", "Examples:", "  ./parley models info Qwen/Qwen3-0.6B", "  ./parley models info Qwen/Qwen2.5-7B-Instruct-GGUF:Q4_K_M",
            "  ./parley models info my-model --quantize int4 --context 32768 --json",
            "", "Exit code 1 says that Parley does not run the model."})
final class InfoCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "MODEL", description = "ORG/NAME[:QUANT][@REV] of the hub, a model folder or a .gguf file.")
    private String name;

    @Option(names = "--context", paramLabel = "N", defaultValue = "4096",
            description = "Tokens of the conversation whose keys and values are counted. Default: ${DEFAULT-VALUE}, or the model's context "
                    + "if that is smaller.")
    private int context;

    @Option(names = "--no-speed", negatable = false, description = "Do not measure this machine's memory for the estimate of tokens/s.")
    private boolean noSpeed;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Mixin
    private EngineOptions engine;

    InfoCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        if (context < 1) throw new WrongUsage("--context is at least 1.");
        var local = Hub.local(name);
        if (local.isPresent())
            return told(new ModelReport(name, Optional.empty(), local, ModelLook.of(name, local.get(), engine), context, !noSpeed));
        var model = HubModel.find(name).orElseThrow(() -> new WrongUsage("There is no folder " + name
                + ", and as a model of the hub it would be org/name, org/name@revision or org/name:QUANT."));
        try (var outline = Downloads.watched(name, output, (hub, listener) -> hub.outline(model, listener))) {
            return told(new ModelReport(name, Optional.of(outline), outline.isHere() ? outline.path() : Optional.empty(),
                    ModelLook.of(outline, engine), context, !noSpeed));
        }
    }

    private int told(ModelReport report) {
        if (json) output.json(report.json());
        else report.lines().forEach(output::line);
        return report.runs() ? Parley.DONE : Parley.FAILED;
    }
}
