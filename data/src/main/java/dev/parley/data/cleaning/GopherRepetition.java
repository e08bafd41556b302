package dev.parley.data.cleaning;

import java.util.List;

/**
 * The repetition rules of Gopher (Rae et al. 2021, arXiv:2112.11446, table A1): how much of a document may be lines, paragraphs or runs
 * of words that it has said before. A limit of 1 switches its rule off.
 *
 * @param lines part of lines that are duplicates
 * @param paragraphs part of paragraphs that are
 * @param lineCharacters part of characters that lie in duplicate lines
 * @param paragraphCharacters part of characters that lie in duplicate paragraphs
 * @param topNGrams part of characters that lie in the most frequent run of 2, 3, 4, … words
 * @param duplicateNGrams part of characters that lie in repeated runs of 5, 6, 7, … words
 */
public record GopherRepetition(double lines, double paragraphs, double lineCharacters, double paragraphCharacters, List<Double> topNGrams,
        List<Double> duplicateNGrams) implements CleaningStep {

    /** The limits of the paper. */
    public static final GopherRepetition PUBLISHED = new GopherRepetition(0.3, 0.3, 0.2, 0.2, List.of(0.2, 0.18, 0.16),
            List.of(0.15, 0.14, 0.13, 0.12, 0.11, 0.10));

    private static final int FIRST_TOP = 2;
    private static final int FIRST_DUPLICATE = 5;
    private static final ThreadLocal<NGramCounts> COUNTS = ThreadLocal.withInitial(NGramCounts::new);

    /** Copies the lists. */
    public GopherRepetition {
        topNGrams = List.copyOf(topNGrams);
        duplicateNGrams = List.copyOf(duplicateNGrams);
    }

    @Override
    public String name() {
        return "gopher-repetition";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        var ofLines = Repeated.of(text, 1);
        if (ofLines.parts() > lines) return new Outcome.Dropped("duplicate lines");
        if (ofLines.characters() > lineCharacters) return new Outcome.Dropped("characters of duplicate lines");
        var ofParagraphs = Repeated.of(text, 2);
        if (ofParagraphs.parts() > paragraphs) return new Outcome.Dropped("duplicate paragraphs");
        if (ofParagraphs.characters() > paragraphCharacters) return new Outcome.Dropped("characters of duplicate paragraphs");
        return nGrams(draft);
    }

    private Outcome nGrams(DocumentDraft draft) {
        var words = draft.words();
        var counts = COUNTS.get();
        var length = (double) Math.max(1, draft.text().length());
        for (int i = 0; i < topNGrams.size(); i++) {
            var n = FIRST_TOP + i;
            if (topNGrams.get(i) < 1 && counts.top(words, n) / length > topNGrams.get(i)) return new Outcome.Dropped("top " + n + "-gram");
        }
        for (int i = 0; i < duplicateNGrams.size(); i++) {
            var n = FIRST_DUPLICATE + i;
            var repeated = counts.repeated(words, n);
            if (repeated == 0) break; // then no longer run is repeated either
            if (repeated / length > duplicateNGrams.get(i)) return new Outcome.Dropped("duplicate " + n + "-grams");
        }
        return new Outcome.Kept(draft);
    }

    /** How much of a text's parts are repetitions. @param parts of all parts @param characters of all characters */
    private record Repeated(double parts, double characters) {

        /** @param breaks line breaks that divide two parts, or more */
        static Repeated of(String text, int breaks) {
            int all = 0, repeated = 0, characters = 0;
            var seen = new LongTable(64);
            for (int from = 0; from < text.length();) {
                var end = end(text, from, breaks);
                var hash = hash(text, from, end);
                if (hash != 0) {
                    all++;
                    if (!seen.add(hash)) {
                        repeated++;
                        characters += end - from;
                    }
                }
                from = end + breaks;
            }
            return all == 0 ? new Repeated(0, 0) : new Repeated((double) repeated / all, (double) characters / text.length());
        }

        private static int end(String text, int from, int breaks) {
            var end = text.indexOf('\n', from);
            while (end >= 0 && breaks == 2 && !(end + 1 < text.length() && text.charAt(end + 1) == '\n')) end = text.indexOf('\n', end + 1);
            return end < 0 ? text.length() : end;
        }

        /** Without spaces at both ends; 0 for a blank part. */
        private static long hash(String text, int from, int end) {
            while (from < end && text.charAt(from) <= ' ') from++;
            while (end > from && text.charAt(end - 1) <= ' ') end--;
            if (from == end) return 0;
            var hash = 1L;
            for (int i = from; i < end; i++) hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            return hash ^ hash >>> 32 | 1L << 63;
        }
    }
}
