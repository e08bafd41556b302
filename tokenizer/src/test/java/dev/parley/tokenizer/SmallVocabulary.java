package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Locale;
import java.util.SplittableRandom;

/** A small vocabulary of characters with bytes to fall back on, made of mixed lines. Some characters of the lines are not in it. */
final class SmallVocabulary {

    private SmallVocabulary() {}

    static ObjectNode characters() {
        var random = new SplittableRandom(4);
        var json = new ObjectMapper().createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        var model = json.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor").putNull("decoder").putObject("model")
                .put("type", "BPE").putNull("dropout")
                .put("unk_token", "<unk>").putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", true)
                .put("byte_fallback", true).put("ignore_merges", false);
        var vocab = model.putObject("vocab");
        for (var special : new String[] {"<unk>", "<s>", "</s>"}) {
            added.addObject().put("id", vocab.size()).put("content", special).put("single_word", false).put("lstrip", false)
                    .put("rstrip", false).put("normalized", false).put("special", true);
            vocab.put(special, vocab.size());
        }
        for (int b = 0; b < 256; b++) vocab.put(String.format(Locale.ROOT, "<0x%02X>", b), vocab.size());
        var text = String.join(" ", MixedLines.PIECES).replace(' ', '\u2581') + "  ";
        text.codePoints().distinct().filter(c -> c % 7 != 0 && (c < 0xd800 || c > 0xdfff)).forEach(c -> put(vocab, Character.toString(c)));
        var tokens = new ArrayList<String>();
        vocab.fieldNames().forEachRemaining(tokens::add);
        tokens.removeIf(t -> t.startsWith("<"));
        var merges = model.putArray("merges");
        for (int n = 0; n < 200_000 && merges.size() < 400; n++) {
            String left = tokens.get(random.nextInt(tokens.size())), right = tokens.get(random.nextInt(tokens.size()));
            if (!text.contains(left + right) || vocab.has(left + right)) continue;
            put(vocab, left + right);
            tokens.add(left + right);
            merges.addArray().add(left).add(right);
        }
        return json;
    }

    private static void put(ObjectNode vocab, String token) {
        if (!vocab.has(token)) vocab.put(token, vocab.size());
    }
}
