package dev.parley.cli.models;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.GgufExport;
import dev.parley.model.GgufImport;
import dev.parley.model.WeightType;
import dev.parley.model.weights.GgmlType;
import dev.parley.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models convert}: a model folder to a GGUF file, and back. */
@Command(name = "convert", description = {"Turns a model folder into one GGUF file, for llama.cpp and Ollama, or such a file into a folder.",
        "A folder has float32 weights, whatever the file had."},
        footer = {"", "Example:", "  ./parley models convert my-model my-model.gguf --dtype q8_0"})
final class ConvertCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(index = "0", paramLabel = "IN", description = "A model folder, a model of the hub, or a .gguf file.")
    String name;

    @Parameters(index = "1", paramLabel = "OUT", description = "The .gguf file to write, or the folder.")
    Path out;

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "f16", description = "Type of a .gguf file's matrices: f32, f16, bf16, q8_0, q4_0. Default: ${DEFAULT-VALUE}.")
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
        if (Files.exists(out) && !force) throw new IllegalArgumentException(out + " is there already; --force writes over it.");
        var in = Downloads.model(name, output);
        if (GgufImport.isGguf(in)) {
            toFolder(in);
        } else {
            if (!Files.isRegularFile(in.resolve("config.json"))) throw new IllegalArgumentException(in + " is neither a model folder nor a .gguf file.");
            if (!out.toString().endsWith(".gguf")) throw new IllegalArgumentException(out + " does not end in .gguf, which a folder is converted to.");
            GgufExport.write(in, out, dtype.type());
            output.line(out + ": " + Files.size(out) / 1_000_000 + " MB");
        }
        return Parley.DONE;
    }

    private void toFolder(Path in) throws IOException {
        Files.createDirectories(out);
        GgufImport.writeTokenizer(in, out);
        try (var model = CausalLM.fromPretrained(in, WeightType.FLOAT32, DType.FLOAT32, Backend.TORCH)) {
            model.savePretrained(out);
        }
        output.line(out + ": " + Files.size(out.resolve("model.safetensors")) / 1_000_000 + " MB");
    }
}
