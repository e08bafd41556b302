package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of a tokenizer in {@code tokenizer.json}, in and out: normalizer, pre_tokenizer, post_processor, decoder. */
final class PipelineJson {

    private static final String SPACE_MARK = "\u2581";

    private PipelineJson() {}

    private static TokenizerException fault(Path file, String fault) {
        return new TokenizerException(file + ": " + fault + ".");
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    // ---- reading ----

    static PreTokenizer preTokenizer(Path file, JsonNode json) {
        if (absent(json)) return new PreTokenizer.Whole();
        return switch (json.path("type").asText()) {
            case "ByteLevel" -> new PreTokenizer.ByteLevel(json.path("add_prefix_space").asBoolean(true),
                    json.path("trim_offsets").asBoolean(true), json.path("use_regex").asBoolean(true));
            case "Digits" -> new PreTokenizer.Digits(json.path("individual_digits").asBoolean(false));
            case "Split" -> split(file, json);
            case "Sequence" -> {
                var parts = new ArrayList<PreTokenizer>();
                for (var part : json.path("pretokenizers")) {
                    if (part.path("type").asText().equals("Sequence")) throw fault(file, "a Sequence of pre-tokenizers holds another");
                    parts.add(preTokenizer(file, part));
                }
                if (parts.isEmpty()) throw fault(file, "a Sequence of pre-tokenizers is empty");
                yield new PreTokenizer.Sequence(parts);
            }
            default -> throw fault(file, "the pre_tokenizer " + json.path("type") + " is not supported by this version");
        };
    }

    private static PreTokenizer split(Path file, JsonNode json) {
        if (!json.path("behavior").asText().equals("Isolated") || json.path("invert").asBoolean(false)) {
            throw fault(file, "a Split of behavior " + json.path("behavior") + (json.path("invert").asBoolean(false) ? ", inverted," : "") + " is not supported by this version");
        }
        var pattern = json.path("pattern");
        var regex = pattern.has("Regex") ? pattern.path("Regex").asText() : java.util.regex.Pattern.quote(pattern.path("String").asText());
        if (regex.isEmpty() || regex.length() > 10_000) throw fault(file, "a Split has the pattern " + pattern);
        try {
            return new PreTokenizer.Split(new SplitPattern(regex));
        } catch (IllegalArgumentException e) {
            throw fault(file, e.getMessage());
        }
    }

    static Vocabulary vocabulary(Path file, JsonNode json, Map<String, Integer> vocab, Tokenizer.Settings settings, List<AddedToken> added) {
        var model = json.path("model");
        Optional<TextNormalizer> normalizer = absent(json.path("normalizer")) ? Optional.empty() : Optional.of(normalizer(file, json.path("normalizer")));
        var byteLevel = json.toString().contains("\"ByteLevel\"") || !model.path("byte_fallback").asBoolean(false) && absent(json.path("decoder"));
        Optional<Vocabulary.Characters> characters = byteLevel ? Optional.empty() : Optional.of(characters(file, json, vocab));
        if (byteLevel && model.path("byte_fallback").asBoolean(false)) throw fault(file, "model.byte_fallback with a byte level is not supported");
        if (byteLevel && !absent(json.path("decoder")) && !json.path("decoder").path("type").asText().equals("ByteLevel")) {
            throw fault(file, "the decoder " + json.path("decoder").path("type") + " is not supported by this version");
        }
        List<int[]> around = List.of(new int[0], new int[0]);
        for (var post : steps(json.path("post_processor"), "processors")) {
            switch (post.path("type").asText()) {
                case "ByteLevel" -> { }
                case "TemplateProcessing" -> around = template(file, post);
                default -> throw fault(file, "the post_processor " + post.path("type") + " is not supported by this version");
            }
        }
        return new Vocabulary(normalizer, characters, model.path("ignore_merges").asBoolean(false), around.get(0), around.get(1));
    }

    /** The parts of a Sequence; the one that it is, or none. */
    private static List<JsonNode> steps(JsonNode json, String name) {
        if (absent(json)) return List.of();
        if (!json.path("type").asText().equals("Sequence")) return List.of(json);
        var steps = new ArrayList<JsonNode>();
        json.path(name).forEach(steps::add);
        return steps;
    }

    private static TextNormalizer normalizer(Path file, JsonNode json) {
        return switch (json.path("type").asText()) {
            case "NFC", "NFD", "NFKC", "NFKD" -> new TextNormalizer.Unicode(Form.valueOf(json.path("type").asText()));
            case "Prepend" -> new TextNormalizer.Prepend(json.path("prepend").asText());
            case "Lowercase" -> new TextNormalizer.Lowercase();
            case "Replace" -> {
                var from = json.path("pattern").path("String").asText();
                if (from.isEmpty()) throw fault(file, "a Replace normalizer has the pattern " + json.path("pattern") + "; this version replaces strings");
                yield new TextNormalizer.Replace(from, json.path("content").asText());
            }
            case "Sequence" -> new TextNormalizer.Sequence(steps(json, "normalizers").stream().map(part -> {
                if (part.path("type").asText().equals("Sequence")) throw fault(file, "a Sequence of normalizers holds another");
                return normalizer(file, part);
            }).toList());
            default -> throw fault(file, "the normalizer " + json.path("type") + " is not supported by this version");
        };
    }

    private static Vocabulary.Characters characters(Path file, JsonNode json, Map<String, Integer> vocab) {
        var model = json.path("model");
        var strips = false;
        for (var step : steps(json.path("decoder"), "decoders")) {
            switch (step.path("type").asText()) {
                case "Replace" -> {
                    if (!step.path("pattern").path("String").asText().equals(SPACE_MARK) || !step.path("content").asText().equals(" ")) {
                        throw fault(file, "a decoder replaces " + step.path("pattern") + ", which this version does not");
                    }
                }
                case "ByteFallback", "Fuse" -> { }
                case "Strip" -> {
                    if (!step.path("content").asText().equals(" ") || step.path("start").asInt() > 1 || step.path("stop").asInt() != 0) {
                        throw fault(file, "the decoder " + step + " is not supported by this version");
                    }
                    strips = step.path("start").asInt() == 1;
                }
                default -> throw fault(file, "the decoder " + step.path("type") + " is not supported by this version");
            }
        }
        var written = new String[vocab.values().stream().mapToInt(i -> i + 1).max().orElse(0)];
        vocab.forEach((text, id) -> written[id] = text);
        var unknown = model.path("unk_token").isTextual() ? vocab.getOrDefault(model.path("unk_token").asText(), -1) : -1;
        return Vocabulary.Characters.of(written, unknown, model.path("fuse_unk").asBoolean(false), model.path("byte_fallback").asBoolean(false), SPACE_MARK, strips);
    }

    /** The ids before and after a single text. */
    private static List<int[]> template(Path file, JsonNode json) {
        IntList before = new IntList(2), after = new IntList(2);
        var seen = false;
        for (var piece : json.path("single")) {
            if (piece.has("Sequence")) {
                seen = true;
                continue;
            }
            var name = piece.path("SpecialToken").path("id").asText();
            var ids = json.path("special_tokens").path(name).path("ids");
            if (!ids.isArray() || ids.isEmpty()) throw fault(file, "the post_processor names the token \"" + name + "\" and does not say its id");
            for (var id : ids) (seen ? after : before).add(id.asInt());
        }
        return List.of(before.toArray(), after.toArray());
    }

    /** The bytes that a token of the file decodes to. */
    static byte[] decoded(String written, Vocabulary vocabulary) {
        if (vocabulary.characters().isPresent()) {
            if (Vocabulary.Characters.isByte(written)) return new byte[] {(byte) Integer.parseInt(written.substring(3, 5), 16)};
            return written.replace(vocabulary.characters().get().spaceMark(), " ").getBytes(StandardCharsets.UTF_8);
        }
        var bytes = ByteLevelAlphabet.read(written);
        return bytes != null ? bytes : written.getBytes(StandardCharsets.UTF_8);
    }

    // ---- writing ----

    /** Writes the steps, and the model without its tokens, which is returned. */
    static ObjectNode write(ObjectNode json, Tokenizer tokenizer) {
        var how = tokenizer.vocabulary();
        if (how.normalizer().isPresent()) write(json.putObject("normalizer"), how.normalizer().get());
        else json.putNull("normalizer");
        if (tokenizer.preTokenizer() instanceof PreTokenizer.Whole) json.putNull("pre_tokenizer");
        else write(json.putObject("pre_tokenizer"), tokenizer.preTokenizer());
        postProcessor(json, tokenizer);
        decoder(json, how);
        var model = json.putObject("model").put("type", "BPE").putNull("dropout");
        var characters = how.characters();
        if (characters.isPresent() && characters.get().unknown() >= 0) model.put("unk_token", characters.get().written()[characters.get().unknown()]);
        else model.putNull("unk_token");
        return model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", characters.isPresent() && characters.get().fuseUnknown())
                .put("byte_fallback", characters.isPresent() && Arrays.stream(characters.get().idOfByte()).anyMatch(id -> id >= 0)).put("ignore_merges", how.ignoreMerges());
    }

    private static void postProcessor(ObjectNode json, Tokenizer tokenizer) {
        var how = tokenizer.vocabulary();
        if (how.prefix().length + how.suffix().length == 0) {
            if (how.characters().isPresent()) json.putNull("post_processor");
            else json.putObject("post_processor").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", false).put("use_regex", true);
            return;
        }
        var post = json.putObject("post_processor").put("type", "TemplateProcessing");
        var tokens = tokenizer.added();
        ArrayNode single = post.putArray("single"), pair = post.putArray("pair");
        var special = post.putObject("special_tokens");
        for (int type = 0; type < 2; type++) {
            for (var id : how.prefix()) special(single, pair, special, tokens.get(id).content(), id, type);
            if (type == 0) single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            pair.addObject().putObject("Sequence").put("id", type == 0 ? "A" : "B").put("type_id", type);
            for (var id : how.suffix()) special(single, pair, special, tokens.get(id).content(), id, type);
        }
    }

    private static void special(ArrayNode single, ArrayNode pair, ObjectNode tokens, String content, int id, int type) {
        if (type == 0) single.addObject().putObject("SpecialToken").put("id", content).put("type_id", 0);
        pair.addObject().putObject("SpecialToken").put("id", content).put("type_id", type);
        var token = tokens.putObject(content).put("id", content);
        token.putArray("ids").add(id);
        token.putArray("tokens").add(content);
    }

    private static void decoder(ObjectNode json, Vocabulary how) {
        if (how.characters().isEmpty()) {
            json.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
            return;
        }
        var steps = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
        var replace = steps.addObject().put("type", "Replace");
        replace.putObject("pattern").put("String", how.characters().get().spaceMark());
        replace.put("content", " ");
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        if (how.characters().get().stripStart()) steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }

    private static void write(ObjectNode json, TextNormalizer normalizer) {
        switch (normalizer) {
            case TextNormalizer.Unicode n -> json.put("type", n.form().name());
            case TextNormalizer.Lowercase _ -> json.put("type", "Lowercase");
            case TextNormalizer.Prepend n -> json.put("type", "Prepend").put("prepend", n.text());
            case TextNormalizer.Replace n -> {
                json.put("type", "Replace").putObject("pattern").put("String", n.from());
                json.put("content", n.to());
            }
            case TextNormalizer.Sequence n -> {
                var parts = json.put("type", "Sequence").putArray("normalizers");
                n.parts().forEach(part -> write(parts.addObject(), part));
            }
        }
    }

    private static void write(ObjectNode json, PreTokenizer preTokenizer) {
        switch (preTokenizer) {
            case PreTokenizer.ByteLevel p -> json.put("type", "ByteLevel").put("add_prefix_space", p.addPrefixSpace())
                    .put("trim_offsets", p.trimOffsets()).put("use_regex", p.useRegex());
            case PreTokenizer.Digits p -> json.put("type", "Digits").put("individual_digits", p.individualDigits());
            case PreTokenizer.Split p -> {
                json.put("type", "Split").putObject("pattern").put("Regex", p.pattern().regex());
                json.put("behavior", "Isolated").put("invert", false);
            }
            case PreTokenizer.Whole _ -> throw new IllegalArgumentException("A part of a sequence of pre-tokenizers cuts nothing.");
            case PreTokenizer.Sequence p -> {
                var parts = json.put("type", "Sequence").putArray("pretokenizers");
                for (var part : p.parts()) write(parts.addObject(), part);
            }
        }
    }
}
