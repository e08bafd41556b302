package dev.parley.train;

import dev.parley.model.ModelFiles;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.TensorFiles;
import dev.parley.torch.TrainableLM;
import dev.parley.train.optimizer.Optimizer;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;

/**
 * What training goes on from exactly, in a folder: the model as Hugging Face lays it out, and beside it the optimiser's
 * moments with the state of the random generator, and {@link TrainerState}, which is written last.
 *
 * @param extra writes what else belongs there, such as the tokenizer's files
 */
record Checkpoint(TrainableLM model, Optimizer optimizer, Extra extra) {

    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String RANDOM = "random_state";

    /** What else belongs into the folder of a checkpoint. */
    interface Extra {
        void writeTo(Path folder) throws IOException;
    }

    void write(Path folder, TrainerState state) throws IOException {
        model.savePretrained(folder);
        extra.writeTo(folder);
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<>(optimizer.state());
            tensors.put(RANDOM, RandomState.save());
            TensorFiles.write(folder.resolve(OPTIMIZER), tensors);
        }
        state.write(folder);
    }

    /** Bytes of its tensors: nearly all that it needs on the disk. */
    long bytes() {
        var floats = 0L;
        for (var parameter : model.parameters().all()) floats += parameter.value().elementCount();
        for (var moment : optimizer.state().values()) floats += moment.elementCount();
        return Float.BYTES * floats;
    }

    /** Sets model, optimiser and random generator to where a folder stands. */
    TrainerState restore(Path folder) {
        try (var noGrad = NoGrad.open(); var weights = ModelFiles.open(folder);
                var moments = WeightFiles.openFile(folder.resolve(OPTIMIZER))) {
            for (var parameter : model.parameters().all()) copy(parameter.value(), weights.weights(), parameter.name(), folder);
            for (var entry : optimizer.state().entrySet()) copy(entry.getValue(), moments, entry.getKey(), folder);
            try (var scope = Scope.open()) {
                RandomState.restore(TensorFiles.read(moments, RANDOM));
            }
            return TrainerState.read(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The checkpoint " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** One tensor at a time: all together they would take as much memory as the run itself. */
    private static void copy(Tensor to, WeightSource files, String name, Path folder) {
        try (var scope = Scope.open()) {
            var from = TensorFiles.read(files, name);
            if (!Arrays.equals(to.shape(), from.shape())) {
                throw new TrainingException(folder + ": tensor \"" + name + "\" has the shape of another model.");
            }
            to.copyInPlace(from);
        }
    }
}
