package dev.parley.train.checkpoint;

import dev.parley.train.optimizer.WeightAverage;
import java.io.IOException;
import java.nio.file.Path;

/** A model with an average of its weights: the average is what the folder's model is, and the weights that learn lie beside it. */
record AveragedModel(Stateful model, WeightAverage average, Stateful learning) implements Stateful {

    private static final String FILE = "learning_weights.safetensors";

    AveragedModel(Stateful model, WeightAverage average) {
        this(model, average, new TensorState(FILE, average::tensors));
    }

    @Override
    public void save(Path folder) throws IOException {
        average.swap();
        try {
            model.save(folder);
            learning.save(folder);
        } finally {
            average.swap();
        }
    }

    @Override
    public void load(Path folder) throws IOException {
        model.load(folder);
        learning.load(folder);
        average.swap();
    }

    @Override
    public long bytes() {
        return model.bytes() + learning.bytes();
    }

    @Override
    public boolean isIn(Path folder) {
        return learning.isIn(folder);
    }

    @Override
    public boolean isOfModel() {
        return true;
    }
}
