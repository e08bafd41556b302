package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.ModelFiles;
import dev.parley.model.WeightLoader;
import dev.parley.model.WeightType;
import dev.parley.tensor.Scope;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A model folder read into parameters.
 *
 * @param files that frozen weights lie in, to be closed after the parameters
 */
record LoadedModel(ModelConfig config, Parameters parameters, AutoCloseable files) {

    /** Weights in float32 that training changes. */
    static LoadedModel learning(Path folder) {
        try (var files = ModelFiles.open(folder)) {
            var parameters = new Parameters(files.config().blueprint().weights());
            try {
                fill(parameters, new WeightLoader(files.weights(), files.config().blueprint()));
                return new LoadedModel(files.config(), parameters, () -> {});
            } catch (RuntimeException | Error e) {
                parameters.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static void fill(Parameters parameters, WeightLoader loader) {
        loader.check();
        for (var parameter : parameters.all()) {
            var name = loader.nameInFile(parameter.spec());
            loader.requireFinite(name);
            try (var scope = Scope.open()) {
                parameter.set(TensorFiles.read(loader.source(), name).to(DType.FLOAT32).contiguous());
            }
        }
    }

    /** Weights as a model that runs keeps them, which nothing changes. */
    static LoadedModel frozen(Path folder, WeightType held) {
        var arena = Arena.ofShared();
        try {
            var files = ModelFiles.open(folder);
            try {
                var loader = new WeightLoader(files.weights(), files.config().blueprint());
                var parameters = Parameters.over(files.config().blueprint().weights(), loader.loadToRun(held, arena));
                for (var parameter : parameters.all()) parameter.trainable(false);
                return new LoadedModel(files.config(), parameters, () -> {
                    arena.close();
                    files.close();
                });
            } catch (RuntimeException | Error e) {
                files.close();
                throw e;
            }
        } catch (IOException e) {
            arena.close();
            throw unreadable(folder, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static ModelException unreadable(Path folder, IOException e) {
        return new ModelException(folder + ": the weights cannot be read: " + e.getMessage() + ".");
    }
}
