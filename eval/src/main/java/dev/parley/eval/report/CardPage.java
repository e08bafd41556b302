package dev.parley.eval.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Headings, paragraphs and tables, written as Markdown or as one HTML file. */
final class CardPage {

    private sealed interface Block {}

    private record Heading(int level, String text) implements Block {}

    private record Paragraph(String text) implements Block {}

    private record Table(List<String> head, List<List<String>> rows) implements Block {}

    private final List<Block> blocks = new ArrayList<>();

    void heading(int level, String text) {
        blocks.add(new Heading(level, text));
    }

    void paragraph(String text) {
        blocks.add(new Paragraph(text));
    }

    /** A table of names and values, without a head. */
    void facts(List<List<String>> rows) {
        table(List.of("", ""), rows);
    }

    /** A table; nothing where it has no rows. */
    void table(List<String> head, List<List<String>> rows) {
        if (!rows.isEmpty()) blocks.add(new Table(head, rows));
    }

    String markdown() {
        return blocks.stream().map(block -> switch (block) {
            case Heading h -> "#".repeat(h.level) + " " + h.text;
            case Paragraph p -> p.text;
            case Table t -> inMarkdown(t.head) + "\n" + "|---".repeat(t.head.size()) + "|\n"
                    + t.rows.stream().map(CardPage::inMarkdown).collect(Collectors.joining("\n"));
        }).collect(Collectors.joining("\n\n", "", "\n"));
    }

    private static String inMarkdown(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|").replace("\n", " ")).collect(Collectors.joining(" | ", "| ", " |"));
    }

    String html(String title) {
        var body = blocks.stream().map(block -> switch (block) {
            case Heading h -> "<h" + h.level + ">" + escaped(h.text) + "</h" + h.level + ">";
            case Paragraph p -> "<p>" + escaped(p.text) + "</p>";
            case Table t -> "<div class=\"wide\">" + table(t) + "</div>";
        }).collect(Collectors.joining("\n"));
        try (var page = CardPage.class.getResourceAsStream("card.html")) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8).replace("TITLE", escaped(title)).replace("BODY", body);
        } catch (IOException e) {
            throw new UncheckedIOException("The page cannot be read from the program: " + e.getMessage() + ".", e);
        }
    }

    private static String table(Table table) {
        var hasHead = table.head.stream().anyMatch(h -> !h.isEmpty());
        var rows = table.rows.stream().map(r -> row(r, "td", hasHead)).collect(Collectors.joining("\n"));
        return hasHead ? "<table><thead>" + row(table.head, "th", false) + "</thead><tbody>" + rows + "</tbody></table>"
                : "<table class=\"facts\"><tbody>" + rows + "</tbody></table>";
    }

    private static String row(List<String> cells, String tag, boolean numbers) {
        return cells.stream().map(c -> "<" + tag + (numbers && isNumber(c) ? " class=\"number\">" : ">") + escaped(c) + "</" + tag + ">")
                .collect(Collectors.joining("", "<tr>", "</tr>"));
    }

    private static boolean isNumber(String cell) {
        return cell.matches("[-± 0-9.,%e]+");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
