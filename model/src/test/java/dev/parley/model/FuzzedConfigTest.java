package dev.parley.model;

import dev.parley.files.Golden;
import dev.parley.files.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Mutated configs: a model's shape, or a {@link ModelException}; never anything else. */
@Execution(ExecutionMode.CONCURRENT)
class FuzzedConfigTest {

    private static final int FILES = 5000;

    @TempDir
    Path folder;

    private void fuzz(String name, String good, long seed, int files) throws IOException {
        var file = folder.resolve(name);
        Files.writeString(file, good);
        ConfigFile.ofFolder(folder); // as it is, it is read
        var mutations = new Mutations(seed);
        for (int n = 0; n < files; n++) {
            var bytes = mutations.json(good);
            Files.write(file, bytes);
            Mutations.readOrRefused(() -> ConfigFile.ofFolder(folder), ModelException.class, bytes.length);
        }
        Files.delete(file);
    }

    @Test
    void configsOfEachFamily() throws Exception {
        var configs = List.of(ModelConfig.gpt2(50, 32, 16, 2, 2), ModelConfig.qwen3(50, 32, 16, 2, 2, 1, 32),
                ModelConfig.llama(50, 32, 16, 2, 2, 1, 32));
        for (int i = 0; i < configs.size(); i++) fuzz("config.json", ConfigFile.json(configs.get(i)).toString(), i, FILES / 3 + 1);
        for (var name : List.of("llama-yarn-tiny", "llama3-tiny", "mistral-tiny", "qwen2-tiny")) {
            fuzz("config.json", Files.readString(Golden.folder(name).resolve("config.json")), name.hashCode(), FILES / 10);
        }
    }

    @Test
    void hparams() throws Exception {
        fuzz("hparams.json", "{\"n_vocab\": 50257, \"n_ctx\": 1024, \"n_embd\": 768, \"n_head\": 12, \"n_layer\": 12}", 1, FILES);
    }
}
