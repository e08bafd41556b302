package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.weights.Gguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A way of cutting text before BPE, by its name in llama.cpp: a GGUF file gives {@code tokenizer.ggml.pre} instead of the patterns that
 * stand in tokenizer.json.
 */
enum GgufPreTokenizer {
    GPT2(List.of("gpt-2", "olmo", "phi-2", "mellum"), List.of(), Digits.TOGETHER, true),
    SMOLLM(List.of("smollm", "starcoder", "refact", "command-r", "codeshell", "minerva-7b"), List.of(), Digits.APART, true),
    LLAMA3(List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "lfm2"),
            List.of(Patterns.CONTRACTIONS + Patterns.REST.formatted("\\p{N}{1,3}")),
            Digits.TOGETHER, false),
    SMAUG(List.of("smaug-bpe", "dbrx"), LLAMA3.splits, Digits.TOGETHER, false),
    QWEN2(List.of("qwen2", "deepseek-r1-qwen", "stablelm2", "megrez"), List.of(Patterns.CONTRACTIONS + Patterns.REST.formatted("\\p{N}")),
            Digits.TOGETHER, false),
    GPT4O(List.of("gpt-4o"), List.of(Patterns.CASED.formatted(Patterns.CONTRACTIONS + "?", Patterns.CONTRACTIONS + "?", "\\p{N}{1,3}")),
            Digits.TOGETHER, false),
    TEKKEN(List.of("tekken"), List.of(Patterns.CASED.formatted("", "", "\\p{N}")), Digits.TOGETHER, false),
    DEEPSEEK_LLM(List.of("deepseek-llm"),
            List.of("[\r\n]", "\\s?[" + Patterns.LETTERS_WITH_CASE + "]+",
                    "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+",
                    "\\s+$", Patterns.EAST_ASIAN),
            Digits.APART, false),
    DEEPSEEK_CODER(List.of("deepseek-coder"), List.of("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", Patterns.EAST_ASIAN), Digits.APART, false),
    FALCON(List.of("falcon"), List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Patterns.GPT2, "[0-9][0-9][0-9]"), Digits.TOGETHER, false),
    DEFAULT(List.of("default"), List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Patterns.GPT2, "\\p{N}+", "[0-9][0-9][0-9]"), Digits.TOGETHER, false);

    private enum Digits { TOGETHER, APART }

    private static final class Patterns {
        static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
        static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
        static final String REST = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        static final String CASED = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%s"
                + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%s|%s| "
                + "?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        static final String EAST_ASIAN = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+";

        /** The inside of DeepSeek's class of letters that are large or small, as its tokenizer.json has it. */
        static final String LETTERS_WITH_CASE = "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-"
                + "\u02af\u0370-\u0373\u0376\u0377"
                + "\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-"
                + "\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-"
                + "\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-"
                + "\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115"
                + "\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-"
                + "\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-"
                + "\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\ud801\udc00-\ud801\udc4f\ud801\udcb0-\ud801\udcd3"
                + "\ud801\udcd8-\ud801\udcfb\ud803\udc80-\ud803\udcb2\ud803\udcc0-\ud803\udcf2\ud806\udca0-\ud806\udcdf\ud83a\udd00-"
                + "\ud83a\udd43";
    }

    private final List<String> names;
    private final List<String> splits;
    private final Digits digits;
    private final boolean gpt2Last; // after all else GPT-2's pattern, which ByteLevel has

    GgufPreTokenizer(List<String> names, List<String> splits, Digits digits, boolean gpt2Last) {
        this.names = names;
        this.splits = splits;
        this.digits = digits;
        this.gpt2Last = gpt2Last;
    }

    static GgufPreTokenizer of(Gguf gguf) {
        if (gguf.metadata().get("tokenizer.ggml.pre") == null) return ofArchitecture(gguf);
        var name = String.valueOf(gguf.metadata().get("tokenizer.ggml.pre"));
        var known = new ArrayList<String>();
        for (var pre : values()) {
            if (pre.names.contains(name)) return pre;
            known.addAll(pre.names);
        }
        throw new ModelException(
                gguf.file() + ": tokenizer.ggml.pre \"" + name + "\" is not known; Parley reads " + String.join(", ", known) + ".");
    }

    /**
     * Files from before May 2024 do not say it. Where the architecture has one tokenizer only, it is that one; else as llama.cpp then does.
     */
    private static GgufPreTokenizer ofArchitecture(Gguf gguf) {
        return switch (String.valueOf(gguf.metadata().get("general.architecture"))) {
            case "gpt2" -> GPT2;
            case "qwen2", "qwen3" -> QWEN2;
            case "llama" -> gguf.texts("tokenizer.ggml.tokens").contains("<|begin_of_text|>") ? LLAMA3 : DEFAULT;
            default -> DEFAULT;
        };
    }

    /** Its name for a pre_tokenizer of tokenizer.json. */
    static String nameOf(Path file, JsonNode json) {
        var regexes = json.findValuesAsText("Regex");
        var digits = json.toString().contains("\"Digits\"") ? Digits.APART : Digits.TOGETHER;
        for (var pre : values()) {
            if (pre.splits.equals(regexes) && pre.digits == digits) return pre.names.getFirst();
        }
        throw new ModelException(
                file + ": GGUF has no name for the pre_tokenizer's pattern " + regexes.getLast() + ", or Parley knows none.");
    }

    void write(ObjectNode json) {
        if (splits.isEmpty() && digits == Digits.TOGETHER) {
            byteLevel(json);
            return;
        }
        var steps = json.put("type", "Sequence").putArray("pretokenizers");
        for (var split : splits) {
            steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false).putObject("pattern").put("Regex",
                    split);
        }
        if (digits == Digits.APART) steps.addObject().put("type", "Digits").put("individual_digits", true);
        byteLevel(steps.addObject());
    }

    private void byteLevel(ObjectNode json) {
        json.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", gpt2Last);
    }

    boolean nfc() {
        return this == QWEN2;
    }

    /** Whether a piece that is a token is not cut into what its merges make. */
    boolean ignoreMerges() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** Whether a text begins with the bos token where the file does not say. */
    boolean addsBos() {
        return this == LLAMA3 || this == TEKKEN;
    }
}
