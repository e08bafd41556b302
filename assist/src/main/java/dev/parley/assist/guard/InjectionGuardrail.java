package dev.parley.assist.guard;

import dev.parley.assist.moderation.PhraseRules;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes from passages and from tools' results what speaks to the model: sentences that give it orders, in English and Chinese, plain or
 * wrapped in base64, hexadecimal digits, rot13 or reversed; characters that nobody sees; control tokens and turns of chat templates;
 * comments of HTML; pictures and links by which an answer would carry something away. It is a second wall: what is left goes to the model
 * in a {@link DataBlock} all the same.
 */
public final class InjectionGuardrail implements Guardrail {

    private static final Pattern INVISIBLE_MARKUP = Pattern.compile(
            "(?is)<!--.*?(?:-->|$)|<(script|style|iframe|object|embed|template|noscript)\\b.*?(?:</\\1\\s*>|$)|<(\\w+)"
                    + "[^>]*(?:display\\s*:\\s*none|visibility\\s*:\\s*hidden|font-size\\s*:\\s*0|\\bhidden\\b)[^>]*>.*?(?:</\\2\\s*>|$)");
    private static final Pattern PICTURE = Pattern
            .compile("!\\[([^\\]\\n]*)\\]\\([^)\\n]*\\)|!\\[([^\\]\\n]*)\\]\\[[^\\]\\n]*\\]|(?is)<img\\b[^>]*>");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]\\n]*)\\]\\(\\s*[^)\\n]*\\)|(?m)^\\s*\\[[^\\]\\n]+\\]:\\s*\\S+.*$");
    private static final Pattern LOADED_ADDRESS = Pattern
            .compile("(?i)\\b(?:https?|ftp|data|javascript)://?[^\\s)>\"]*(?:[?&=%{}$]|base64)[^\\s)>\"]*");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{20,}={0,2}");
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2}[\\s:]?){12,}");

    private final PhraseRules<String> orders = PhraseRules.load(InjectionGuardrail.class, "injection.txt", label -> label);

    @Override
    public String name() {
        return "injection";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.RETRIEVAL, Stage.TOOL_RESULT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        var met = new LinkedHashSet<String>();
        var now = changed(text, HiddenCharacters.removed(text), "hidden_characters", met);
        now = changed(now, INVISIBLE_MARKUP.matcher(now).replaceAll(" "), "hidden_markup", met);
        now = changed(now, PICTURE.matcher(now).replaceAll("$1$2"), "picture", met);
        now = changed(now, LINK.matcher(now).replaceAll("$1"), "link", met);
        now = changed(now, LOADED_ADDRESS.matcher(now).replaceAll("…"), "link", met);
        now = changed(now, withoutWrapped(now), "wrapped_instruction", met);
        now = changed(now, withoutOrders(now, mark(turn.language())), "instruction", met);
        now = changed(now, SpecialTokens.neutralised(now), "control_tokens", met);
        if (met.isEmpty()) return Verdict.PASS;
        return new Verdict.Replace(now, String.join(",", met), "Parts that speak to the model were taken out ("
                + String.join(", ", met).replace('_', ' ') + ").");
    }

    private static String changed(String before, String after, String rule, Set<String> met) {
        if (!before.equals(after)) met.add(rule);
        return after;
    }

    private static String mark(String language) {
        return language.equals("zh") ? "［已删去一句针对助手的指令］" : "[a sentence that gave orders to the assistant was removed]";
    }

    private String withoutOrders(String text, String mark) {
        return Sentences.map(text, sentence -> speaksToTheModel(sentence) ? mark + (sentence.endsWith("\n") ? "\n" : " ") : sentence);
    }

    private boolean speaksToTheModel(String sentence) {
        return !orders.found(sentence).isEmpty() || !orders.found(rot13(sentence)).isEmpty()
                || !orders.found(new StringBuilder(sentence.strip()).reverse().toString()).isEmpty();
    }

    private String withoutWrapped(String text) {
        var plain = BASE64.matcher(text)
                .replaceAll(found -> speaks(decoded64(found.group())) ? "…" : Matcher.quoteReplacement(found.group()));
        return HEX.matcher(plain).replaceAll(found -> speaks(decodedHex(found.group())) ? "…" : Matcher.quoteReplacement(found.group()));
    }

    private boolean speaks(String decoded) {
        return Sentences.of(decoded).stream().anyMatch(this::speaksToTheModel)
                || BASE64.matcher(decoded).matches() && speaks(decoded64(decoded));
    }

    private static String decoded64(String written) {
        try {
            var bytes = Base64.getDecoder().decode(written.replace('-', '+').replace('_', '/').replace("=", ""));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String decodedHex(String written) {
        return new String(HexFormat.of().parseHex(written.replaceAll("[\\s:]", "")), StandardCharsets.UTF_8);
    }

    private static String rot13(String text) {
        var turned = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            var first = c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'A' : 0;
            if (first > 0) turned.setCharAt(i, (char) (first + (c - first + 13) % 26));
        }
        return turned.toString();
    }
}
