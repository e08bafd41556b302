package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.SentencePieces;
import dev.parley.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
            set(tokens, types, entry.getValue().asInt(), text,
                    bytes && text.matches("<0x[0-9A-F]{2}>") ? BYTE : text.equals("<unk>") ? UNKNOWN : NORMAL);
        }
        for (var token : tokenizer.path("added_tokens")) {
            var text = token.path("content").asText();
            set(tokens, types, token.path("id").asInt(), text,
                    text.equals("<unk>") && bytes ? UNKNOWN : token.path("special").asBoolean() ? CONTROL : USER_DEFINED);
        }
        m.put("tokenizer.ggml.model", bytes ? "llama" : "gpt2");
        m.put("tokenizer.ggml.pre",
                bytes ? "default" : GgufPreTokenizer.nameOf(folder.resolve("tokenizer.json"), tokenizer.path("pre_tokenizer")));
        m.put("tokenizer.ggml.tokens", tokens);
        m.put("tokenizer.ggml.token_type", types);
        var merges = new ArrayList<String>();
        for (var merge : model.path("merges"))
            merges.add(merge.isArray() ? merge.get(0).asText() + " " + merge.get(1).asText() : merge.asText());
        if (bytes) {
            m.put("tokenizer.ggml.scores", scores(tokens, merges));
            m.put("tokenizer.ggml.add_space_prefix", putsSpaceFirst(tokenizer));
        } else m.put("tokenizer.ggml.merges", merges);
        specialTokens(m, folder, tokenizer, config);
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

    private static boolean putsSpaceFirst(JsonNode tokenizer) {
        var marks = tokenizer.path("pre_tokenizer").findParents("replacement");
        return tokenizer.path("normalizer").toString().contains("\"Prepend\"")
                || marks.stream().anyMatch(
                        m -> !m.path("prepend_scheme").asText("always").equals("never") && m.path("add_prefix_space").asBoolean(true));
    }

    private static void specialTokens(Map<String, Object> m, Path folder, JsonNode tokenizer, ModelConfig config) throws IOException {
        if (config.bosTokenId() >= 0) m.put("tokenizer.ggml.bos_token_id", config.bosTokenId());
        if (!config.eosTokenIds().isEmpty()) m.put("tokenizer.ggml.eos_token_id", config.eosTokenIds().getFirst());
        var file = folder.resolve("tokenizer_config.json");
        var mapper = new ObjectMapper();
        var json = Files.exists(file) ? mapper.readTree(file.toFile()) : mapper.createObjectNode();
        var single = tokenizer.path("post_processor").findPath("single"); // of a template
        m.put("tokenizer.ggml.add_bos_token", json.path("add_bos_token").asBoolean(single.path(0).has("SpecialToken")));
        m.put("tokenizer.ggml.add_eos_token", json.path("add_eos_token").asBoolean(single.path(single.size() - 1).has("SpecialToken")));
        var template = folder.resolve("chat_template.jinja");
        if (Files.exists(template)) m.put("tokenizer.chat_template", Files.readString(template));
        else if (json.path("chat_template").isTextual()) m.put("tokenizer.chat_template", json.path("chat_template").asText());
    }

    // ---- reading ----

    /** The tokenizer.json that a file's settings say. */
    static ObjectNode read(Gguf gguf) {
        var mapper = new ObjectMapper();
        var kind = String.valueOf(gguf.metadata().get("tokenizer.ggml.model"));
        if (kind.equals("llama")) return sentencePieces(gguf);
        if (!kind.equals("gpt2")) throw new ModelException(
                gguf.file() + ": tokenizer.ggml.model \"" + kind + "\" is not read by this version; gpt2 and llama are.");
        var tokens = gguf.texts("tokenizer.ggml.tokens");
        var types = types(gguf, tokens.size());
        var json = mapper.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        var vocab = mapper.createObjectNode();
        for (int id = 0; id < tokens.size(); id++) {
            var type = types[id];
            if (type == CONTROL || type == USER_DEFINED) {
                added.addObject().put("id", id).put("content", tokens.get(id)).put("single_word", false).put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false).put("special", type == CONTROL);
            }
            if (type != UNUSED && !vocab.has(tokens.get(id))) vocab.put(tokens.get(id), id);
        }
        var pre = GgufPreTokenizer.of(gguf);
        json.putNull("normalizer");
        if (pre.nfc()) json.putObject("normalizer").put("type", "NFC");
        pre.write(json.putObject("pre_tokenizer"));
        json.putNull("post_processor");
        json.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
        var model = json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token").put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", pre.ignoreMerges());
        model.set("vocab", vocab);
        gguf.texts("tokenizer.ggml.merges").forEach(model.putArray("merges")::add);
        around(json, role(gguf, tokens, "bos", pre.addsBos()), role(gguf, tokens, "eos", false));
        return json;
    }

    private static int[] types(Gguf gguf, int count) {
        var types = gguf.texts("tokenizer.ggml.token_type");
        var numbers = new int[count];
        for (int id = 0; id < count; id++) {
            try {
                numbers[id] = id < types.size() ? Integer.parseInt(types.get(id)) : NORMAL;
            } catch (NumberFormatException e) {
                throw new ModelException(
                        gguf.file() + ": tokenizer.ggml.token_type has \"" + types.get(id) + "\" for the token " + id + ".");
            }
        }
        return numbers;
    }

    /** The token that a text begins or ends with, if the file says so; where it says nothing about adding it, {@code otherwise}. */
    private static Optional<String> role(Gguf gguf, List<String> tokens, String role, boolean otherwise) {
        var add = gguf.metadata().get("tokenizer.ggml.add_" + role + "_token") instanceof Boolean said ? said : otherwise;
        if (!add) return Optional.empty();
        return gguf.metadata().get("tokenizer.ggml." + role + "_token_id") instanceof Long id && id >= 0 && id < tokens.size()
                ? Optional.of(tokens.get(id.intValue())) : Optional.empty();
    }

    /** SentencePiece's kind: pieces with scores. */
    private static ObjectNode sentencePieces(Gguf gguf) {
        var tokens = gguf.texts("tokenizer.ggml.tokens");
        var scores = gguf.texts("tokenizer.ggml.scores");
        if (scores.size() != tokens.size()) throw new ModelException(
                gguf.file() + ": tokenizer.ggml.scores has " + scores.size() + " numbers for " + tokens.size() + " tokens.");
        var types = types(gguf, tokens.size());
        var pieces = new ArrayList<SentencePieces.Piece>(tokens.size());
        try {
            for (int id = 0; id < tokens.size(); id++) {
                var number = types[id];
                pieces.add(new SentencePieces.Piece(tokens.get(id), Float.parseFloat(scores.get(id)),
                        SentencePieces.Kind.of(number).orElseThrow(() -> new IllegalArgumentException("the token type " + number))));
            }
            var spaceFirst = !Boolean.FALSE.equals(gguf.metadata().get("tokenizer.ggml.add_space_prefix"));
            return new SentencePieces(pieces, spaceFirst, false).tokenizerJson(role(gguf, tokens, "bos", true),
                    role(gguf, tokens, "eos", false));
        } catch (IllegalArgumentException e) {
            throw new ModelException(gguf.file() + ": its tokens have " + e.getMessage() + ".");
        }
    }

    private static void around(ObjectNode json, Optional<String> bos, Optional<String> eos) {
        if (bos.isEmpty() && eos.isEmpty()) return;
        var post = json.putObject("post_processor").put("type", "TemplateProcessing");
        for (var name : new String[] {"single", "pair"}) {
            var pieces = post.putArray(name);
            bos.ifPresent(t -> pieces.addObject().putObject("SpecialToken").put("id", t).put("type_id", 0));
            pieces.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            if (name.equals("pair")) pieces.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
            eos.ifPresent(t -> pieces.addObject().putObject("SpecialToken").put("id", t).put("type_id", 0));
        }
        var special = post.putObject("special_tokens");
        for (var token : List.of(bos, eos)) {
            token.ifPresent(t -> {
                var named = special.putObject(t).put("id", t);
                named.putArray("ids").add(json.path("model").path("vocab").path(t).asInt());
                named.putArray("tokens").add(t);
            });
        }
    }
}
