package dev.parley.data.cleaning;

/**
 * C4's rules for pages (Raffel et al. 2020, arXiv:1910.10683, section 2.2): a page with "lorem ipsum", with a curly bracket, which text
 * of people hardly has and code has, or with few sentences is dropped.
 *
 * @param minSentences the paper's are 3; 0 counts none
 * @param curlyBrackets whether pages may hold curly brackets
 */
public record C4Page(int minSentences, boolean curlyBrackets) implements CleaningStep {

    private static final String ENDS = ".!?。！？";
    private static final String LOREM = "lorem ipsum";

    @Override
    public String name() {
        return "c4-page";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        if (!curlyBrackets && (text.indexOf('{') >= 0 || text.indexOf('}') >= 0)) return new Outcome.Dropped("curly bracket");
        if (holdsLoremIpsum(text)) return new Outcome.Dropped(LOREM);
        return Outcome.keptIf(minSentences == 0 || hasSentences(text), draft, "fewer than " + minSentences + " sentences");
    }

    private static boolean holdsLoremIpsum(String text) {
        for (int i = 0; i <= text.length() - LOREM.length(); i++) {
            var c = text.charAt(i);
            if ((c == 'l' || c == 'L') && text.regionMatches(true, i, LOREM, 0, LOREM.length())) return true;
        }
        return false;
    }

    /** A sentence ends at its mark with a space or the end behind it; Chinese ones need none. */
    private boolean hasSentences(String text) {
        var found = 0;
        for (int i = 0; i < text.length() && found < minSentences; i++) {
            var c = text.charAt(i);
            if (c > '?' && c < 0x3000 || ENDS.indexOf(c) < 0) continue;
            var last = i + 1 == text.length();
            if (c > 0x80 || last || Character.isWhitespace(text.charAt(i + 1)) || "\"'”’)".indexOf(text.charAt(i + 1)) >= 0) found++;
        }
        return found >= minSentences;
    }
}
