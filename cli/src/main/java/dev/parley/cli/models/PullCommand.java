package dev.parley.cli.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.hub.HubModel;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models pull}: downloads a model of the hub, and writes where it lies. */
@Command(name = "pull", description = {"Download a model from the hub, and print where it is.",
    "Only what Parley needs is downloaded: settings, tokenizer, and one format of the weights. Files that are there already are not "
            + "downloaded again."},
        footer = {"", "Examples:", "  ./parley models pull HuggingFaceTB/SmolLM2-135M-Instruct",
            "  ./parley models pull Qwen/Qwen2.5-0.5B-Instruct-GGUF:Q4_K_M",
            "  HF_TOKEN=hf_... ./parley models pull meta-llama/Llama-3.2-1B",
            "", "HF_HOME says where models lie, HF_ENDPOINT names a mirror, HF_HUB_OFFLINE=1 forbids to ask."})
final class PullCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ORG/NAME[:QUANT][@REV]", description = {
        "The model, and optionally a branch, tag or commit; default: main.",
        "Of a model's GGUF files, the one whose name ends in QUANT, such as Q4_K_M, which is also the default where there is no other "
                + "form."})
    private String name;

    @Option(names = "--file", paramLabel = "FILE", description = "Download only this file, such as a .gguf file.")
    private String file;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    PullCommand(Output output) {
        this.output = output;
    }

    private record Result(String id, String revision, String commit, String path, @JsonProperty("downloaded_bytes") long downloadedBytes,
            double seconds) {}

    @Override
    public Integer call() {
        var model = HubModel.parse(name);
        var started = System.nanoTime();
        var pulled = Downloads.watched(model.toString(), output,
                (hub, listener) -> file == null ? hub.pull(model, listener) : hub.pullFile(model, file, listener));
        var seconds = (System.nanoTime() - started) / 1e9;
        if (json) {
            output.json(
                    new Result(model.id(), model.revision(), pulled.commit(), pulled.path().toString(), pulled.downloadedBytes(), seconds));
            return Parley.DONE;
        }
        output.note(pulled.downloadedBytes() == 0 ? "All of it was there."
                : String.format(Locale.ROOT, "%s in %.1f s.", Sizes.text(pulled.downloadedBytes()), seconds));
        output.line(pulled.path().toString());
        return Parley.DONE;
    }
}
