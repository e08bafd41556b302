package dev.parley.knowledge.documents;

import dev.parley.knowledge.documents.Block.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The structure of a Markdown text: headings, paragraphs, list items, rows of tables, code. The text stays as it is, marks included,
 * so that a place in it is a place in the file.
 */
final class Markdown {

    private static final Pattern HEADING = Pattern.compile(" {0,3}(#{1,6})[ \\t]+(.*?)[ \\t#]*");
    private static final Pattern ITEM = Pattern.compile("\\s{0,12}([-*+]|\\d{1,9}[.)])\\s+\\S.*");
    private static final Pattern FENCE = Pattern.compile("\\s{0,12}(`{3,}|~{3,}).*");
    private static final Pattern DELIMITERS = Pattern.compile("\\s*\\|?(\\s*:?-+:?\\s*\\|)*\\s*:?-+:?\\s*\\|?\\s*");
    private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(={2,}|-{2,})\\s*");

    /** Longer lines are text and no marks: what tells marks may take long over them. */
    private static final int LONGEST_MARKED = 2_000;

    private record Line(int start, int end, String text) {}

    private final List<Line> lines;
    private final List<Block> blocks = new ArrayList<>();
    private Kind open = Kind.PARAGRAPH;
    private int from = -1; // where the open block begins; none is open below 0
    private int to;

    private Markdown(String text) {
        lines = lines(text);
    }

    /** Reads its structure. */
    static Document read(String text, boolean cut) {
        var markdown = new Markdown(text);
        var title = markdown.scan();
        return new Document(title, text, markdown.blocks, cut);
    }

    private static List<Line> lines(String text) {
        var lines = new ArrayList<Line>();
        for (int start = 0; start < text.length();) {
            var end = text.indexOf('\n', start);
            if (end < 0) end = text.length();
            lines.add(new Line(start, end, text.substring(start, end).stripTrailing()));
            start = end + 1;
        }
        return lines;
    }

    private String scan() {
        var title = "";
        var first = 0;
        if (!lines.isEmpty() && lines.getFirst().text.equals("---")) {
            var end = 1;
            while (end < lines.size() && !lines.get(end).text.equals("---")) end++;
            if (end < lines.size()) {
                title = titleIn(lines.subList(1, end));
                first = end + 1;
            }
        }
        for (int i = first; i < lines.size(); i++) i = line(i);
        close();
        return title;
    }

    private static String titleIn(List<Line> frontMatter) {
        for (var line : frontMatter) {
            if (line.text.startsWith("title:")) return line.text.substring(6).strip().replaceAll("^[\"']|[\"']$", "");
        }
        return "";
    }

    /**
     * Reads a line, and those that belong to it.
     *
     * @return the last one read
     */
    private int line(int i) {
        var line = lines.get(i);
        if (line.text.isBlank()) {
            close();
        } else if (line.text.length() > LONGEST_MARKED) {
            text(line);
        } else if (FENCE.matcher(line.text).matches()) {
            return code(i);
        } else if (heading(line)) {
            return i;
        } else if (from >= 0 && open == Kind.PARAGRAPH && UNDERLINE.matcher(line.text).matches()) {
            var underlined = from;
            from = -1;
            heading(line.text.strip().startsWith("=") ? 1 : 2, underlined, to);
        } else if (isRow(i)) {
            close();
            if (!DELIMITERS.matcher(line.text).matches()) blocks.add(new Block(Kind.ROW, 0, 0, line.start, line.end));
        } else if (ITEM.matcher(line.text).matches()) {
            close();
            begin(Kind.ITEM, line);
        } else {
            text(line);
        }
        return i;
    }

    /** A line without a mark goes on with the open block, or begins a paragraph. */
    private void text(Line line) {
        if (from >= 0) to = line.start + line.text.length();
        else begin(Kind.PARAGRAPH, line);
    }

    private boolean heading(Line line) {
        var heading = HEADING.matcher(line.text);
        if (!heading.matches()) return false;
        close();
        heading(heading.group(1).length(), line.start + heading.start(2), line.start + heading.end(2));
        return true;
    }

    private boolean isRow(int i) {
        var text = lines.get(i).text;
        if (text.indexOf('|') < 0) return false;
        if (text.strip().startsWith("|")) return true;
        var next = i + 1 < lines.size() && lines.get(i + 1).text.length() <= LONGEST_MARKED ? lines.get(i + 1).text : "";
        var follows = !blocks.isEmpty() && blocks.getLast().kind() == Kind.ROW && from < 0 && i > 0 && !lines.get(i - 1).text.isBlank();
        return follows || DELIMITERS.matcher(text).matches() || next.indexOf('|') >= 0 && DELIMITERS.matcher(next).matches();
    }

    private int code(int i) {
        close();
        var mark = lines.get(i).text.strip().substring(0, 3);
        var end = i + 1;
        while (end < lines.size() && !lines.get(end).text.strip().startsWith(mark)) end++;
        var last = Math.min(end, lines.size() - 1);
        blocks.add(new Block(Kind.CODE, 0, 0, lines.get(i).start, lines.get(last).start + lines.get(last).text.length()));
        return last;
    }

    private void heading(int level, int start, int end) {
        if (end > start) blocks.add(new Block(Kind.HEADING, level, 0, start, end));
    }

    private void begin(Kind kind, Line line) {
        open = kind;
        from = line.start + (line.text.length() - line.text.stripLeading().length());
        to = line.start + line.text.length();
    }

    private void close() {
        if (from >= 0) blocks.add(new Block(open, 0, 0, from, to));
        from = -1;
    }
}
