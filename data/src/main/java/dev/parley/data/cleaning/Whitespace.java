package dev.parley.data.cleaning;

/**
 * Makes spaces plain: any Unicode space is a space, runs of them inside a line are one, lines end with none, and two line breaks are the
 * most. Spaces and tabs at the beginning of a line stay, since code and lists need them. A document of nothing else is dropped.
 */
public record Whitespace() implements CleaningStep {

    @Override
    public String name() {
        return "whitespace";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        var first = firstFault(text);
        if (first == text.length() && !text.isEmpty()) return new Outcome.Kept(draft);
        var clean = plain(text);
        return clean.isEmpty() ? new Outcome.Dropped("empty") : new Outcome.Kept(draft.with(clean));
    }

    /** Where the first place is that {@link #plain} would change; the text's length if there is none. */
    private static int firstFault(String text) {
        var n = text.length();
        if (n > 0 && (text.charAt(0) == '\n' || text.charAt(n - 1) <= ' ')) return 0;
        var breaks = 0;
        var inIndent = true;
        var before = '\n';
        for (int i = 0; i < n; i++) {
            var c = text.charAt(i);
            if (c > ' ' && c < 0x7F) {
                breaks = 0;
                inIndent = false;
            } else if (c == '\n') {
                if (++breaks > 2 || before == ' ' || before == '\t') return i;
                inIndent = true;
            } else if (c == ' ') {
                if (before == ' ' && !inIndent || before == '\t' && !inIndent) return i;
                if (inIndent) breaks = 0;
            } else if (c == '\t') {
                if (!inIndent) return i;
                breaks = 0;
            } else if (isSpace(c)) {
                return i;
            } else {
                breaks = 0;
                inIndent = false;
            }
            before = c;
        }
        return n;
    }

    private static boolean isSpace(char c) {
        return c <= ' ' ? c == ' ' || c == '\t' : c >= 0x80 && Character.isSpaceChar(c);
    }

    private static String plain(String text) {
        var clean = new StringBuilder(text.length());
        var breaks = 0;
        for (int from = 0; from <= text.length();) {
            var end = text.indexOf('\n', from);
            if (end < 0) end = text.length();
            var before = clean.length();
            line(text, from, end, clean);
            if (clean.length() == before) {
                breaks++;
            } else {
                if (before > 0) clean.insert(before, breaks > 0 ? "\n\n" : "\n");
                breaks = 0;
            }
            from = end + 1;
        }
        return clean.toString();
    }

    private static void line(String text, int from, int end, StringBuilder into) {
        while (end > from && isSpace(text.charAt(end - 1))) end--;
        var i = from;
        for (; i < end && isSpace(text.charAt(i)); i++) into.append(text.charAt(i) == '\t' ? '\t' : ' ');
        while (i < end) {
            var word = i;
            while (i < end && !isSpace(text.charAt(i))) i++;
            into.append(text, word, i);
            if (i < end) into.append(' ');
            while (i < end && isSpace(text.charAt(i))) i++;
        }
    }
}
