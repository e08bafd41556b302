package dev.parley.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Lines of mixed text: scripts, emoji, code, white space, control characters, special tokens. */
final class MixedLines {

    static final List<String> PIECES = List.of("hello", " World", "don't", "I'LL", "we'Ve", "'s", "'S", " 'd", "it's", "ſ", "'ſ", "naïve",
            "cafe\u0301", "Å", "A\u030a",
            "ﬁ", "①", "Ⅷ", "½", "²", "中文字", "日本語テキスト", "한국어", "العربية", "हिन्दी", "ไทย", "Ελληνικά", "Привет", "עברית", "🙂", "👩‍👩‍👧",
            "🇩🇪", "👍🏽", "\u200b", "\ufeff", "1", "12", "123", "1234567",
            "3.14", "٣٤٥", "𝟘𝟙", " ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n", " \n ", "\u00a0", "\u3000", "\u2028", "\u0085",
            "\u000b", "\u0000", "\u0007", "\u001b[0m", "\u007f",
            "!", "...", "?!", "—", "“quoted”", "$100", "#tag", "@user", "a_b", "x=y;", "for(i=0;i<n;i++){\n", "  return x;\n}", "\treturn",
            "http://a.b/c?d=e&f", "<b>", "</s>", "<s>", "<unk>",
            "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "\\n", "%20", "~", "`code`", "end.", "\ud83c", "e\u0301\u0323",
            "\u1e9b\u0323", "▁", " ▁x", "<0x0A>");

    private MixedLines() {}

    /** Pieces joined at random. Half of a surrogate pair cannot cross to another library, nor be text. */
    static String line(SplittableRandom random) {
        var line = new StringBuilder();
        for (int n = random.nextInt(12); n >= 0; n--) line.append(PIECES.get(random.nextInt(PIECES.size())));
        return new String(line.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
