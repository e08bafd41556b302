package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.InputGradients;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelWeights;
import dev.parley.model.Runner;
import dev.parley.model.RunnerProvider;
import dev.parley.tensor.Engine;

/** Offers libtorch to whoever runs a model, where it is faster than the Java engine. */
public final class TorchRunnerProvider implements RunnerProvider {

    /** Whether libtorch's products in bfloat16 are faster than the Java engine's. */
    private static final boolean FAST = Engine.trainingType() == DType.BFLOAT16;

    /** For the service loader. */
    public TorchRunnerProvider() {}

    @Override
    public boolean isAvailable() {
        return Engine.isAvailable();
    }

    /**
     * Where bfloat16 is fast; fewer tokens would not make up for libtorch's start. Elsewhere the Java engine reads quicker: 512 tokens
     * of GPT-2 124M in bfloat16 at 440 and 610 tokens a second with AVX2 and AVX-512, libtorch at 216 and 512.
     */
    @Override
    public int fasterFromTokens() {
        return FAST ? 64 : Integer.MAX_VALUE;
    }

    @Override
    public InputGradients gradients(ModelConfig config, ModelWeights weights) {
        return new TorchGradients(config, Parameters.over(config.blueprint().weights(), weights));
    }

    @Override
    public Runner open(ModelConfig config, ModelWeights weights, DType computeType) {
        return new TorchRunner(config, Parameters.over(config.blueprint().weights(), weights), computeType);
    }
}
