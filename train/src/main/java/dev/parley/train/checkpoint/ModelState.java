package dev.parley.train.checkpoint;

import dev.parley.model.ModelFiles;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.torch.TrainableLM;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;

/** What a model learns: its weights, written as a model's folder, or its adapter, as PEFT writes it. */
record ModelState(TrainableLM model) implements Stateful {

    @Override
    public void save(Path folder) throws IOException {
        model.savePretrained(folder);
    }

    @Override
    public void load(Path folder) throws IOException {
        if (model.adapter().isPresent()) {
            try (var weights = WeightFiles.openFile(folder.resolve(AdapterFiles.WEIGHTS))) {
                load(weights, folder);
            }
            return;
        }
        try (var files = ModelFiles.open(folder)) {
            load(files.weights(), folder);
        }
    }

    private void load(WeightSource weights, Path folder) {
        model.learned().forEach((name, parameter) -> TensorState.copy(parameter.value(), weights, name, folder));
    }

    @Override
    public long bytes() {
        return model.learned().values().stream().mapToLong(p -> Float.BYTES * p.value().elementCount()).sum();
    }

    @Override
    public boolean isOfModel() {
        return true;
    }
}
