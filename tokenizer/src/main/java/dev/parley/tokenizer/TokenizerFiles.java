package dev.parley.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import dev.parley.files.Sha256;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tokenizer's files in Hugging Face's layout. What is in them and not honoured here is an error, never other ids. */
final class TokenizerFiles {

    private static final long LARGEST = 256L << 20;
    private static final int LARGEST_ID = 1 << 24;
    private static final String TOKENIZER = "tokenizer.json";
    private static final long DECODED = 1L << 24;
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String PIECES = "tokenizer.model";
    private static final String TEMPLATE = "chat_template.jinja";
    /**
     * A vocabulary's tokens are the names of an object's fields: kept in tables to be found again, as Jackson does with names, they took
     * most of the time.
     */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build());

    private TokenizerFiles() {}

    // ---- reading ----

    static boolean areIn(Path folder) {
        return List.of(TOKENIZER, "vocab.json", "encoder.json", PIECES).stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    static Tokenizer load(Path folderOrFile) {
        var folder = Files.isDirectory(folderOrFile) ? folderOrFile : folderOrFile.toAbsolutePath().getParent();
        try {
            var special = SpecialTokenFiles.of(folder);
            if (folderOrFile.endsWith(PIECES) && !Files.isDirectory(folderOrFile)) return fromPieces(folderOrFile, special);
            if (!Files.isDirectory(folderOrFile)) return fromJson(folderOrFile, read(folderOrFile), special);
            if (Files.exists(folder.resolve(TOKENIZER)))
                return fromJson(folder.resolve(TOKENIZER), read(folder.resolve(TOKENIZER)), special);
            if (Files.exists(folder.resolve("vocab.json")))
                return fromVocabAndMerges(folder.resolve("vocab.json"), folder.resolve("merges.txt"), special);
            if (Files.exists(folder.resolve("encoder.json"))) { // the same two files, as OpenAI published them
                return fromVocabAndMerges(folder.resolve("encoder.json"), folder.resolve("vocab.bpe"), special);
            }
            if (Files.exists(folder.resolve(PIECES))) return fromPieces(folder.resolve(PIECES), special);
            throw new TokenizerException(
                    folder + " has no tokenizer: neither tokenizer.json, vocab.json and merges.txt nor tokenizer.model is there.");
        } catch (CharacterCodingException e) {
            throw new TokenizerException(folderOrFile + " is not UTF-8.");
        } catch (IOException e) {
            throw new UncheckedIOException(folderOrFile + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The JSON object of a file. */
    static JsonNode read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) throw fault(file, "the file is larger than a tokenizer's can be (256 MiB)");
        try {
            var json = JSON.readTree(Files.readAllBytes(file));
            if (json == null || !json.isObject()) throw fault(file, "there is no JSON object");
            return json;
        } catch (JsonProcessingException e) {
            throw fault(file, "this is not JSON (" + e.getOriginalMessage() + ")");
        } catch (CharConversionException e) {
            throw fault(file, "this is not UTF-8");
        }
    }

    private static Tokenizer fromJson(Path file, JsonNode json, SpecialTokenFiles special) {
        var model = new Fields(file, "model", json.path("model"));
        var type = model.optionalText("type").orElse(model.json().path("merges").isArray() ? "BPE" : ""); // the first files did not say it
        if (!type.equals("BPE")) throw fault(file, "model type \"" + type + "\" is not supported; this version reads BPE");
        for (var name : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            if (!model.optionalText(name).orElse("").isEmpty())
                throw fault(file, "model." + name + " \"" + model.text(name) + "\" is not supported");
        }
        if (model.has("dropout") && !(model.json().path("dropout").isNumber() && model.json().path("dropout").asDouble() == 0)) {
            throw fault(file, "model.dropout " + model.json().path("dropout") + " is not supported");
        }
        var reader = new PipelineReader(file, json);
        var vocab = vocab(file, model.json().path("vocab"));
        var added = special.merged(addedTokens(file, json.path("added_tokens")), vocab);
        var preTokenizer = reader.preTokenizer();
        var how = reader.vocabulary(vocab, preTokenizer, highest(file, vocab, added));
        return build(file, vocab, merges(file, model.json().path("merges")), preTokenizer, added, special, how);
    }

    private static List<AddedToken> addedTokens(Path file, JsonNode json) {
        if (!Fields.absent(json) && !json.isArray()) throw fault(file, "added_tokens is no list");
        var added = new ArrayList<AddedToken>();
        for (var entry : json) {
            var token = new Fields(file, "added token", entry);
            added.add(new AddedToken(id(file, token.text("content"), entry.path("id")), token.text("content"), token.flag("special", false),
                    token.flag("lstrip", false), token.flag("rstrip", false), token.flag("single_word", false),
                    token.flag("normalized", false)));
        }
        return added;
    }

    static int id(Path file, String token, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() > LARGEST_ID) {
            throw fault(file, "token \"" + token + "\" has the id " + id);
        }
        return id.intValue();
    }

    private static Map<String, Integer> vocab(Path file, JsonNode vocab) {
        if (!vocab.isObject() || vocab.isEmpty()) throw fault(file, "there is no vocabulary");
        var idOf = new HashMap<String, Integer>(vocab.size() * 2);
        for (var entry : vocab.properties()) idOf.put(entry.getKey(), id(file, entry.getKey(), entry.getValue()));
        return idOf;
    }

    /** The highest id, in keeping with how many tokens there are: a file of a few bytes could else fill memory. */
    private static int highest(Path file, Map<String, Integer> vocab, List<AddedToken> added) {
        var highest = vocab.values().stream().mapToInt(i -> i).max().orElse(0);
        for (var token : added) highest = Math.max(highest, token.id());
        var count = vocab.size() + added.size();
        if (highest > 16L * count + 65_536) throw fault(file, "the highest id is " + highest + " in a vocabulary of " + count + " tokens");
        return highest;
    }

    private static List<String[]> merges(Path file, JsonNode json) {
        if (!json.isArray()) throw fault(file, "model.merges is no list");
        var merges = new ArrayList<String[]>(json.size());
        for (var merge : json) {
            if (merge.isTextual()) addMerge(merge.asText(), merges);
            else merges.add(merge.size() == 2 && merge.path(0).isTextual() && merge.path(1).isTextual()
                    ? new String[] {merge.path(0).asText(), merge.path(1).asText()} : new String[0]);
        }
        return merges;
    }

    private static void addMerge(String line, List<String[]> merges) {
        if (!line.startsWith("#version")) merges.add(line.split(" ", -1));
    }

    private static Tokenizer build(Path file, Map<String, Integer> idOf, List<String[]> merges, PreTokenizer preTokenizer,
            List<AddedToken> added,
            SpecialTokenFiles special, Vocabulary how) {
        var tokens = new byte[idOf.values().stream().mapToInt(i -> i + 1).max().orElse(0)][];
        var room = DECODED + 8L * idOf.keySet().stream().mapToLong(String::length).sum();
        for (var entry : idOf.entrySet()) {
            if (tokens[entry.getValue()] != null) throw fault(file, "two tokens have the id " + entry.getValue());
            var bytes = how.decoder().bytes(entry.getKey(), false);
            tokens[entry.getValue()] = bytes;
            room -= bytes.length;
            if (room < 0) throw fault(file, "the decoder makes far too much of the tokens");
        }
        var pairs = new ArrayList<Tokenizer.Merge>(merges.size());
        for (int i = 0; i < merges.size(); i++) pairs.add(merge(file, i, merges.get(i), idOf));
        var ids = new HashMap<>(idOf);
        for (var token : added) ids.put(token.content(), token.id());
        return new Tokenizer(tokens, pairs, preTokenizer, added, special.settings(), special.around(how, ids));
    }

    private static Tokenizer.Merge merge(Path file, int number, String[] parts, Map<String, Integer> idOf) {
        if (parts.length != 2) throw fault(file, "merge " + number + " does not name two tokens");
        Integer left = idOf.get(parts[0]), right = idOf.get(parts[1]), merged = idOf.get(parts[0] + parts[1]);
        if (left == null || right == null || merged == null) {
            throw fault(file, "merge " + number + " (" + parts[0] + " " + parts[1] + ") names a token that is not in the vocabulary");
        }
        return new Tokenizer.Merge(left, right, merged);
    }

    /** The files of GPT-2's and Qwen's slow tokenizers, which do not say how text is cut: the class does. */
    private static Tokenizer fromVocabAndMerges(Path words, Path file, SpecialTokenFiles special) throws IOException {
        if (!Files.exists(file))
            throw new TokenizerException(words.getParent() + " has a " + words.getFileName() + " and no " + file.getFileName() + ".");
        if (Files.size(file) > LARGEST) throw fault(file, "the file is larger than merges can be (256 MiB)");
        var merges = new ArrayList<String[]>();
        Files.readString(file).lines().filter(line -> !line.isEmpty()).forEach(line -> addMerge(line, merges));
        var vocab = vocab(words, read(words));
        var known = vocab.containsKey(END_OF_TEXT) ? List.of(AddedToken.special(vocab.get(END_OF_TEXT), END_OF_TEXT))
                : List.<AddedToken>of();
        var added = special.merged(known, vocab);
        highest(words, vocab, added);
        var qwen = special.tokenizerClass().equals("Qwen2Tokenizer");
        if (!qwen && !List.of("", "GPT2Tokenizer", "PreTrainedTokenizer").contains(special.tokenizerClass())) {
            throw fault(special.file(), "the tokenizer_class " + special.tokenizerClass() + " without a tokenizer.json is not supported");
        }
        var how = qwen ? Vocabulary.BYTE_LEVEL.withNormalizer(new TextNormalizer.Unicode(java.text.Normalizer.Form.NFC))
                : Vocabulary.BYTE_LEVEL;
        return build(words, vocab, merges, qwen ? PreTokenizer.qwen2() : new PreTokenizer.ByteLevel(special.addPrefixSpace(), true, true),
                added, special, how);
    }

    /**
     * SentencePiece's file; like Llama's class in Python, a text begins with the bos token and ends without eos where nothing says else.
     */
    private static Tokenizer fromPieces(Path file, SpecialTokenFiles special) throws IOException {
        var model = SentencePieceFile.read(file);
        var settings = special.settings();
        var named = special.withSettings(new TokenizerSettings(settings.bosToken().or(model::bos), settings.eosToken().or(model::eos),
                settings.padToken().or(model::pad),
                settings.unkToken().or(model::unk), settings.additional(), settings.chatTemplate()));
        return fromJson(file,
                model.pieces().tokenizerJson(special.addBos().orElse(true) ? model.bos() : Optional.empty(), Optional.empty()), named);
    }

    /** The chat template of a folder, which needs no tokenizer beside it. */
    static Optional<ChatTemplate> template(Path folder) throws IOException {
        return SpecialTokenFiles.of(folder).settings().chatTemplate();
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

    /** The hash of its tokenizer.json as it is written here, whatever file it was read from. */
    static String sha256(Tokenizer tokenizer) {
        return Sha256.of(json(tokenizer).toString());
    }

    private static ObjectNode json(Tokenizer tokenizer) {
        var json = JSON.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        tokenizer.added().values().stream().sorted((a, b) -> Integer.compare(a.id(), b.id())).forEach(t -> added.addObject()
                .put("id", t.id()).put("content", t.content()).put("single_word", t.singleWord()).put("lstrip", t.lstrip())
                .put("rstrip", t.rstrip()).put("normalized", t.normalized()).put("special", t.special()));
        var model = PipelineWriter.write(json, tokenizer);
        var vocab = model.putObject("vocab");
        var spaced = false;
        for (int id = 0; id < tokenizer.tokens().length; id++) {
            if (tokenizer.tokens()[id] == null) continue;
            vocab.put(tokenizer.written(id), id);
            spaced |= tokenizer.written(id).indexOf(' ') >= 0;
        }
        var merges = model.putArray("merges");
        for (var merge : tokenizer.merges()) {
            String left = tokenizer.written(merge.left()), right = tokenizer.written(merge.right());
            if (spaced) merges.addArray().add(left).add(right);
            else merges.add(left + " " + right);
        }
        return json;
    }

    private static ObjectNode config(Tokenizer tokenizer) {
        var json = JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast").put("clean_up_tokenization_spaces", false)
                .put("model_max_length", 1_000_000_000);
        var settings = tokenizer.settings();
        for (var role : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
            if (settings.specialTokens().containsKey(role)) json.put(role, settings.specialTokens().get(role));
        }
        if (!settings.additional().isEmpty()) settings.additional().forEach(json.putArray("additional_special_tokens")::add);
        settings.chatTemplate().ifPresent(t -> json.set("chat_template", ChatTemplateJson.write(t)));
        return json;
    }
}
