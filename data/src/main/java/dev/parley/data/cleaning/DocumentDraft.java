package dev.parley.data.cleaning;

import dev.parley.data.text.WordIndex;
import java.util.ArrayList;
import java.util.List;

/** A document on its way through the steps; its words are looked for once, when a step asks for them. For one thread. */
public final class DocumentDraft {

    private final String text;
    private WordIndex words;

    /** A document as it was read. */
    public DocumentDraft(String text) {
        this.text = text;
    }

    /** What it says now. */
    public String text() {
        return text;
    }

    /** The same document with another text. */
    public DocumentDraft with(String other) {
        return other.equals(text) ? this : new DocumentDraft(other);
    }

    /** Its words. */
    public WordIndex words() {
        if (words == null) words = WordIndex.of(text);
        return words;
    }

    /** Whether most of its words are of scripts that put no spaces between them; rules about words of English do not fit those. */
    boolean isWithoutSpaces() {
        return 2 * words().withoutSpaces() > words().count();
    }

    /** Its lines without their breaks. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        for (int from = 0; from <= text.length();) {
            var end = text.indexOf('\n', from);
            if (end < 0) end = text.length();
            lines.add(text.substring(from, end));
            from = end + 1;
        }
        return lines;
    }
}
