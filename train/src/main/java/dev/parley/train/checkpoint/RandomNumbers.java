package dev.parley.train.checkpoint;

import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.torch.TensorFiles;
import dev.parley.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the generator of dropout stands. */
record RandomNumbers() implements Stateful {

    private static final String FILE = "rng_state.safetensors";
    private static final String NAME = "rng_state";

    @Override
    public void save(Path folder) throws IOException {
        try (var scope = Scope.open()) {
            TensorFiles.write(folder.resolve(FILE), Map.of(NAME, RandomState.save()));
        }
    }

    @Override
    public boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    @Override
    public void load(Path folder) throws IOException {
        try (var scope = Scope.open(); var file = WeightFiles.openFile(folder.resolve(FILE))) {
            RandomState.restore(TensorFiles.read(file, NAME));
        }
    }
}
