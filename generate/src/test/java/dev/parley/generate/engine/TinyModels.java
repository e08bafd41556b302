package dev.parley.generate.engine;

import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.model.WeightSpec;
import dev.parley.model.WeightType;
import dev.parley.weights.SafetensorsFolder;
import dev.parley.weights.ShardSize;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Another model of random weights for tests of the engine. */
final class TinyModels {

    private TinyModels() {}

    /**
     * GPT-2's shape of two layers and a few tokens, whose next one depends on all that came before, as it hardly does in a fresh model:
     * there each token repeats itself, since it is what the residual stream holds most of. The matrices' weights are twenty times as
     * large.
     */
    static CausalLM attentive(Path folder, int context) throws IOException {
        writeAttentive(folder, ModelConfig.gpt2(60, context, 32, 2, 2));
        return CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
    }

    /** The folder of such a model, of any shape. */
    static void writeAttentive(Path folder, ModelConfig config) throws IOException {
        var random = new SplittableRandom(3);
        SafetensorsFolder.write(folder, config.blueprint().weights().stream().map(spec -> drawn(spec, random)).toList(), ShardSize.DEFAULT);
        config.write(folder.resolve("config.json"));
    }

    private static TensorData drawn(WeightSpec spec, SplittableRandom random) {
        var numbers = new float[Math.toIntExact(spec.elements())];
        var wide = spec.use() == WeightSpec.Use.MATRIX || spec.use() == WeightSpec.Use.KERNEL;
        var scale = wide && !spec.name().contains("wte") ? 20 : 1; // the embedding is the head too
        for (int i = 0; i < numbers.length; i++)
            numbers[i] = (float) (spec.init().mean() + scale * spec.init().standardDeviation() * random.nextGaussian());
        return RandomModels.of(spec.name(), numbers, spec.shape());
    }
}
