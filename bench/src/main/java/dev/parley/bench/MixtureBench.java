package dev.parley.bench;

import dev.parley.files.FolderTree;
import dev.parley.kernels.DType;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.model.GgufExport;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightSpec;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.GgmlType;
import dev.parley.weights.SafetensorsWriter;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A mixture of experts of random weights in GPT-OSS's shape, of whose 32 experts a token asks four: experts in MXFP4, the rest in 8 bits. A
 * step reads an eighth of the experts, and the limit is the time that memory takes for these.
 */
final class MixtureBench {

    private static final String CONFIG = """
            {"model_type": "gpt_oss", "vocab_size": 50257, "hidden_size": 768, "intermediate_size": 768, "num_hidden_layers": 12,
             "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 64, "num_local_experts": 32, "num_experts_per_tok": 4,
             "max_position_embeddings": 4096, "tie_word_embeddings": false,
             "rope_parameters": {"rope_type": "default", "rope_theta": 150000}}
            """;
    private static final int BLOCK = 32;
    private static final int PIECE = 1 << 20; // bytes written at a time
    private static final byte SCALE = 120; // of numbers up to 6: about as wide as weights that are learned

    private MixtureBench() {}

    /** Makes the file, 0.5 GB, and measures it as any GGUF file. Larger ones would not be written in the 2 GB that the command has. */
    static List<BenchRow> rows(Optional<String> peerCommand, Consumer<String> note) throws IOException {
        var folder = Files.createTempDirectory("parley-bench");
        try {
            var file = folder.resolve("mixture-of-32-MXFP4.gguf");
            write(folder, file);
            return GgufBench.rows(file, peerCommand, note);
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static void write(Path folder, Path file) throws IOException {
        var config = Files.writeString(folder.resolve("config.json"), CONFIG);
        Tokenizer.fromPretrained("gpt2").save(folder);
        var tensors = new LinkedHashMap<String, TensorData>(); // the experts' parts are one tensor
        for (var weight : ModelConfig.read(config).blueprint().weights())
            for (var tensor : tensors(weight)) tensors.putIfAbsent(tensor.name(), tensor);
        var weights = folder.resolve("model.safetensors");
        SafetensorsWriter.write(weights, List.copyOf(tensors.values()));
        GgufExport.write(folder, file, GgmlType.Q8_0); // which leaves blocks of four bits as they are
        Files.delete(weights);
    }

    /** A weight as the family's files have it. */
    private static List<TensorData> tensors(WeightSpec weight) {
        if (weight.part().isEmpty()) return List.of(plain(weight.name(), weight, weight.shape()));
        var part = weight.part().get();
        long outs = weight.dimensions().getFirst() * part.step(), across = weight.dimensions().getLast() / BLOCK;
        if (weight.isVector()) return List.of(plain(part.tensor(), weight, part.slices(), outs));
        return List.of(
                tensor(part.tensor() + "_blocks", DType.UINT8, (random, into) -> into.putLong(random.nextLong()), part.slices(), outs,
                        across,
                        BLOCK / 2),
                tensor(part.tensor() + "_scales", DType.UINT8, (random, into) -> into.put(SCALE), part.slices(), outs, across));
    }

    private static TensorData plain(String name, WeightSpec weight, long... shape) {
        double mean = weight.init().mean(), most = weight.init().standardDeviation() * Math.sqrt(3);
        return tensor(name, DType.BFLOAT16,
                (random, into) -> into.putShort(BFloat16Bits.of((float) (mean + most * (2 * random.nextDouble() - 1)))), shape);
    }

    /** Writes the next numbers of a tensor. */
    @FunctionalInterface
    private interface Numbers {
        void next(SplittableRandom random, ByteBuffer into);
    }

    private static TensorData tensor(String name, DType type, Numbers numbers, long... shape) {
        return new TensorData(name, type, shape, sink -> {
            var random = new SplittableRandom(name.hashCode());
            var piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
            for (var rest = type.bytes() * Arrays.stream(shape).reduce(1, Math::multiplyExact); rest > 0; rest -= PIECE) {
                piece.clear();
                while (piece.hasRemaining()) numbers.next(random, piece);
                sink.write(MemorySegment.ofBuffer(piece.clear()).asSlice(0, Math.min(PIECE, rest)));
            }
        });
    }
}
