package dev.parley.eval.harness;

import java.io.IOException;
import java.nio.file.Path;

/** A tiny model and the tiny tasks, for tests of other packages. */
public final class TinyModelFolder {

    private TinyModelFolder() {}

    /** GPT-2's shape. The test is skipped where there is no golden data. */
    public static Path in(Path parent) throws IOException {
        return TinyModels.folder("gpt2", parent);
    }

    /** The folder of the task files. */
    public static Path tasks() {
        return TinyModels.resource("tasks");
    }
}
