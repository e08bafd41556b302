package dev.parley.bench;

import dev.parley.generate.GenerationConfig;
import dev.parley.generate.Generator;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.DType;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tokenizer.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The next token of GPT-2 124M with random weights, batch 1, greedy, through the Generator. The limit is the memory: every
 * weight is read once for each token.
 */
final class DecodeBench {

    private static final int TOKENS = 128;
    private static final int TURNS = 5;

    private DecodeBench() {}

    static List<BenchRow> rows(Consumer<String> note) {
        var dtype = Engine.computeType();
        var speeds = new double[TURNS];
        var bandwidths = new double[TURNS];
        long bytes;
        try (var model = inference(dtype)) {
            bytes = model.parameters().all().stream().filter(p -> !p.name().contains("wpe")).mapToLong(p -> p.value().elementCount() * p.value().dtype().bytes()).sum();
            var generator = new Generator(model);
            var config = GenerationConfig.DEFAULT.withMaxNewTokens(TOKENS).withIgnoreEos(true);
            generator.generate(List.of(new int[] {1}), config);
            for (int turn = 0; turn < TURNS; turn++) {
                bandwidths[turn] = bandwidth();
                var start = System.nanoTime();
                generator.generate(List.of(new int[] {turn + 1}), config);
                speeds[turn] = TOKENS / BenchRow.seconds(start);
                note.accept(String.format(Locale.ROOT, "turn %d: %.1f tokens/s; memory read at %.1f GB/s", turn + 1, speeds[turn], bandwidths[turn] / 1e9));
            }
        }
        var name = "gpt2-124m " + (dtype == DType.BFLOAT16 ? "bf16" : "fp32") + " batch 1";
        return List.of(new BenchRow(name, BenchRow.median(speeds), "tokens/s", Optional.empty(),
                Optional.of(new BenchRow.Named("reading the weights at memory speed", BenchRow.median(bandwidths) / bytes))));
    }

    /** A model as it is loaded to be run, its weights in the compute type. */
    private static CausalLM inference(DType dtype) {
        try {
            var folder = Files.createTempDirectory("parley-bench");
            try (var model = CausalLM.create(ModelConfig.gpt2Small(), 1)) {
                model.savePretrained(folder);
                return CausalLM.fromPretrained(folder, dtype);
            } finally {
                FolderTree.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("A model for the measurement cannot be written: " + e.getMessage(), e);
        }
    }

    /** Bytes a second that all threads read together: the sum of half a gibibyte. */
    private static double bandwidth() {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var block = Tensor.full(1, DType.FLOAT32, 1 << 27);
            var best = 0.0;
            for (int i = 0; i < 4; i++) {
                var start = System.nanoTime();
                block.sum();
                best = Math.max(best, 4.0 * (1 << 27) / BenchRow.seconds(start));
            }
            return best;
        }
    }
}
