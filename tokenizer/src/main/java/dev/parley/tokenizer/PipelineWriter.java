package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Writes the steps of a tokenizer as {@code tokenizer.json} has them. */
final class PipelineWriter {

    private PipelineWriter() {}

    /** Writes the steps, and the model without its tokens, which is returned. */
    static ObjectNode write(ObjectNode json, Tokenizer tokenizer) {
        var how = tokenizer.vocabulary();
        if (how.normalizer().isPresent()) write(json.putObject("normalizer"), how.normalizer().get());
        else json.putNull("normalizer");
        if (tokenizer.preTokenizer() instanceof PreTokenizer.Whole) json.putNull("pre_tokenizer");
        else write(json.putObject("pre_tokenizer"), tokenizer.preTokenizer());
        postProcessor(json, tokenizer);
        decoder(json, how.decoder());
        var model = json.putObject("model").put("type", "BPE").putNull("dropout");
        if (how.unknown().id() >= 0) model.put("unk_token", tokenizer.written(how.unknown().id()));
        else model.putNull("unk_token");
        return model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", how.unknown().fuse())
                .put("byte_fallback", how.characters().isPresent() && how.characters().get().hasBytes())
                .put("ignore_merges", how.ignoreMerges());
    }

    private static void postProcessor(ObjectNode json, Tokenizer tokenizer) {
        var how = tokenizer.vocabulary();
        if (how.prefix().length + how.suffix().length == 0) {
            if (how.characters().isPresent()) json.putNull("post_processor");
            else json.putObject("post_processor").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", false)
                    .put("use_regex", true);
            return;
        }
        var post = json.putObject("post_processor").put("type", "TemplateProcessing");
        ArrayNode single = post.putArray("single"), pair = post.putArray("pair");
        var special = post.putObject("special_tokens");
        for (int type = 0; type < 2; type++) {
            for (var id : how.prefix()) special(single, pair, special, tokenizer.written(id), id, type);
            if (type == 0) single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            pair.addObject().putObject("Sequence").put("id", type == 0 ? "A" : "B").put("type_id", type);
            for (var id : how.suffix()) special(single, pair, special, tokenizer.written(id), id, type);
        }
    }

    private static void special(ArrayNode single, ArrayNode pair, ObjectNode tokens, String content, int id, int type) {
        if (type == 0) single.addObject().putObject("SpecialToken").put("id", content).put("type_id", 0);
        pair.addObject().putObject("SpecialToken").put("id", content).put("type_id", type);
        var token = tokens.putObject(content).put("id", content);
        token.putArray("ids").add(id);
        token.putArray("tokens").add(content);
    }

    private static void decoder(ObjectNode json, TokenDecoder decoder) {
        if (decoder.joinsBySpaces()) {
            json.putNull("decoder");
            return;
        }
        if (decoder.steps().size() == 1) {
            write(json.putObject("decoder"), decoder.steps().getFirst());
            return;
        }
        var steps = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
        for (var step : decoder.steps()) write(steps.addObject(), step);
    }

    private static void write(ObjectNode json, TokenDecoder.Step decoder) {
        switch (decoder) {
            case TokenDecoder.ByteLevel _ ->
                json.put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
            case TokenDecoder.ByteFallback _ -> json.put("type", "ByteFallback");
            case TokenDecoder.Fuse _ -> json.put("type", "Fuse");
            case TokenDecoder.Replace d -> {
                pattern(json.put("type", "Replace"), d.pattern());
                json.put("content", d.to());
            }
            case TokenDecoder.Strip d ->
                json.put("type", "Strip").put("content", d.content()).put("start", d.start()).put("stop", d.stop());
            case TokenDecoder.Metaspace d -> metaspace(json, d.how());
        }
    }

    private static void pattern(ObjectNode json, TextPattern pattern) {
        json.putObject("pattern").put(pattern.isLiteral() ? "String" : "Regex", pattern.source());
    }

    private static void metaspace(ObjectNode json, PreTokenizer.Metaspace how) {
        json.put("type", "Metaspace").put("replacement", how.mark()).put("prepend_scheme", how.prepend().name().toLowerCase(Locale.ROOT))
                .put("split", how.split());
    }

    private static void write(ObjectNode json, TextNormalizer normalizer) {
        switch (normalizer) {
            case TextNormalizer.Unicode n -> json.put("type", n.form().name());
            case TextNormalizer.Lowercase _ -> json.put("type", "Lowercase");
            case TextNormalizer.Prepend n -> json.put("type", "Prepend").put("prepend", n.text());
            case TextNormalizer.Strip n -> json.put("type", "Strip").put("strip_left", n.left()).put("strip_right", n.right());
            case TextNormalizer.StripAccents _ -> json.put("type", "StripAccents");
            case TextNormalizer.Replace n -> {
                pattern(json.put("type", "Replace"), n.pattern());
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
                pattern(json.put("type", "Split"), p.pattern().pattern());
                json.put("behavior", p.behavior().written()).put("invert", p.invert());
            }
            case PreTokenizer.Metaspace p -> metaspace(json, p);
            case PreTokenizer.CharacterSplit p -> characters(json, p);
            case PreTokenizer.Whole _ -> throw new IllegalArgumentException("A part of a sequence of pre-tokenizers cuts nothing.");
            case PreTokenizer.Sequence p -> {
                var parts = json.put("type", "Sequence").putArray("pretokenizers");
                for (var part : p.parts()) write(parts.addObject(), part);
            }
        }
    }

    private static void characters(ObjectNode json, PreTokenizer.CharacterSplit how) {
        switch (how.kind()) {
            case WHITE_SPACE -> json.put("type", "WhitespaceSplit");
            case WORDS -> json.put("type", "Whitespace");
            case PUNCTUATION -> json.put("type", "Punctuation").put("behavior", how.behavior().written());
            case ONE -> json.put("type", "CharDelimiterSplit").put("delimiter", Character.toString(how.delimiter()));
        }
    }
}
