package dev.parley.data.cleaning;

import java.util.List;
import java.util.Locale;

/**
 * C4's rules for lines (Raffel et al. 2020, arXiv:1910.10683, section 2.2): a line stays if it ends with a full stop, exclamation mark,
 * question mark or closing quotes, has some words, and does not ask for JavaScript, cookies or terms of use. The marks of Chinese and
 * Japanese count too, and blank lines between lines that stay.
 *
 * @param minWords of a line; the paper's are 5
 */
public record C4Lines(int minWords) implements CleaningStep {

    private static final String END_MARKS = ".!?\"'”’»。！？」』…";
    private static final List<String> NOTICES = List.of("javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies",
            "use of cookies", "use cookies");

    @Override
    public String name() {
        return "c4-lines";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var words = draft.words();
        var lines = draft.lines();
        var isText = new boolean[lines.size()];
        var allAre = true;
        var at = 0;
        var next = 0;
        for (int i = 0; i < isText.length; i++) {
            var first = next;
            var end = at + lines.get(i).length();
            while (next < words.count() && words.from(next) < end) next++;
            at = end + 1;
            isText[i] = !lines.get(i).isBlank() && isText(lines.get(i), next - first);
            allAre &= isText[i] || lines.get(i).isBlank();
        }
        if (allAre && words.count() > 0) return new Outcome.Kept(draft);
        var clean = joined(lines, isText, draft.text().length());
        return clean.isEmpty() ? new Outcome.Dropped("no line is a sentence") : new Outcome.Kept(draft.with(clean));
    }

    /** The lines that stay, with a blank one where some were. */
    private static String joined(List<String> lines, boolean[] isText, int room) {
        var clean = new StringBuilder(room);
        var blank = false;
        for (int i = 0; i < isText.length; i++) {
            if (isText[i]) {
                if (!clean.isEmpty()) clean.append(blank ? "\n\n" : "\n");
                clean.append(lines.get(i));
            }
            blank = !isText[i] && (blank || lines.get(i).isBlank());
        }
        return clean.toString();
    }

    private boolean isText(String line, int words) {
        var end = line.stripTrailing();
        if (words < minWords || END_MARKS.indexOf(end.charAt(end.length() - 1)) < 0 || end.endsWith("...")) return false;
        var lower = line.toLowerCase(Locale.ROOT);
        for (var notice : NOTICES) if (lower.contains(notice)) return false;
        return true;
    }
}
