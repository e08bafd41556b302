package dev.parley.train.checkpoint;

import dev.parley.tensor.Tensor;
import dev.parley.torch.TrainableLM;
import dev.parley.train.optimizer.WeightAverage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A part of what a run needs to go on exactly, which saves and loads itself: the model, the optimiser's memory, the random
 * generator, what a callback counts. A checkpoint is a folder of such parts.
 */
public interface Stateful {

    /** Writes its files into the folder of a checkpoint that is being made. */
    void save(Path folder) throws IOException;

    /**
     * Sets itself to where a checkpoint stands.
     *
     * @throws dev.parley.train.TrainingException if the folder does not fit
     */
    void load(Path folder) throws IOException;

    /** Bytes that its files take, where they are many. */
    default long bytes() {
        return 0;
    }

    /** Whether a checkpoint has what it would load. */
    default boolean isIn(Path folder) {
        return true;
    }

    /** Whether it belongs to the model: a checkpoint that only keeps the model has it too. */
    default boolean isOfModel() {
        return false;
    }

    /** What writes files that nothing is loaded from again. */
    @FunctionalInterface
    interface Content {

        /** Writes into a folder. */
        void writeTo(Path folder) throws IOException;
    }

    /** A whole model, as Hugging Face lays it out. */
    static Stateful model(TrainableLM model) {
        return new ModelState(model);
    }

    /**
     * Tensors by name, which are loaded into the same ones.
     *
     * @param file its name in the folder, ending in .safetensors
     */
    static Stateful tensors(String file, Supplier<Map<String, Tensor>> tensors) {
        return new TensorState(file, tensors);
    }

    /** A model of which an average is taken: the average is what the folder's model is. */
    static Stateful averaged(Stateful model, WeightAverage average) {
        return new AveragedModel(model, average);
    }

    /** The generator behind dropout. */
    static Stateful random() {
        return new RandomNumbers();
    }

    /** Files for whoever uses the model, such as the tokenizer's. */
    static Stateful files(Content files) {
        return new Stateful() {

            @Override
            public void save(Path folder) throws IOException {
                files.writeTo(folder);
            }

            @Override
            public void load(Path folder) {}

            @Override
            public boolean isOfModel() {
                return true;
            }
        };
    }
}
