package dev.parley.data.cleaning;

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

    @Override
    public String name() {
        return "c4-lines";
    }

    @Override
    public Outcome apply(Draft draft) {
        var words = draft.words();
        var clean = new StringBuilder(draft.text().length());
        var at = 0;
        var next = 0;
        var blank = false;
        for (var line : draft.lines()) {
            var end = at + line.length();
            var n = next;
            while (next < words.count() && words.from(next) < end) next++;
            at = end + 1;
            if (line.isBlank()) {
                blank = true;
            } else if (isText(line, next - n)) {
                if (!clean.isEmpty()) clean.append(blank ? "\n\n" : "\n");
                clean.append(line);
                blank = false;
            }
        }
        return clean.isEmpty() ? new Outcome.Dropped("no line is a sentence") : new Outcome.Kept(draft.with(clean.toString()));
    }

    private boolean isText(String line, int words) {
        var end = line.stripTrailing();
        if (words < minWords || END_MARKS.indexOf(end.charAt(end.length() - 1)) < 0 || end.endsWith("...")) return false;
        var lower = line.toLowerCase(Locale.ROOT);
        return !lower.contains("javascript") && !lower.contains("terms of use") && !lower.contains("privacy policy")
                && !lower.contains("cookie policy") && !lower.contains("uses cookies") && !lower.contains("use of cookies")
                && !lower.contains("use cookies");
    }
}
