package dev.parley.tokenizer;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is done to text before it is cut; the names are those of {@code tokenizer.json}. */
sealed interface TextNormalizer {

    /**
     * Text, and for each of its chars the char of the original that it comes from.
     *
     * @param origin one more than the text has chars: the last is the original's length
     */
    record Normalized(String text, int[] origin) {

        static Normalized of(String text) {
            return of(text, 0, text.length());
        }

        /** A part of a text, at the cost of the part alone. */
        static Normalized of(String text, int start, int end) {
            var origin = new int[end - start + 1];
            Arrays.setAll(origin, i -> start + i);
            return new Normalized(text.substring(start, end), origin);
        }

        Normalized part(int start, int end) {
            return new Normalized(text.substring(start, end), Arrays.copyOfRange(origin, start, end + 1));
        }
    }

    /** The text changed. */
    default String apply(String text) {
        return switch (this) {
            case Unicode n -> Normalizer.isNormalized(text, n.form) ? text : Normalizer.normalize(text, n.form);
            case Prepend n -> text.isEmpty() ? text : n.text + text;
            case Replace n -> n.pattern.isLiteral() && n.to.length() <= 4 ? text.replace(n.pattern.source(), n.to)
                    : replaced(n, Normalized.of(text)).text;
            case Lowercase _ -> lowercase(text);
            case Strip n -> text.substring(n.start(text), n.end(text));
            case StripAccents _ -> withoutAccents(Normalized.of(text)).text;
            case Sequence n -> {
                var changed = text;
                for (var part : n.parts) changed = bounded(part.apply(changed), text);
                yield changed;
            }
        };
    }

    /** The text changed, with where it comes from: exactly but for Unicode's forms and capitals, where nearly. */
    default Normalized applyWithOrigin(Normalized before) {
        var text = before.text;
        return switch (this) {
            case Unicode _,Lowercase _ -> {
                var changed = apply(text);
                if (changed.equals(text)) yield before;
                var origin = new int[changed.length() + 1];
                for (int i = 0; i < origin.length; i++)
                    origin[i] = before.origin[(int) ((long) i * text.length() / Math.max(1, changed.length()))];
                yield new Normalized(changed, origin);
            }
            case Prepend n -> {
                if (text.isEmpty()) yield before;
                var origin = new int[n.text.length() + before.origin.length];
                Arrays.fill(origin, 0, n.text.length(), before.origin[0]);
                System.arraycopy(before.origin, 0, origin, n.text.length(), before.origin.length);
                yield new Normalized(n.text + text, origin);
            }
            case Replace n -> replaced(n, before);
            case Strip n -> before.part(n.start(text), n.end(text));
            case StripAccents _ -> withoutAccents(before);
            case Sequence n -> {
                var changed = before;
                for (var part : n.parts) {
                    changed = part.applyWithOrigin(changed);
                    bounded(changed.text, text);
                }
                yield changed;
            }
        };
    }

    /** A text made of another; a file's steps together could make it longer than memory. */
    private static <T extends CharSequence> T bounded(T changed, String text) {
        if (changed.length() <= (1 << 22) + 20L * text.length()) return changed;
        throw new TokenizerException("The normalizer of the tokenizer makes far too much of a text of " + text.length() + " characters.");
    }

    private static Normalized replaced(Replace n, Normalized before) {
        var out = new StringBuilder();
        var origin = new IntList(before.origin.length);
        var done = new int[1];
        n.pattern.find(before.text, (start, end) -> {
            copy(before, done[0], start, out, origin);
            for (int k = 0; k < n.to.length(); k++) origin.add(before.origin[start]);
            out.append(n.to);
            bounded(out, before.text);
            done[0] = end;
        });
        copy(before, done[0], before.text.length(), out, origin);
        origin.add(before.origin[before.text.length()]);
        return new Normalized(out.toString(), origin.toArray());
    }

    private static void copy(Normalized from, int start, int end, StringBuilder out, IntList origin) {
        out.append(from.text, start, end);
        for (int i = start; i < end; i++) origin.add(from.origin[i]);
    }

    /** Each character by itself: a final sigma is like any other. */
    private static String lowercase(String text) {
        if (text.indexOf('\u03a3') < 0) return text.toLowerCase(Locale.ROOT);
        var lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> lower.append(Character.toString(c).toLowerCase(Locale.ROOT)));
        return lower.toString();
    }

    private static Normalized withoutAccents(Normalized before) {
        var out = new StringBuilder();
        var origin = new IntList(before.origin.length);
        for (int i = 0; i < before.text.length();) {
            var character = before.text.codePointAt(i);
            var end = i + Character.charCount(character);
            var type = Character.getType(character);
            if (type != Character.NON_SPACING_MARK && type != Character.COMBINING_SPACING_MARK && type != Character.ENCLOSING_MARK)
                copy(before, i, end, out, origin);
            i = end;
        }
        origin.add(before.origin[before.text.length()]);
        return new Normalized(out.toString(), origin.toArray());
    }

    /** NFC, NFD, NFKC or NFKD. */
    record Unicode(Normalizer.Form form) implements TextNormalizer {}

    /** Puts a text before each that is not empty. */
    record Prepend(String text) implements TextNormalizer {}

    record Replace(TextPattern pattern, String to) implements TextNormalizer {}

    record Lowercase() implements TextNormalizer {}

    /** Leaves out marks; those that are parts of a character stay, so that a decomposition goes before. */
    record StripAccents() implements TextNormalizer {}

    /** Takes white space from the ends. */
    record Strip(boolean left, boolean right) implements TextNormalizer {

        private int start(String text) {
            var start = 0;
            while (left && start < text.length() && CharacterClass.of(text.charAt(start)) == CharacterClass.SPACE) start++;
            return start;
        }

        private int end(String text) {
            int end = text.length(), start = start(text);
            while (right && end > start && CharacterClass.of(text.charAt(end - 1)) == CharacterClass.SPACE) end--;
            return end;
        }
    }

    record Sequence(List<TextNormalizer> parts) implements TextNormalizer {

        public Sequence {
            parts = List.copyOf(parts);
        }
    }
}
