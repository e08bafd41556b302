package dev.parley.knowledge.documents;

import dev.parley.knowledge.documents.Block.Kind;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a document into passages by its structure. A passage lies under one heading and on one page; paragraphs, items and rows that
 * follow each other are joined up to a size, and only what is larger than a passage may be is cut within, at the ends of sentences.
 * Passages do not overlap.
 */
public final class PassageCutter {

    /** Quarters of a token: a character of an alphabet is taken for one, a Chinese, Japanese or Korean one for four. */
    private static final int JOINED = 4 * 160;
    private static final int LARGEST = 4 * 240;
    /** Characters of a heading or of the names of columns: each passage below repeats them. */
    private static final int LONGEST_TITLE = 200;

    /**
     * Where a passage lies.
     *
     * @param title the headings that it stands under
     * @param context what its text is about without saying so: a table's first row, for rows that lie apart from it; else empty
     */
    public record Cut(int start, int end, int page, String title, String context) {}

    private record Heading(int level, String text) {}

    private final Document document;
    private final List<Cut> cuts = new ArrayList<>();
    private final List<Heading> headings = new ArrayList<>();
    private Block lonely; // a heading under which nothing has come yet; null after something has
    private int from = -1;
    private int to;
    private int page;
    private int weight;
    private String context = "";
    private String columns = "";

    private PassageCutter(Document document) {
        this.document = document;
    }

    /** The passages of a document, in the order of its text. */
    public static List<Cut> cut(Document document) {
        var cutter = new PassageCutter(document);
        Kind before = null;
        for (var block : document.blocks()) {
            if (block.kind() == Kind.ROW && before != Kind.ROW) cutter.columns = cutter.shortened(block);
            if (block.kind() == Kind.HEADING) cutter.heading(block);
            else cutter.add(block);
            before = block.kind();
        }
        cutter.close();
        cutter.closeLonely();
        return cutter.cuts;
    }

    private void heading(Block block) {
        close();
        if (lonely != null && lonely.level() >= block.level()) closeLonely();
        while (!headings.isEmpty() && headings.getLast().level >= block.level()) headings.removeLast();
        headings.add(new Heading(block.level(), plain(shortened(block))));
        lonely = block;
    }

    private String shortened(Block block) {
        return document.text().substring(block.start(), Math.min(block.end(), block.start() + LONGEST_TITLE)).strip();
    }

    /** A heading without anything under it says something all the same: a list of questions may be one of headings. */
    private void closeLonely() {
        if (lonely != null) {
            var above = headings.stream().filter(h -> h.level < lonely.level()).map(Heading::text).toList();
            var end = Math.min(lonely.end(), lonely.start() + LONGEST_TITLE);
            cuts.add(new Cut(lonely.start(), end, lonely.page(), String.join(" › ", above), ""));
        }
        lonely = null;
    }

    private void add(Block block) {
        lonely = null;
        var more = weight(block.start(), block.end());
        if (from >= 0 && (block.page() != page || weight + more > JOINED)) close();
        if (more > LARGEST) {
            close();
            large(block);
            return;
        }
        if (from < 0) {
            from = block.start();
            page = block.page();
            weight = 0;
            context = block.kind() == Kind.ROW && !document.text().startsWith(columns, block.start()) ? columns : "";
        }
        to = block.end();
        weight += more;
    }

    /** One block as several passages, cut after sentences, or where one is too long, anywhere. */
    private void large(Block block) {
        var text = document.text();
        var sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
        sentences.setText(text.substring(block.start(), block.end()));
        var start = block.start();
        var begin = start;
        var held = 0; // the weight from start to begin
        for (int next = sentences.next(); next != BreakIterator.DONE; next = sentences.next()) {
            var end = block.start() + next;
            var more = weight(begin, end);
            if (held > 0 && held + more > JOINED) {
                put(start, begin, block.page());
                start = begin;
                held = 0;
            }
            for (held += more; held > LARGEST;) {
                var middle = after(start, JOINED);
                put(start, middle, block.page());
                held -= weight(start, middle);
                start = middle;
            }
            begin = end;
        }
        put(start, block.end(), block.page());
    }

    /** The place where a passage from here on has some weight; between words where there are such. */
    private int after(int start, int weight) {
        var text = document.text();
        var at = start;
        for (int held = 0; held < weight; at++) held += weight(text.charAt(at));
        for (int back = at; back > at - 40 && back > start; back--) {
            if (Character.isWhitespace(text.charAt(back))) return back;
        }
        return Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at;
    }

    private void put(int start, int end, int page) {
        var text = document.text();
        while (start < end && Character.isWhitespace(text.charAt(start))) start++;
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) end--;
        if (end > start) cuts.add(new Cut(start, end, page, title(), context));
    }

    private void close() {
        if (from >= 0) put(from, to, page);
        from = -1;
        weight = 0;
        context = "";
    }

    private String title() {
        return String.join(" › ", headings.stream().map(Heading::text).toList());
    }

    /** A heading without the marks of emphasis, links and code. */
    private static String plain(String heading) {
        return heading.replaceAll("!?\\[([^\\]]*)]\\([^)]*\\)", "$1").replaceAll("[*_`]{1,3}(\\S[^*_`]*)[*_`]{1,3}", "$1").strip();
    }

    private int weight(int start, int end) {
        var sum = 0;
        for (int i = start; i < end; i++) sum += weight(document.text().charAt(i));
        return sum;
    }

    /** From U+2E80 on lie the scripts of Chinese, Japanese and Korean. */
    private static int weight(char c) {
        return c >= 0x2E80 ? 4 : 1;
    }
}
