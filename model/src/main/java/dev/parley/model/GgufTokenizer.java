package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;

/** A tokenizer.json as GGUF's settings, and back. */
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

    // ---- reading ----

    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String REST = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** The tokenizer.json that a file's settings say. */
    static ObjectNode read(Gguf gguf) {
        var mapper = new ObjectMapper();
        var kind = String.valueOf(gguf.metadata().get("tokenizer.ggml.model"));
        if (!kind.equals("gpt2")) throw new ModelException(gguf.file() + ": tokenizer.ggml.model \"" + kind + "\" is not read by this version; gpt2 is.");
        var tokens = gguf.texts("tokenizer.ggml.tokens");
        var types = gguf.texts("tokenizer.ggml.token_type");
        var json = mapper.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        var vocab = mapper.createObjectNode();
        for (int id = 0; id < tokens.size(); id++) {
            var type = id < types.size() ? Integer.parseInt(types.get(id)) : NORMAL;
            if (type == CONTROL || type == USER_DEFINED) {
                added.addObject().put("id", id).put("content", tokens.get(id)).put("single_word", false).put("lstrip", false).put("rstrip", false)
                        .put("normalized", false).put("special", type == CONTROL);
            }
            if (type != UNUSED && !vocab.has(tokens.get(id))) vocab.put(tokens.get(id), id);
        }
        json.putNull("normalizer");
        preTokenizer(gguf, json.putObject("pre_tokenizer"));
        if (String.valueOf(gguf.metadata().get("tokenizer.ggml.pre")).equals("qwen2")) json.putObject("normalizer").put("type", "NFC");
        json.putNull("post_processor");
        json.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
        var model = json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token").put("fuse_unk", false).put("byte_fallback", false);
        model.set("vocab", vocab);
        gguf.texts("tokenizer.ggml.merges").forEach(model.putArray("merges")::add);
        if (Boolean.TRUE.equals(gguf.metadata().get("tokenizer.ggml.add_bos_token")) && gguf.metadata().get("tokenizer.ggml.bos_token_id") instanceof Long bos
                && bos >= 0 && bos < tokens.size()) {
            beginsWith(json, tokens.get(bos.intValue()), bos);
        }
        return json;
    }

    private static void beginsWith(ObjectNode json, String token, long id) {
        var post = json.putObject("post_processor").put("type", "TemplateProcessing");
        for (var name : new String[] {"single", "pair"}) {
            var pieces = post.putArray(name);
            pieces.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
            pieces.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            if (name.equals("pair")) pieces.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        }
        var special = post.putObject("special_tokens").putObject(token).put("id", token);
        special.putArray("ids").add(id);
        special.putArray("tokens").add(token);
    }

    private static void preTokenizer(Gguf gguf, ObjectNode json) {
        var pre = String.valueOf(gguf.metadata().get("tokenizer.ggml.pre"));
        switch (pre) {
            case "gpt-2" -> byteLevel(json, true);
            case "smollm" -> {
                var steps = json.put("type", "Sequence").putArray("pretokenizers");
                steps.addObject().put("type", "Digits").put("individual_digits", true);
                byteLevel(steps.addObject(), true);
            }
            case "llama-bpe", "qwen2" -> {
                var steps = json.put("type", "Sequence").putArray("pretokenizers");
                var split = steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false);
                split.putObject("pattern").put("Regex", CONTRACTIONS + REST.formatted(pre.equals("qwen2") ? "\\p{N}" : "\\p{N}{1,3}"));
                byteLevel(steps.addObject(), false);
            }
            default -> throw new ModelException(gguf.file() + ": tokenizer.ggml.pre \"" + pre + "\" is not known; Parley reads gpt-2, llama-bpe, qwen2 and smollm.");
        }
    }

    private static void byteLevel(ObjectNode json, boolean useRegex) {
        json.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", useRegex);
    }
}
