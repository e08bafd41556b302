package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the steps of a tokenizer from {@code tokenizer.json}: normalizer, pre_tokenizer, post_processor, decoder, and how its model merges.
 */
final class PipelineReader {

    static final String SPACE_MARK = "\u2581";
    private static final int MOST_STEPS = 64;
    private static final int LONGEST_TEXT = 1000;

    private final Path file;
    private final JsonNode json;

    PipelineReader(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    private Fields fields(String where) {
        return new Fields(file, where, json.path(where));
    }

    private List<Fields> steps(String where, String name) {
        if (Fields.absent(json.path(where))) return List.of();
        var steps = fields(where).steps(name);
        if (steps.size() > MOST_STEPS) throw fields(where).unsupported("of " + steps.size() + " steps");
        return steps;
    }

    /** Text that a step puts into a text. */
    private static String inserted(Fields step, String name) {
        var text = step.text(name);
        if (text.length() > LONGEST_TEXT) throw step.unsupported("with a \"" + name + "\" of " + text.length() + " characters");
        return text;
    }

    // ---- pre_tokenizer ----

    PreTokenizer preTokenizer() {
        var parts = new ArrayList<PreTokenizer>();
        var steps = steps("pre_tokenizer", "pretokenizers");
        for (var step : steps) {
            if (!parts.isEmpty() && parts.getLast() instanceof PreTokenizer.ByteLevel)
                throw step.unsupported("type " + step.type() + " after ByteLevel");
            if (!parts.isEmpty() && step.type().equals("Metaspace")) throw step.unsupported("type Metaspace after another");
            parts.addAll(preTokenizer(step));
        }
        if (parts.isEmpty()) return new PreTokenizer.Whole();
        return parts.size() == 1 ? parts.getFirst() : new PreTokenizer.Sequence(parts);
    }

    private static List<PreTokenizer> preTokenizer(Fields step) {
        return switch (step.type()) {
            case "ByteLevel" -> List.of(new PreTokenizer.ByteLevel(step.flag("add_prefix_space", true), step.flag("trim_offsets", true),
                    step.flag("use_regex", true)));
            case "Digits" -> List.of(new PreTokenizer.Digits(step.flag("individual_digits", false)));
            case "Split" ->
                List.of(new PreTokenizer.Split(new SplitPattern(step.pattern()), behavior(step, null), step.flag("invert", false)));
            case "Metaspace" -> List.of(metaspace(step));
            case "WhitespaceSplit" -> List.of(characters(PreTokenizer.Characters.WHITE_SPACE, SplitBehavior.REMOVED, ' '));
            case "Whitespace" -> List.of(characters(PreTokenizer.Characters.WORDS, SplitBehavior.REMOVED, ' '));
            case "Punctuation" -> List.of(characters(PreTokenizer.Characters.PUNCTUATION, behavior(step, "Isolated"), ' '));
            case "CharDelimiterSplit" ->
                List.of(characters(PreTokenizer.Characters.ONE, SplitBehavior.REMOVED, step.character("delimiter", "").codePointAt(0)));
            case "BertPreTokenizer" -> List.of(characters(PreTokenizer.Characters.WHITE_SPACE, SplitBehavior.REMOVED, ' '),
                    characters(PreTokenizer.Characters.PUNCTUATION, SplitBehavior.ISOLATED, ' '));
            default -> throw step.unsupported("type " + step.type());
        };
    }

    private static PreTokenizer characters(PreTokenizer.Characters kind, SplitBehavior behavior, int delimiter) {
        return new PreTokenizer.CharacterSplit(kind, behavior, delimiter);
    }

    private static SplitBehavior behavior(Fields step, String otherwise) {
        var name = step.optionalText("behavior").or(() -> Optional.ofNullable(otherwise)).orElse("");
        return SplitBehavior.of(name).orElseThrow(() -> step.unsupported("behavior \"" + name + "\""));
    }

    /** Older files say add_prefix_space for always or never. */
    private static PreTokenizer.Metaspace metaspace(Fields step) {
        var older = step.flag("add_prefix_space", true) ? "always" : "never";
        var scheme = step.optionalText("prepend_scheme").orElse(older);
        if (step.has("add_prefix_space") && older.equals("never") && !scheme.equals("never")) {
            throw step.fault("the Metaspace has add_prefix_space false and the prepend_scheme \"" + scheme + "\"");
        }
        var prepend = switch (scheme) {
            case "always" -> PreTokenizer.Prepend.ALWAYS;
            case "first" -> PreTokenizer.Prepend.FIRST;
            case "never" -> PreTokenizer.Prepend.NEVER;
            default -> throw step.unsupported("prepend_scheme \"" + scheme + "\"");
        };
        return new PreTokenizer.Metaspace(step.character("replacement", SPACE_MARK), prepend, step.flag("split", true));
    }

    // ---- normalizer ----

    private Optional<TextNormalizer> normalizer() {
        var parts = steps("normalizer", "normalizers").stream().map(PipelineReader::normalizer).toList();
        if (parts.isEmpty()) return Optional.empty();
        return Optional.of(parts.size() == 1 ? parts.getFirst() : new TextNormalizer.Sequence(parts));
    }

    private static TextNormalizer normalizer(Fields step) {
        return switch (step.type()) {
            case "NFC", "NFD", "NFKC", "NFKD" -> new TextNormalizer.Unicode(Form.valueOf(step.type()));
            case "Prepend" -> new TextNormalizer.Prepend(inserted(step, "prepend"));
            case "Lowercase" -> new TextNormalizer.Lowercase();
            case "Replace" -> new TextNormalizer.Replace(step.pattern(), inserted(step, "content"));
            case "Strip" -> new TextNormalizer.Strip(step.flag("strip_left", true), step.flag("strip_right", true));
            case "StripAccents" -> new TextNormalizer.StripAccents();
            default -> throw step.unsupported("type " + step.type());
        };
    }

    // ---- decoder ----

    private TokenDecoder decoder(boolean byteLevel) {
        var steps = new ArrayList<TokenDecoder.Step>();
        for (var step : steps("decoder", "decoders")) {
            var read = decoder(step);
            if (!(read instanceof TokenDecoder.Fuse)) checkOrder(step, steps, read);
            steps.add(read);
        }
        var isByteLevel = steps.stream().anyMatch(s -> s instanceof TokenDecoder.ByteLevel);
        if (byteLevel && steps.isEmpty()) return TokenDecoder.BYTE_LEVEL;
        if (byteLevel != isByteLevel) {
            throw fields("decoder").fault(byteLevel ? "the decoder has no ByteLevel, which the pre_tokenizer has"
                    : "the decoder has a ByteLevel, which the pre_tokenizer has not");
        }
        return new TokenDecoder(steps);
    }

    /** Tokens are decoded one by one; what would see several at once is not supported, but white space at the start. */
    private static void checkOrder(Fields step, List<TokenDecoder.Step> before, TokenDecoder.Step now) {
        if (before.isEmpty()) return;
        if (before.getLast() instanceof TokenDecoder.ByteFallback || before.stream().anyMatch(s -> s instanceof TokenDecoder.ByteLevel)) {
            throw step.unsupported("type " + step.type() + " after "
                    + (before.getLast() instanceof TokenDecoder.ByteFallback ? "ByteFallback" : "ByteLevel"));
        }
        var fused = before.contains(new TokenDecoder.Fuse());
        if (fused && !(now instanceof TokenDecoder.Strip strip && strip.stop() == 0))
            throw step.unsupported("type " + step.type() + " after Fuse");
    }

    private static TokenDecoder.Step decoder(Fields step) {
        return switch (step.type()) {
            case "ByteLevel" -> new TokenDecoder.ByteLevel();
            case "ByteFallback" -> new TokenDecoder.ByteFallback();
            case "Fuse" -> new TokenDecoder.Fuse();
            case "Replace" -> new TokenDecoder.Replace(step.pattern(), inserted(step, "content"));
            case "Strip" ->
                new TokenDecoder.Strip(step.character("content", " "), step.number("start", 0, 1000), step.number("stop", 0, 1000));
            case "Metaspace" -> new TokenDecoder.Metaspace(metaspace(step));
            default -> throw step.unsupported("type " + step.type());
        };
    }

    // ---- post_processor ----

    /** The ids before and after a single text. */
    private int[][] around(int highestId) {
        var around = new int[][] {{}, {}};
        for (var step : steps("post_processor", "processors")) {
            switch (step.type()) {
                case "ByteLevel" -> {}
                case "TemplateProcessing" -> around = outside(around, template(step));
                case "RobertaProcessing", "BertProcessing" ->
                    around = outside(around, new int[][] {{pairId(step, "cls")}, {pairId(step, "sep")}});
                default -> throw step.unsupported("type " + step.type());
            }
        }
        for (var ids : around) {
            for (var id : ids) {
                if (id < 0 || id > highestId) throw fields("post_processor")
                        .fault("the post_processor names the token id " + id + ", which is not in the vocabulary");
            }
        }
        return around;
    }

    private static int[][] outside(int[][] inner, int[][] outer) {
        return new int[][] {joined(outer[0], inner[0]), joined(inner[1], outer[1])};
    }

    private static int[] joined(int[] first, int[] then) {
        var ids = new IntList(4);
        ids.addAll(first, 0, first.length);
        ids.addAll(then, 0, then.length);
        return ids.toArray();
    }

    private static int pairId(Fields step, String name) {
        var id = step.json().path(name).path(1);
        if (!id.isInt()) throw step.fault("the " + step.type() + " does not say the id of \"" + name + "\"");
        return id.intValue();
    }

    private static int[][] template(Fields step) {
        IntList before = new IntList(2), after = new IntList(2);
        var seen = false;
        for (var piece : step.json().path("single")) {
            if (piece.has("Sequence")) {
                if (seen || !piece.path("Sequence").path("id").asText("A").equals("A"))
                    throw step.unsupported("template that has a text twice");
                seen = true;
                continue;
            }
            var name = piece.path("SpecialToken").path("id").asText();
            var ids = step.json().path("special_tokens").path(name).path("ids");
            if (!ids.isArray() || ids.isEmpty() || ids.size() > 100)
                throw step.fault("the post_processor names the token \"" + name + "\" and does not say its id");
            for (var id : ids) {
                if (!id.isInt()) throw step.fault("the post_processor has the id " + id + " for the token \"" + name + "\"");
                (seen ? after : before).add(id.intValue());
            }
        }
        if (!seen) throw step.unsupported("template without a text");
        if (before.size() + after.size() > 1000) throw step.unsupported("template of " + (before.size() + after.size()) + " tokens");
        return new int[][] {before.toArray(), after.toArray()};
    }

    // ---- the whole ----

    /** @param highestId of all tokens, added ones too */
    Vocabulary vocabulary(Map<String, Integer> vocab, PreTokenizer preTokenizer, int highestId) {
        var model = fields("model");
        var parts = preTokenizer instanceof PreTokenizer.Sequence several ? several.parts() : List.of(preTokenizer);
        var byteLevel = parts.stream().anyMatch(p -> p instanceof PreTokenizer.ByteLevel);
        var fallback = model.flag("byte_fallback", false);
        if (byteLevel && fallback) throw model.unsupported("byte_fallback with a ByteLevel");
        var written = new String[byteLevel ? 0 : vocab.values().stream().mapToInt(i -> i + 1).max().orElse(0)];
        if (!byteLevel) vocab.forEach((text, id) -> written[id] = text);
        Optional<Vocabulary.Characters> characters = byteLevel ? Optional.empty()
                : Optional.of(Vocabulary.Characters.of(written, fallback));
        var around = around(highestId);
        return new Vocabulary(normalizer(), characters, decoder(byteLevel), unknown(model, vocab), model.flag("ignore_merges", false),
                around[0], around[1]);
    }

    /** An unknown token that is in no vocabulary is a fault of Hugging Face's library too, at the first text that needs it. */
    private static Vocabulary.Unknown unknown(Fields model, Map<String, Integer> vocab) {
        var token = model.optionalText("unk_token").filter(t -> !t.isEmpty());
        var fuse = model.flag("fuse_unk", false);
        if (token.isEmpty()) return new Vocabulary.Unknown(-1, fuse);
        if (!vocab.containsKey(token.get())) throw model.fault("model.unk_token \"" + token.get() + "\" is not in the vocabulary");
        return new Vocabulary.Unknown(vocab.get(token.get()), fuse);
    }
}
