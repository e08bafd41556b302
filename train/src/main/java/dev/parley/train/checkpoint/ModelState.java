package dev.parley.train.checkpoint;

import dev.parley.model.ModelFiles;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Path;

/** The weights of a model, written as a model's folder. */
record ModelState(TrainableLM model) implements Stateful {

    @Override
    public void save(Path folder) throws IOException {
        model.savePretrained(folder);
    }

    @Override
    public void load(Path folder) throws IOException {
        try (var files = ModelFiles.open(folder)) {
            for (var parameter : model.parameters().all())
                TensorState.copy(parameter.value(), files.weights(), parameter.name(), folder);
        }
    }

    @Override
    public long bytes() {
        return model.parameters().all().stream().mapToLong(p -> Float.BYTES * p.value().elementCount()).sum();
    }

    @Override
    public boolean isOfModel() {
        return true;
    }
}
