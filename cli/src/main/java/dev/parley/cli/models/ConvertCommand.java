package dev.parley.cli.models;

import dev.parley.cli.Downloads;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.cli.WrongUsage;
import dev.parley.kernels.DType;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.FolderExport;
import dev.parley.model.GgufExport;
import dev.parley.model.GgufImport;
import dev.parley.model.GgufMixture;
import dev.parley.model.TextImportance;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.ImportanceMatrix;
import dev.parley.weights.ShardSize;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models convert}: a model to a GGUF file, or to a folder of safetensors. */
@Command(name = "convert", description = {"Convert a model to one GGUF file, for llama.cpp and Ollama, or to a folder of safetensors.",
    "Reads safetensors, pytorch_model.bin, tf_model.h5, OpenAI's TensorFlow checkpoint of GPT-2 and GGUF."},
        footer = {"", "Examples:", "  ./parley models convert my-model my-model.gguf --dtype q8_0",
            "  ./parley models convert my-model my-model.gguf --dtype q4_k_m --imatrix notes.txt",
            "  ./parley models convert gpt2-checkpoint gpt2 --dtype bf16 --max-shard-size 500MB"})
final class ConvertCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(index = "0", paramLabel = "IN", description = "A model folder, a model of the hub, or a .gguf file.")
    String name;

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write, if it ends in .gguf, else the folder.")
    Path out;

    @Option(names = "--dtype", paramLabel = "TYPE",
            description = {"f32, f16, bf16; for a .gguf file also q8_0, q6_k, q5_k_m, q5_k_s, q5_1,",
                "q5_0, q4_k_m, q4_k_s, q4_1, q4_0, in llama.cpp's mixtures.",
                "Default: f16 for a .gguf file; for a folder, the weights' own type, or f32 if they come from GGUF."})
    Optional<GgufMixture> dtype = Optional.empty();

    @Option(names = "--imatrix", paramLabel = "FILE", description = {
        "Round a .gguf file's matrices by which columns count most: on this",
        "text, which the model reads first, or as a file of llama.cpp's",
        "llama-imatrix (.gguf or .dat) says."})
    Optional<Path> imatrix = Optional.empty();

    @Option(names = "--max-shard-size", paramLabel = "SIZE", defaultValue = "5GB",
            description = "Split a folder's weights into files of at most this size. Default: ${DEFAULT-VALUE}.")
    String largest;

    @Option(names = "--force", description = "Overwrite what is there.")
    boolean force;

    ConvertCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var shardSize = ShardSize.parse(largest);
        if (Files.exists(out) && !force) throw new IllegalArgumentException(out + " already exists; --force overwrites it.");
        var in = Downloads.model(name, output);
        if (!GgufImport.isGguf(in) && !Files.isDirectory(in))
            throw new IllegalArgumentException(in + " is neither a model folder nor a .gguf file.");
        if (out.toString().endsWith(".gguf")) toFile(in);
        else toFolder(in, shardSize);
        return Parley.DONE;
    }

    private void toFile(Path in) throws IOException {
        var mixture = dtype.orElse(GgufMixture.F16);
        if (imatrix.isPresent() && !mixture.quantized())
            throw new WrongUsage("--imatrix is for types of blocks, such as q4_k_m; " + mixture.label() + " keeps every number by itself.");
        var stopped = new AtomicBoolean();
        try (var interruption = InterruptHandler.stops(() -> stopped.set(true), "Stopping; no file is left.", output)) {
            var importance = imatrix.isPresent() ? importance(in, imatrix.get(), stopped) : ImportanceMatrix.NONE;
            try (var progress = Progress.of(mixture.label(), 100, output)) {
                GgufExport.write(in, out, mixture, importance, telling(progress, stopped));
            }
        }
        output.line(out + ": " + Files.size(out) / 1_000_000 + " MB");
    }

    private static DoubleConsumer telling(Progress progress, AtomicBoolean stopped) {
        return share -> {
            if (stopped.get()) throw new Interrupted("Interrupted.");
            progress.at(Math.round(100 * share), "");
        };
    }

    private ImportanceMatrix importance(Path in, Path file, AtomicBoolean stopped) throws IOException {
        if (!Files.isRegularFile(file)) throw new IllegalArgumentException("There is no file " + file + ".");
        if (ImportanceMatrix.isIn(file)) {
            var importance = ImportanceMatrix.read(file);
            output.note(file + " is an importance matrix of llama.cpp's, for " + importance.means().size() + " tensors.");
            return importance;
        }
        var tokenizer = GgufImport.isGguf(in) ? GgufImport.tokenizer(in) : Tokenizer.load(in);
        var ids = tokenizer.encode(text(file));
        var before = tokenizer.encodeForModel("");
        output.note(file + " is a text of " + ids.length + " tokens; the model reads it to see which columns count.");
        try (var model = CausalLM.fromPretrained(in, WeightType.of(CpuFeatures.computeType()), CpuFeatures.computeType(), Backend.JAVA);
                var progress = Progress.of("imatrix", 100, output)) {
            var begin = before.length == 0 ? OptionalInt.empty() : OptionalInt.of(before[0]);
            return TextImportance.of(model, file.toString(), ids, begin, telling(progress, stopped));
        }
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException(file + " is neither a text in UTF-8 nor an importance matrix of llama.cpp's.");
        }
    }

    private void toFolder(Path in, ShardSize shardSize) throws IOException {
        if (imatrix.isPresent()) throw new WrongUsage("--imatrix is for a .gguf file; name one as OUT.");
        if (Files.isRegularFile(out)) throw new IllegalArgumentException(out + " is a file; name a folder, or a file that ends in .gguf.");
        var type = dtype.or(() -> GgufImport.isGguf(in) ? Optional.of(GgufMixture.F32) : Optional.empty()).map(ConvertCommand::plain);
        FolderExport.write(in, out, type, shardSize);
        output.line(out + ": " + weightBytes() / 1_000_000 + " MB");
    }

    private static DType plain(GgufMixture type) {
        return switch (type) {
            case F32 -> DType.FLOAT32;
            case F16 -> DType.FLOAT16;
            case BF16 -> DType.BFLOAT16;
            default -> throw new IllegalArgumentException(
                    "A folder's weights are f32, f16 or bf16; " + type.label() + " is for a .gguf file.");
        };
    }

    private long weightBytes() throws IOException {
        var bytes = 0L;
        try (var files = Files.newDirectoryStream(out, "*.safetensors")) {
            for (var file : files) bytes += Files.size(file);
        }
        return bytes;
    }
}
