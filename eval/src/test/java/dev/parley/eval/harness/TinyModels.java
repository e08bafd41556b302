package dev.parley.eval.harness;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The golden models with a tokenizer each: of the characters that the tiny tasks are written in, and a few words. */
final class TinyModels {

    /** Names of tokenizers and of the golden models that they are for. The llama's puts a token before every text. */
    static final Map<String, String> GOLDEN = Map.of("gpt2", "gpt2-tiny", "llama", "llama-tiny", "qwen", "qwen3-tiny");

    private TinyModels() {}

    static Path resource(String name) {
        try {
            return Path.of(TinyModels.class.getResource("/harness/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A model folder. The test is skipped where there is no golden data. */
    static Path folder(String name, Path parent) throws IOException {
        var golden = Golden.folder(GOLDEN.get(name));
        var folder = Files.createDirectories(parent.resolve(name));
        for (var file : new String[] {"config.json", "model.safetensors"}) Files.copy(golden.resolve(file), folder.resolve(file));
        for (var file : new String[] {"tokenizer.json", "tokenizer_config.json"})
            Files.copy(resource("models/" + name).resolve(file), folder.resolve(file));
        return folder;
    }

    static CausalLM load(Path folder) {
        return CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
    }
}
