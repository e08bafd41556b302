package dev.parley.knowledge.documents;

import dev.parley.knowledge.documents.Block.Kind;
import java.util.ArrayList;
import java.util.regex.Pattern;

/**
 * Headings of a PDF file, which itself does not say what is one: a short paragraph that does not end like a sentence, before a longer
 * one on its page. Its number tells its level.
 */
final class PdfHeadings {

    private static final int LONGEST = 70;
    private static final int UNNUMBERED = 2;
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){0,4})[.)、]?\\s*\\p{L}.*");
    private static final Pattern CHAPTER = Pattern.compile("(?i)(chapter|part|appendix)\\s.*|第.{1,4}[章编部].*");
    private static final Pattern ENDED = Pattern.compile(".*[.,;:!。，；：！…]");

    private PdfHeadings() {}

    static Document mark(Document document) {
        var blocks = new ArrayList<Block>(document.blocks().size());
        for (int i = 0; i < document.blocks().size(); i++) {
            var block = document.blocks().get(i);
            var next = i + 1 < document.blocks().size() ? document.blocks().get(i + 1) : block;
            var longer = next.page() == block.page() && next.end() - next.start() > 1.5 * (block.end() - block.start());
            var text = document.text().substring(block.start(), Math.min(block.end(), block.start() + LONGEST + 1));
            blocks.add(block.kind() == Kind.PARAGRAPH && longer && isHeading(text)
                    ? new Block(Kind.HEADING, level(text), block.page(), block.start(), block.end())
                    : block);
        }
        return new Document(document.title(), document.text(), blocks, document.cut());
    }

    private static boolean isHeading(String text) {
        return text.length() <= LONGEST && text.chars().filter(Character::isLetter).count() >= 2 && !ENDED.matcher(text).matches();
    }

    private static int level(String text) {
        if (CHAPTER.matcher(text).matches()) return 1;
        var number = NUMBER.matcher(text);
        return number.matches() ? 1 + (int) number.group(1).chars().filter(c -> c == '.').count() : UNNUMBERED;
    }
}
