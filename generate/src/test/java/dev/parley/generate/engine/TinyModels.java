package dev.parley.generate.engine;

import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Path;

/** Models of random weights for tests of the engine. */
final class TinyModels {

    private TinyModels() {}

    /** GPT-2's shape with two layers of two heads, run by the Java engine. */
    static CausalLM gpt2(Path folder, int vocabSize, int context, WeightType weights) throws IOException {
        try (var random = TrainableLM.create(ModelConfig.gpt2(vocabSize, context, 64, 2, 2), 7)) {
            random.savePretrained(folder);
        }
        return CausalLM.fromPretrained(folder, weights, DType.BFLOAT16, Backend.JAVA);
    }
}
