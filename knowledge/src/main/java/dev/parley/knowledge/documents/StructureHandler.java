package dev.parley.knowledge.documents;

import dev.parley.knowledge.documents.Block.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Gathers text and structure from the XHTML that Tika's parsers speak. White space is one space or one line's end, lines that a page's
 * width has broken are joined, and blocks are parted by an empty line. Holds no more than its limit, however much comes.
 */
final class StructureHandler extends DefaultHandler {

    /** No more text is kept; the parser may stop. */
    static final class Full extends SAXException {
        private static final long serialVersionUID = 1L;
    }

    private final int most;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder block = new StringBuilder();
    private final List<Block> blocks = new ArrayList<>();
    private Kind kind = Kind.PARAGRAPH;
    private int level;
    private int page;
    private int rows; // how deep in rows of tables, lists' items and silent elements we are
    private int items;
    private int silent;
    private int cells;
    private boolean full;

    StructureHandler(int most) {
        this.most = most;
    }

    @Override
    public void startElement(String uri, String localName, String name, Attributes attributes) throws SAXException {
        switch (element(localName, name)) {
            case "title", "script", "style", "head" -> silent++;
            case "h1", "h2", "h3", "h4", "h5", "h6" -> open(Kind.HEADING, element(localName, name).charAt(1) - '0');
            case "tr" -> {
                if (rows++ == 0) open(Kind.ROW, 0);
                cells = 0;
            }
            case "td", "th" -> {
                if (rows == 1 && cells++ > 0) block.append(" | ");
            }
            case "li" -> {
                items++;
                if (rows == 0) open(Kind.ITEM, 0);
            }
            case "pre" -> open(Kind.CODE, 0);
            case "div" -> {
                if ("page".equals(attributes.getValue("class"))) {
                    open(Kind.PARAGRAPH, 0);
                    page++;
                } else {
                    paragraph();
                }
            }
            case "p", "blockquote", "section", "article", "table", "ul", "ol", "dl", "dt", "dd", "hr", "body" -> paragraph();
            case "br" -> block.append('\n');
            default -> {} // emphasis, links and the like are within a block
        }
    }

    /** In a table's row and at an item's beginning it is not a block of its own. */
    private void paragraph() throws SAXException {
        if (rows > 0) block.append(' ');
        else if (items == 0) open(Kind.PARAGRAPH, 0);
        else if (!block.toString().isBlank()) open(Kind.ITEM, 0);
    }

    @Override
    public void endElement(String uri, String localName, String name) throws SAXException {
        switch (element(localName, name)) {
            case "title", "script", "style", "head" -> silent--;
            case "tr" -> {
                if (--rows == 0) open(Kind.PARAGRAPH, 0);
            }
            case "li" -> {
                items--;
                if (rows == 0) open(items > 0 ? Kind.ITEM : Kind.PARAGRAPH, 0);
            }
            case "h1", "h2", "h3", "h4", "h5", "h6", "pre" -> open(items > 0 ? Kind.ITEM : Kind.PARAGRAPH, 0);
            case "p", "div", "body" -> paragraph();
            default -> {}
        }
    }

    private static String element(String localName, String name) {
        return (localName.isEmpty() ? name : localName).toLowerCase(Locale.ROOT);
    }

    @Override
    public void characters(char[] characters, int start, int length) throws SAXException {
        if (silent > 0) return;
        if (text.length() + block.length() + length > most) {
            length = Math.max(0, most - text.length() - block.length());
            full = true;
        }
        for (int i = start; i < start + length; i++) {
            var c = characters[i];
            if (c == '\n' || c == '\t' || !Character.isISOControl(c)) block.append(c);
        }
        if (full) throw new Full();
    }

    @Override
    public void ignorableWhitespace(char[] characters, int start, int length) throws SAXException {
        if (silent == 0 && kind != Kind.ROW) characters(characters, start, length);
    }

    /** Ends the open block, and begins another one. */
    private void open(Kind next, int nextLevel) throws SAXException {
        var whole = kind == Kind.CODE ? block.toString().strip() : joined(block.toString());
        block.setLength(0);
        if (!whole.isEmpty() && !whole.matches("[|\\s]*")) {
            if (!text.isEmpty()) text.append(kind == Kind.ROW && blocks.getLast().kind() == Kind.ROW ? "\n" : "\n\n");
            blocks.add(new Block(kind, level, page, text.length(), text.length() + whole.length()));
            text.append(whole);
        }
        kind = rows > 0 ? Kind.ROW : next;
        level = kind == Kind.HEADING ? nextLevel : 0;
    }

    /** A block as one line: between Chinese, Japanese or Korean characters nothing joins its lines, elsewhere a space does. */
    private static String joined(String block) {
        var joined = new StringBuilder(block.length());
        var space = false;
        var line = false;
        for (int i = 0; i < block.length(); i++) {
            var c = block.charAt(i);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                space = true;
                line |= c == '\n';
                continue;
            }
            if (space && !joined.isEmpty() && !(line && wide(joined.charAt(joined.length() - 1)) && wide(c))) joined.append(' ');
            joined.append(c);
            space = false;
            line = false;
        }
        return joined.toString();
    }

    private static boolean wide(char c) {
        return c >= 0x2E80;
    }

    /**
     * What was gathered.
     *
     * @param title of the file's own, may be empty
     */
    Document document(String title) throws SAXException {
        open(Kind.PARAGRAPH, 0);
        return new Document(joined(title), text.toString(), blocks, full);
    }

    boolean isFull() {
        return full;
    }
}
