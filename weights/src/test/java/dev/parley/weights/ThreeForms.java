package dev.parley.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** One tiny GPT-2 as safetensors, tf_model.h5 and TensorFlow checkpoint; see the README beside the resources. */
public final class ThreeForms {

    private ThreeForms() {}

    public static Path safetensors(Path folder) throws IOException {
        return copied(folder, "model.safetensors", "config.json");
    }

    public static Path h5(Path folder) throws IOException {
        copied(folder, "config.json");
        try (var in = new GZIPInputStream(resource("tf_model.h5.gz"))) {
            Files.copy(in, folder.resolve("tf_model.h5"));
        }
        return folder;
    }

    public static Path checkpoint(Path folder) throws IOException {
        return copied(folder, "checkpoint", "model.ckpt.index", "model.ckpt.data-00000-of-00001", "hparams.json");
    }

    private static Path copied(Path folder, String... names) throws IOException {
        Files.createDirectories(folder);
        for (var name : names) {
            try (var in = resource(name)) {
                Files.copy(in, folder.resolve(name));
            }
        }
        return folder;
    }

    private static InputStream resource(String name) {
        return ThreeForms.class.getResourceAsStream("/gpt2-three-forms/" + name);
    }
}
