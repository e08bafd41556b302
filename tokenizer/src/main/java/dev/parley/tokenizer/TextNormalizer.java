package dev.parley.tokenizer;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;

/** What is done to text before it is cut; the names are those of {@code tokenizer.json}. */
sealed interface TextNormalizer {

    /**
     * Text, and for each of its chars the char of the original that it comes from.
     *
     * @param origin one more than the text has chars: the last is the original's length
     */
    record Normalized(String text, int[] origin) {

        static Normalized of(String text) {
            var origin = new int[text.length() + 1];
            Arrays.setAll(origin, i -> i);
            return new Normalized(text, origin);
        }
    }

    /** The text changed. */
    default String apply(String text) {
        return switch (this) {
            case Unicode n -> Normalizer.isNormalized(text, n.form) ? text : Normalizer.normalize(text, n.form);
            case Prepend n -> text.isEmpty() ? text : n.text + text;
            case Replace n -> text.replace(n.from, n.to);
            case Lowercase _ -> text.toLowerCase(java.util.Locale.ROOT);
            case Sequence n -> {
                for (var part : n.parts) text = part.apply(text);
                yield text;
            }
        };
    }

    /** The text changed, with where it comes from: exactly for what is put before or replaced, nearly for Unicode's forms. */
    default Normalized applyWithOrigin(Normalized before) {
        var text = before.text;
        return switch (this) {
            case Unicode _, Lowercase _ -> {
                var changed = apply(text);
                if (changed.equals(text)) yield before;
                var origin = new int[changed.length() + 1];
                for (int i = 0; i < origin.length; i++) origin[i] = before.origin[(int) ((long) i * text.length() / changed.length())];
                yield new Normalized(changed, origin);
            }
            case Prepend n -> {
                if (text.isEmpty()) yield before;
                var origin = new int[n.text.length() + before.origin.length];
                System.arraycopy(before.origin, 0, origin, n.text.length(), before.origin.length);
                yield new Normalized(n.text + text, origin);
            }
            case Replace n -> replaced(n, before);
            case Sequence n -> {
                for (var part : n.parts) before = part.applyWithOrigin(before);
                yield before;
            }
        };
    }

    private static Normalized replaced(Replace n, Normalized before) {
        var out = new StringBuilder();
        var origin = new IntList(before.origin.length);
        for (int i = 0; i < before.text.length(); ) {
            var found = before.text.startsWith(n.from, i);
            var piece = found ? n.to : before.text.substring(i, i + 1);
            for (int k = 0; k < piece.length(); k++) origin.add(before.origin[i]);
            out.append(piece);
            i += found ? n.from.length() : 1;
        }
        origin.add(before.origin[before.text.length()]);
        return new Normalized(out.toString(), origin.toArray());
    }

    /** NFC, NFD, NFKC or NFKD. */
    record Unicode(Normalizer.Form form) implements TextNormalizer {}

    /** Puts a text before each that is not empty. */
    record Prepend(String text) implements TextNormalizer {}

    /** @param from not empty */
    record Replace(String from, String to) implements TextNormalizer {}

    record Lowercase() implements TextNormalizer {}

    record Sequence(List<TextNormalizer> parts) implements TextNormalizer {}
}
