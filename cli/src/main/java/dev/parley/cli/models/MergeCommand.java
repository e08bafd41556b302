package dev.parley.cli.models;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.model.AdapterMerge;
import dev.parley.weights.ShardSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models merge}: a model with an adapter in it. */
@Command(name = "merge", description = {"Add a LoRA adapter to the weights of its model: a model folder like any other.",
    "The adapter is a folder of Parley's or PEFT's; the weights keep the type of the model's files."},
        footer = {"", "Examples:", "  ./parley models merge my-base my-adapter --out my-chat",
            "  ./parley models merge HuggingFaceTB/SmolLM2-135M-Instruct my-adapter --out my-chat"})
final class MergeCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(index = "0", paramLabel = "BASE", description = "A model folder, or a model of the hub.")
    String base;

    @Parameters(index = "1", paramLabel = "ADAPTER", description = "The adapter's folder.")
    Path adapter;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write.")
    Path out;

    @Option(names = "--max-shard-size", paramLabel = "SIZE", defaultValue = "5GB",
            description = "Split the weights into files of at most this size. Default: ${DEFAULT-VALUE}.")
    String largest;

    @Option(names = "--force", description = "Overwrite what is there.")
    boolean force;

    MergeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var shardSize = ShardSize.parse(largest);
        if (Files.exists(out) && !force) throw new IllegalArgumentException(out + " already exists; --force overwrites it.");
        var folder = Downloads.model(base, output);
        if (!Files.isDirectory(folder)) throw new IllegalArgumentException(folder + " is no model folder: an adapter is merged into one.");
        AdapterMerge.write(folder, adapter, out, shardSize);
        output.note(out + ": the model with the adapter in it.");
        return Parley.DONE;
    }
}
