package dev.parley.model;

import dev.parley.kernels.DType;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Makes {@link Runner}s. The room {@code torch} has one, of libtorch; a program that does not depend on that room has none, and runs
 * every model by the Java engine. Providers are found by their names in {@code META-INF/services/dev.parley.model.RunnerProvider}.
 */
public interface RunnerProvider {

    /** Whether its library is on the class path in a build for this machine. Must load nothing of it. */
    boolean isAvailable();

    /** Tokens of a prompt from which on it reads the prompt faster than the Java engine. */
    int fasterFromTokens();

    /**
     * Opens a model to run.
     *
     * @param config of the model
     * @param weights in memory; they are read and not copied
     * @param computeType that it computes products in
     * @return a runner, which the caller closes
     */
    Runner open(ModelConfig config, ModelWeights weights, DType computeType);

    /** Gradients over the same weights, in float32. */
    InputGradients gradients(ModelConfig config, ModelWeights weights);

    /** The one that this program has on this machine, if any. */
    static Optional<RunnerProvider> find() {
        return ServiceLoader.load(RunnerProvider.class, RunnerProvider.class.getClassLoader()).stream().map(ServiceLoader.Provider::get)
                .filter(RunnerProvider::isAvailable).findFirst();
    }
}
