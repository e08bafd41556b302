package dev.parley.generate.embedding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The small random models beside {@code make.py}, as folders, wherever the tests' own files lie. */
public final class TinyQwen3 {

    private TinyQwen3() {}

    /**
     * Copies one.
     *
     * @param name {@code qwen3-embedding}, {@code qwen3-reranker} or {@code qwen3-head}
     * @return its folder, which has its name
     */
    public static Path copy(String name, Path into) throws IOException {
        for (var file : new String[] {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "expected.json",
            "modules.json", "1_Pooling/config.json", "config_sentence_transformers.json"}) {
            try (var in = TinyQwen3.class.getResourceAsStream(name + "/" + file)) {
                if (in == null) continue; // not all have all
                var place = into.resolve(name).resolve(file);
                Files.createDirectories(place.getParent());
                Files.copy(in, place);
            }
        }
        return into.resolve(name);
    }
}
