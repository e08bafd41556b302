package dev.parley.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A tokenizer's files in Hugging Face's layout. What is in them and not honoured here is an error, never other ids. */
final class TokenizerFiles {

    private static final long LARGEST = 256L << 20;
    private static final int LARGEST_ID = 1 << 24;
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String TEMPLATE = "chat_template.jinja";
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerFiles() {}

    // ---- reading ----

    static Tokenizer load(Path folderOrFile) {
        var folder = Files.isDirectory(folderOrFile) ? folderOrFile : folderOrFile.toAbsolutePath().getParent();
        try {
            var settings = settings(folder);
            if (!Files.isDirectory(folderOrFile)) return fromJson(folderOrFile, settings);
            if (Files.exists(folder.resolve(TOKENIZER))) return fromJson(folder.resolve(TOKENIZER), settings);
            if (Files.exists(folder.resolve("vocab.json"))) return fromVocabAndMerges(folder.resolve("vocab.json"), folder.resolve("merges.txt"), settings);
            if (Files.exists(folder.resolve("encoder.json"))) { // the same two files, as OpenAI published them
                return fromVocabAndMerges(folder.resolve("encoder.json"), folder.resolve("vocab.bpe"), settings);
            }
            throw new TokenizerException(folder + " has no tokenizer: neither tokenizer.json nor vocab.json and merges.txt is there.");
        } catch (IOException e) {
            throw new UncheckedIOException(folderOrFile + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static JsonNode read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) throw fault(file, "the file is larger than a tokenizer's can be (256 MiB)");
        try {
            var json = JSON.readTree(Files.readAllBytes(file));
            if (json == null || !json.isObject()) throw fault(file, "there is no JSON object");
            return json;
        } catch (JsonProcessingException e) {
            throw fault(file, "this is not JSON (" + e.getOriginalMessage() + ")");
        }
    }

    private static Tokenizer fromJson(Path file, Tokenizer.Settings settings) throws IOException {
        var json = read(file);
        var model = json.path("model");
        refuseUnless(file, "model.type", model.path("type"), "BPE");
        for (var name : List.of("continuing_subword_prefix", "end_of_word_suffix", "dropout")) {
            var value = model.path(name);
            if (!value.isMissingNode() && !value.isNull() && !value.asText().isEmpty()) throw fault(file, "model." + name + " " + value + " is not supported");
        }
        var added = addedTokens(file, json.path("added_tokens"));
        var merges = new ArrayList<String[]>();
        for (var merge : model.path("merges")) merges.add(merge.isArray() ? new String[] {merge.path(0).asText(), merge.path(1).asText()} : merge.asText().split(" ", 2));
        return build(file, model.path("vocab"), merges, PipelineJson.preTokenizer(file, json.path("pre_tokenizer")), added, settings,
                vocab -> PipelineJson.vocabulary(file, json, vocab, settings, added));
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static void refuseUnless(Path file, String name, JsonNode value, String wanted) {
        if (!value.asText().equals(wanted)) throw fault(file, name + " is " + value + "; this version reads " + wanted);
    }

    private static List<AddedToken> addedTokens(Path file, JsonNode json) {
        var added = new ArrayList<AddedToken>();
        for (var token : json) {
            added.add(new AddedToken(id(file, token.path("content").asText(), token.path("id")), token.path("content").asText(),
                    token.path("special").asBoolean(), token.path("lstrip").asBoolean(), token.path("rstrip").asBoolean(),
                    token.path("single_word").asBoolean(), token.path("normalized").asBoolean()));
        }
        return added;
    }

    private static int id(Path file, String token, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() > LARGEST_ID) {
            throw fault(file, "token \"" + token + "\" has the id " + id);
        }
        return id.intValue();
    }

    private static Tokenizer build(Path file, JsonNode vocab, List<String[]> merges, PreTokenizer preTokenizer, List<AddedToken> added,
            Tokenizer.Settings settings, Function<Map<String, Integer>, Vocabulary> vocabulary) {
        if (!vocab.isObject() || vocab.isEmpty()) throw fault(file, "there is no vocabulary");
        var idOf = new HashMap<String, Integer>(vocab.size() * 2);
        var highest = 0;
        for (var entry : vocab.properties()) {
            var id = id(file, entry.getKey(), entry.getValue());
            idOf.put(entry.getKey(), id);
            highest = Math.max(highest, id);
        }
        if (highest > 16L * vocab.size() + 65_536) throw fault(file, "the highest id is " + highest + " in a vocabulary of " + vocab.size() + " tokens");
        var how = vocabulary.apply(idOf);
        var tokens = new byte[highest + 1][];
        for (var entry : idOf.entrySet()) {
            if (tokens[entry.getValue()] != null) throw fault(file, "two tokens have the id " + entry.getValue());
            tokens[entry.getValue()] = PipelineJson.decoded(entry.getKey(), how);
        }
        var pairs = new ArrayList<Tokenizer.Merge>(merges.size());
        for (int i = 0; i < merges.size(); i++) pairs.add(merge(file, i, merges.get(i), idOf));
        return new Tokenizer(tokens, pairs, preTokenizer, added, settings, how);
    }

    private static Tokenizer.Merge merge(Path file, int number, String[] parts, Map<String, Integer> idOf) {
        if (parts.length != 2) throw fault(file, "merge " + number + " does not name two tokens");
        Integer left = idOf.get(parts[0]), right = idOf.get(parts[1]), merged = idOf.get(parts[0] + parts[1]);
        if (left == null || right == null || merged == null) {
            throw fault(file, "merge " + number + " (" + parts[0] + " " + parts[1] + ") names a token that is not in the vocabulary");
        }
        return new Tokenizer.Merge(left, right, merged);
    }

    private static Tokenizer fromVocabAndMerges(Path vocabFile, Path file, Tokenizer.Settings settings) throws IOException {
        if (!Files.exists(file)) throw new TokenizerException(vocabFile.getParent() + " has a " + vocabFile.getFileName() + " and no " + file.getFileName() + ".");
        if (Files.size(file) > LARGEST) throw fault(file, "the file is larger than merges can be (256 MiB)");
        var merges = Files.readString(file).lines().filter(l -> !l.startsWith("#version") && !l.isEmpty()).map(l -> l.split(" ", 2)).toList();
        var vocab = read(vocabFile);
        var added = new ArrayList<AddedToken>();
        for (var token : List.of("<|endoftext|>")) {
            if (vocab.has(token)) added.add(AddedToken.special(id(vocabFile, token, vocab.get(token)), token));
        }
        return build(vocabFile, vocab, merges, PreTokenizer.gpt2(), added, settings, _ -> Vocabulary.BYTE_LEVEL);
    }

    private static Tokenizer.Settings settings(Path folder) throws IOException {
        var file = folder.resolve(CONFIG);
        var json = Files.exists(file) ? read(file) : JSON.createObjectNode();
        var settings = new Tokenizer.Settings(content(json.path("bos_token")), content(json.path("eos_token")), content(json.path("pad_token")), Optional.empty());
        var template = template(folder, file, json.path("chat_template")).map(t -> t.withSpecialTokens(settings.specialTokens()));
        return new Tokenizer.Settings(settings.bosToken(), settings.eosToken(), settings.padToken(), template);
    }

    /** The chat template of a folder, which needs no tokenizer beside it. */
    static Optional<ChatTemplate> template(Path folder) throws IOException {
        return settings(folder).chatTemplate();
    }

    private static Optional<ChatTemplate> template(Path folder, Path config, JsonNode json) throws IOException {
        var file = folder.resolve(TEMPLATE);
        if (Files.exists(file)) return Optional.of(ChatTemplate.load(file));
        return json.isTextual() || json.isArray() ? Optional.of(ChatTemplate.of(json, config.toString())) : Optional.empty();
    }

    private static Optional<String> content(JsonNode token) {
        if (token.isTextual()) return Optional.of(token.asText());
        return token.path("content").isTextual() ? Optional.of(token.path("content").asText()) : Optional.empty();
    }

    private static TokenizerException fault(Path file, String fault) {
        return new TokenizerException(file + ": " + fault + ".");
    }

    // ---- writing ----

    static void save(Tokenizer tokenizer, Path folder) throws IOException {
        var writer = JSON.writerWithDefaultPrettyPrinter();
        DurableFile.write(folder.resolve(TOKENIZER), writer.writeValueAsString(json(tokenizer)) + "\n");
        DurableFile.write(folder.resolve(CONFIG), writer.writeValueAsString(config(tokenizer)) + "\n");
        var template = tokenizer.chatTemplate();
        if (template.isEmpty()) return;
        if (template.get().toolUseSource().isEmpty()) DurableFile.write(folder.resolve(TEMPLATE), template.get().source());
        else Files.deleteIfExists(folder.resolve(TEMPLATE)); // it would go before the two templates in tokenizer_config.json
    }

    private static ObjectNode json(Tokenizer tokenizer) {
        var json = JSON.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        tokenizer.added().values().stream().sorted((a, b) -> Integer.compare(a.id(), b.id())).forEach(t -> added.addObject()
                .put("id", t.id()).put("content", t.content()).put("single_word", t.singleWord()).put("lstrip", t.lstrip())
                .put("rstrip", t.rstrip()).put("normalized", t.normalized()).put("special", t.special()));
        var model = PipelineJson.write(json, tokenizer);
        var vocab = model.putObject("vocab");
        for (int id = 0; id < tokenizer.tokens().length; id++) {
            if (tokenizer.tokens()[id] != null) vocab.put(text(tokenizer, id), id);
        }
        var merges = model.putArray("merges");
        for (var merge : tokenizer.merges()) merges.add(text(tokenizer, merge.left()) + " " + text(tokenizer, merge.right()));
        return json;
    }

    private static String text(Tokenizer tokenizer, int id) {
        var added = tokenizer.added().get(id);
        return added != null ? added.content() : tokenizer.written(id);
    }

    private static ObjectNode config(Tokenizer tokenizer) {
        var json = JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast").put("clean_up_tokenization_spaces", false)
                .put("model_max_length", 1_000_000_000);
        var settings = tokenizer.settings();
        settings.bosToken().ifPresent(t -> json.put("bos_token", t));
        settings.eosToken().ifPresent(t -> json.put("eos_token", t));
        settings.padToken().ifPresent(t -> json.put("pad_token", t));
        settings.chatTemplate().ifPresent(t -> json.set("chat_template", t.json()));
        return json;
    }
}
