package dev.parley.cli.models;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.model.GgufExport;
import dev.parley.model.weights.GgmlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models convert}: a model folder to a GGUF file. */
@Command(name = "convert", description = "Turns a model folder into one GGUF file, for llama.cpp and Ollama.",
        footer = {"", "Example:", "  ./parley models convert my-model my-model.gguf --dtype q8_0"})
final class ConvertCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(index = "0", paramLabel = "IN", description = "A model folder.")
    Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write, ending in .gguf.")
    Path out;

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "f16", description = "Type of the matrices: f32, f16, bf16, q8_0, q4_0. Default: ${DEFAULT-VALUE}.")
    Target dtype;

    @Option(names = "--force", description = "Write over a file that is there.")
    boolean force;

    /** Values of {@code --dtype}. */
    enum Target {
        F32, F16, BF16, Q8_0, Q4_0;

        GgmlType type() {
            return GgmlType.valueOf(name());
        }
    }

    ConvertCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(in.resolve("config.json"))) throw new IllegalArgumentException(in + " is no model folder: it has no config.json.");
        if (!out.toString().endsWith(".gguf")) throw new IllegalArgumentException(out + " does not end in .gguf, the one form that convert writes.");
        if (Files.exists(out) && !force) throw new IllegalArgumentException(out + " is there already; --force writes over it.");
        GgufExport.write(in, out, dtype.type());
        output.line(out + ": " + Files.size(out) / 1_000_000 + " MB");
        return Parley.DONE;
    }
}
