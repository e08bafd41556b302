package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;

/** A tokenizer.json as GGUF's settings. */
final class GgufTokenizer {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private GgufTokenizer() {}

    static void write(Map<String, Object> m, Path folder, JsonNode tokenizer, ModelConfig config) throws IOException {
        var model = tokenizer.path("model");
        var bytes = model.path("byte_fallback").asBoolean(false); // Llama 2's and Mistral's kind, whose pieces begin with ▁
        var tokens = new ArrayList<>(Collections.nCopies(config.vocabSize(), ""));
        var types = new ArrayList<>(Collections.nCopies(config.vocabSize(), UNUSED));
        for (int i = 0; i < tokens.size(); i++) tokens.set(i, "[PAD" + i + "]");
        for (var entry : model.path("vocab").properties()) {
            var text = entry.getKey();
            set(tokens, types, entry.getValue().asInt(), text, bytes && text.matches("<0x[0-9A-F]{2}>") ? BYTE : text.equals("<unk>") ? UNKNOWN : NORMAL);
        }
        for (var token : tokenizer.path("added_tokens")) {
            var text = token.path("content").asText();
            set(tokens, types, token.path("id").asInt(), text, text.equals("<unk>") && bytes ? UNKNOWN : token.path("special").asBoolean() ? CONTROL : USER_DEFINED);
        }
        m.put("tokenizer.ggml.model", bytes ? "llama" : "gpt2");
        m.put("tokenizer.ggml.pre", bytes ? "default" : pre(tokenizer.path("pre_tokenizer")));
        m.put("tokenizer.ggml.tokens", tokens);
        m.put("tokenizer.ggml.token_type", types);
        var merges = new ArrayList<String>();
        for (var merge : model.path("merges")) merges.add(merge.isArray() ? merge.get(0).asText() + " " + merge.get(1).asText() : merge.asText());
        if (bytes) m.put("tokenizer.ggml.scores", scores(tokens, merges));
        else m.put("tokenizer.ggml.merges", merges);
        specialTokens(m, folder, config);
    }

    private static void set(ArrayList<String> tokens, ArrayList<Integer> types, int id, String text, int type) {
        if (id < 0 || id >= tokens.size()) return; // beyond the model's table: it can never be
        tokens.set(id, text);
        types.set(id, type);
    }

    /** The earlier a merge, the higher the score of what it makes: the order in which that kind of tokenizer merges. */
    private static ArrayList<Float> scores(ArrayList<String> tokens, ArrayList<String> merges) {
        var rank = new java.util.HashMap<String, Integer>();
        for (int i = 0; i < merges.size(); i++) rank.putIfAbsent(merges.get(i).replace(" ", ""), i);
        var scores = new ArrayList<Float>();
        for (var token : tokens) scores.add(-(float) rank.getOrDefault(token, merges.size()));
        return scores;
    }

    /** What llama.cpp calls a way of cutting text. */
    private static String pre(JsonNode json) {
        var text = json.toString();
        if (text.contains("\\\\p{N}{1,3}")) return "llama-bpe";
        if (text.contains("[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}|")) return "qwen2";
        if (text.contains("\"Digits\"")) return "smollm";
        return "gpt-2";
    }

    private static void specialTokens(Map<String, Object> m, Path folder, ModelConfig config) throws IOException {
        if (config.bosTokenId() >= 0) m.put("tokenizer.ggml.bos_token_id", config.bosTokenId());
        if (!config.eosTokenIds().isEmpty()) m.put("tokenizer.ggml.eos_token_id", config.eosTokenIds().getFirst());
        var file = folder.resolve("tokenizer_config.json");
        if (!Files.exists(file)) return;
        var json = new ObjectMapper().readTree(file.toFile());
        m.put("tokenizer.ggml.add_bos_token", json.path("add_bos_token").asBoolean(false));
        m.put("tokenizer.ggml.add_eos_token", json.path("add_eos_token").asBoolean(false));
        var template = folder.resolve("chat_template.jinja");
        if (Files.exists(template)) m.put("tokenizer.chat_template", Files.readString(template));
        else if (json.path("chat_template").isTextual()) m.put("tokenizer.chat_template", json.path("chat_template").asText());
    }
}
