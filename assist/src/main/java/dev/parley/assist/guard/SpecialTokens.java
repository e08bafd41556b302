package dev.parley.assist.guard;

import java.util.regex.Pattern;

/**
 * Takes from a text what a tokenizer would read as a control token or a template as a turn: {@code <|im_start|>}, {@code [INST]},
 * {@code <start_of_turn>} and alike. The signs are exchanged for look-alikes, so that a person still reads them.
 */
final class SpecialTokens {

    // <|name|>, also with the wide bar that DeepSeek's tokens have, and names in angle brackets that families use.
    private static final Pattern BARS = Pattern.compile("<\\s*[|｜]|[|｜]\\s*>");
    private static final Pattern NAMES = Pattern
            .compile("<(/?\\s*(?:s|bos|eos|pad|unk|mask|cls|sep|think|answer|tools?|tool_calls?|tool_response|function|functions|"
                    + "(?:start|end)_of_(?:turn|text|image|utterance)|(?:start|end)of\\w*|system|user|assistant|human|sys|inst|"
                    + "instructions?|image|image_soft_token|fim_\\w+|"
                    + "unused\\d+|reserved\\w*|extra_id_\\d+|arg_key|arg_value|data)\\b[^<>\\n]{0,40})>", Pattern.CASE_INSENSITIVE);
    private static final Pattern SQUARE = Pattern.compile(
            "\\[(/?\\s*(?:INST|SYS|SYSTEM|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|gMASK|CLS|SEP|MASK|PAD|UNK|BOS|EOS|IMG|"
                    + "UNUSED_TOKEN_\\d+)\\s*)\\]",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ANGLES = Pattern.compile("<<+|>>+");
    private static final Pattern ROLE = Pattern
            .compile("(?im)^([ \\t#*>\\-]*)(system|assistant|user|human|developer|ai|tool|系统|助手|用户)(\\s*[*]*)\\s*([:：])");

    private SpecialTokens() {}

    /** Whether there is anything to be exchanged, beside a line that begins as a turn would. */
    static boolean areIn(String text) {
        return BARS.matcher(text).find() || NAMES.matcher(text).find() || SQUARE.matcher(text).find();
    }

    static String neutralised(String text) {
        var now = text.replace('＜', '<').replace('＞', '>').replace('﹤', '<').replace('﹥', '>');
        for (var before = ""; !before.equals(now);) { // what is taken away may leave another behind
            before = now;
            now = BARS.matcher(now).replaceAll(found -> found.group().startsWith("<") ? "‹¦" : "¦›");
            now = NAMES.matcher(now).replaceAll("‹$1›");
            now = SQUARE.matcher(now).replaceAll("($1)");
            now = ANGLES.matcher(now).replaceAll(found -> found.group().startsWith("<") ? "‹" : "›");
        }
        return ROLE.matcher(now).replaceAll("$1“$2”$3 -");
    }
}
