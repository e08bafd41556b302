package dev.parley.assist.guard;

import dev.parley.assist.moderation.PhraseRules;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom a sentence gives orders to, by phrases in English and Chinese ({@code injection.txt}): a model, plainly; a model, if it stands in
 * the description of a tool; somebody, who may be a person; or whomever the sentence before it spoke to. It is looked for
 * in the text as it is written, in rot13 and from its end to
 * its beginning, and in what base64 or hexadecimal digits stand for.
 */
final class InjectionRules {

    /** Whom. */
    enum Addressee {
        MODEL, TOOL, ORDER, NEXT
    }

    private static final InjectionRules SHARED = new InjectionRules();
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{20,}={0,2}");
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2}[\\s:]?){12,}");

    private final PhraseRules<Addressee> rules = PhraseRules.load(InjectionRules.class, "injection.txt",
            label -> Addressee.valueOf(label.toUpperCase(Locale.ROOT)));

    private InjectionRules() {}

    /** The rules that Parley ships. */
    static InjectionRules shared() {
        return SHARED;
    }

    /** Whom a sentence speaks to. What is turned around speaks to nobody but a model. */
    Set<Addressee> of(String sentence) {
        var found = EnumSet.noneOf(Addressee.class);
        found.addAll(rules.found(sentence));
        if (speaksToAModel(rot13(sentence)) || speaksToAModel(new StringBuilder(sentence.strip()).reverse().toString()))
            found.add(Addressee.MODEL);
        return found;
    }

    private boolean speaksToAModel(String sentence) {
        return rules.found(sentence).contains(Addressee.MODEL);
    }

    /** Whom the sentences of a text speak to. */
    Set<Addressee> ofAll(String text) {
        var found = EnumSet.noneOf(Addressee.class);
        for (var sentence : Sentences.of(text)) found.addAll(of(sentence));
        found.remove(Addressee.NEXT);
        return found;
    }

    /** A text without the pieces that stand for a sentence which gives orders. */
    String withoutWrapped(String text) {
        var plain = BASE64.matcher(text).replaceAll(found -> gives(decoded64(found.group())) ? "…" : quoted(found.group()));
        return HEX.matcher(plain).replaceAll(found -> gives(decodedHex(found.group())) ? "…" : quoted(found.group()));
    }

    private static String quoted(String text) {
        return Matcher.quoteReplacement(text);
    }

    private boolean gives(String decoded) {
        return !ofAll(decoded).isEmpty() || BASE64.matcher(decoded).matches() && gives(decoded64(decoded));
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
