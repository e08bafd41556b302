package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import dev.parley.files.Golden;
import dev.parley.model.GgufExport;
import dev.parley.weights.GgmlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp loads what we write, and continues texts as the golden data have it. */
class LlamaCppTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    // this build of llama.cpp is older than Qwen3
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama3-tiny", "llama-linear-tiny", "qwen2-tiny"})
    void greedyTextsAgree(String name) throws IOException {
        var golden = Golden.folder(name);
        var expected = Golden.expected(golden);
        for (var file : new String[] {"config.json", "model.safetensors"}) Files.copy(golden.resolve(file), folder.resolve(file));
        writeTokenizer(JSON.readTree(folder.resolve("config.json").toFile()).path("vocab_size").asInt());
        var file = folder.resolve("model.gguf");
        GgufExport.write(folder, file, GgmlType.F32);
        var greedy = expected.path("greedy");
        try (var model = new LlamaModel(new ModelParameters().setModel(file.toString()).setThreads(2).setCtxSize(64).disableLog())) {
            for (var row : greedy.path("rows")) {
                // two bytes, which nothing merges
                if (Arrays.stream(Golden.ints(row.path("prompt_ids"))).anyMatch(id -> id >= 94)) continue;
                var ask = new InferenceParameters(text(Golden.ints(row.path("prompt_ids"))))
                        .setNPredict(greedy.path("max_new_tokens").asInt())
                        .setTemperature(0).setIgnoreEos(true).setCachePrompt(false);
                var answer = new StringBuilder();
                for (var output : model.generate(ask)) answer.append(output);
                assertEquals(text(Golden.ints(row.path("ids"))), answer.toString());
            }
        }
    }

    /** One character for each token, so that text and ids say the same. */
    private static String text(int... ids) {
        var text = new StringBuilder();
        for (var id : ids) text.append(character(id));
        return text.toString();
    }

    private static char character(int id) {
        return (char) (id < 94 ? '!' + id : 'á' + id - 94);
    }

    private void writeTokenizer(int vocabSize) throws IOException {
        var json = JSON.createObjectNode();
        json.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex",
                true);
        json.putObject("decoder").put("type", "ByteLevel");
        var vocab = json.putObject("model").put("type", "BPE").putObject("vocab");
        for (int id = 0; id < vocabSize; id++) {
            var c = character(id);
            vocab.put(id < 94 ? String.valueOf(c) : "Ã" + (char) (c - 0x40), id); // as byte level writes its two bytes
        }
        ((com.fasterxml.jackson.databind.node.ObjectNode) json.path("model")).putArray("merges");
        Files.writeString(folder.resolve("tokenizer.json"), JSON.writeValueAsString(json));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": false, \"add_eos_token\": false}");
    }
}
