package dev.parley.train.checkpoint;

import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.TensorFiles;
import dev.parley.train.TrainingException;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

/** Tensors in a file of their own. */
record TensorState(String file, Supplier<Map<String, Tensor>> tensors) implements Stateful {

    @Override
    public void save(Path folder) throws IOException {
        TensorFiles.write(folder.resolve(file), tensors.get());
    }

    @Override
    public boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(file));
    }

    @Override
    public void load(Path folder) throws IOException {
        try (var source = WeightFiles.openFile(folder.resolve(file))) {
            for (var entry : tensors.get().entrySet()) copy(entry.getValue(), source, entry.getKey(), folder);
        }
    }

    @Override
    public long bytes() {
        return tensors.get().values().stream().mapToLong(t -> t.elementCount() * t.dtype().bytes()).sum();
    }

    /** One tensor at a time: all together they would take as much memory as the run itself. */
    static void copy(Tensor to, WeightSource files, String name, Path folder) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var from = TensorFiles.read(files, name);
            if (!Arrays.equals(to.shape(), from.shape())) {
                throw new TrainingException(folder + ": tensor \"" + name + "\" has the shape of another model.");
            }
            to.copyInPlace(from);
        }
    }
}
