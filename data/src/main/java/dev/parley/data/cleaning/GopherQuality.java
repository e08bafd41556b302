package dev.parley.data.cleaning;

import dev.parley.data.text.WordIndex;
import java.util.Locale;
import java.util.Set;

/**
 * The quality rules of Gopher (Rae et al. 2021, arXiv:2112.11446, appendix A1.1). A limit of 0 switches its rule off. Rules about the
 * length of words and about English words pass over text of scripts without spaces, in which a character is a word.
 *
 * @param minWords fewest words
 * @param maxWords most words
 * @param minMeanWord least mean length of a word
 * @param maxMeanWord largest mean length of a word
 * @param maxSymbols hash marks and ellipses for each word
 * @param maxBullets part of lines that begin with a bullet
 * @param maxEllipses part of lines that end with an ellipsis
 * @param minAlphabetic part of what spaces divide that holds a letter
 * @param minStopWords how many of "the, be, to, of, and, that, have, with" there are at least
 */
public record GopherQuality(int minWords, int maxWords, double minMeanWord, double maxMeanWord, double maxSymbols, double maxBullets,
        double maxEllipses, double minAlphabetic, int minStopWords) implements CleaningStep {

    /** The limits of the paper. */
    public static final GopherQuality PUBLISHED = new GopherQuality(50, 100_000, 3, 10, 0.1, 0.9, 0.3, 0.8, 2);

    private static final Set<String> STOP_WORDS = Set.of("the", "be", "to", "of", "and", "that", "have", "with");
    private static final int LONGEST_STOP_WORD = 4;

    @Override
    public String name() {
        return "gopher-quality";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var words = draft.words();
        if (words.count() < minWords) return new Outcome.Dropped("fewer than " + minWords + " words");
        if (maxWords > 0 && words.count() > maxWords) return new Outcome.Dropped("more than " + maxWords + " words");
        if (words.count() == 0) return new Outcome.Kept(draft);
        if (maxSymbols > 0 && symbols(draft.text()) > maxSymbols * words.count()) return new Outcome.Dropped("symbols");
        var broken = brokenLineRule(draft.text());
        if (!broken.isEmpty()) return new Outcome.Dropped(broken);
        if (draft.isWithoutSpaces()) return new Outcome.Kept(draft);
        var mean = meanLength(words);
        if (mean < minMeanWord) return new Outcome.Dropped("short words");
        if (maxMeanWord > 0 && mean > maxMeanWord) return new Outcome.Dropped("long words");
        if (minAlphabetic > 0 && alphabetic(draft.text()) < minAlphabetic) return new Outcome.Dropped("words without letters");
        return Outcome.keptIf(hasStopWords(draft.text(), words), draft, "stop words");
    }

    private static double meanLength(WordIndex words) {
        var characters = 0L;
        for (int i = 0; i < words.count(); i++) characters += words.to(i) - words.from(i);
        return (double) characters / words.count();
    }

    private static int symbols(String text) {
        var symbols = 0;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '#' || c == '…') {
                symbols++;
            } else if (c == '.' && text.startsWith("...", i)) {
                symbols++;
                i += 2;
            }
        }
        return symbols;
    }

    private String brokenLineRule(String text) {
        int lines = 0, bullets = 0, ellipses = 0;
        for (int from = 0; from < text.length();) {
            var end = text.indexOf('\n', from);
            if (end < 0) end = text.length();
            var first = from;
            while (first < end && text.charAt(first) <= ' ') first++;
            var last = end;
            while (last > first && text.charAt(last - 1) <= ' ') last--;
            if (first < last) {
                lines++;
                if ("•‣▶●■▪*-".indexOf(text.charAt(first)) >= 0) bullets++;
                if (text.charAt(last - 1) == '…' || last - first >= 3 && text.startsWith("...", last - 3)) ellipses++;
            }
            from = end + 1;
        }
        if (maxBullets > 0 && bullets > maxBullets * lines) return "bullet lines";
        return maxEllipses > 0 && ellipses > maxEllipses * lines ? "ellipsis lines" : "";
    }

    private static double alphabetic(String text) {
        int pieces = 0, withLetter = 0;
        var inPiece = false;
        var letter = false;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c <= ' ') {
                inPiece = false;
                continue;
            }
            if (!inPiece) {
                pieces++;
                inPiece = true;
                letter = false;
            }
            if (!letter && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' || c >= 0x80 && Character.isLetter(c))) {
                withLetter++;
                letter = true;
            }
        }
        return pieces == 0 ? 1 : (double) withLetter / pieces;
    }

    private boolean hasStopWords(String text, WordIndex words) {
        var found = 0;
        for (int i = 0; i < words.count() && found < minStopWords; i++) {
            int from = words.from(i), to = words.to(i);
            if (to - from <= LONGEST_STOP_WORD && STOP_WORDS.contains(text.substring(from, to).toLowerCase(Locale.ROOT))) found++;
        }
        return found >= minStopWords;
    }
}
