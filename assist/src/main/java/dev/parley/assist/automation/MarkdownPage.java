package dev.parley.assist.automation;

import java.util.regex.Pattern;

/**
 * A page of HTML from an answer in Markdown: headings, paragraphs, lists, code, bold and italics. Everything is escaped before
 * anything is read, and no links or raw HTML are made, so that whatever a table or a model says, a page runs nothing and loads nothing.
 */
final class MarkdownPage {

    private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.*?)\\s*#*");
    private static final Pattern BULLET = Pattern.compile("\\s*[-*+]\\s+(.*)");
    private static final Pattern NUMBERED = Pattern.compile("\\s*\\d{1,9}[.)]\\s+(.*)");

    private final StringBuilder html = new StringBuilder();
    private final StringBuilder paragraph = new StringBuilder();
    private String list = ""; // ul or ol, while one is open

    private MarkdownPage() {}

    static String html(String title, String markdown) {
        var page = new MarkdownPage();
        page.body(markdown);
        return "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>"
                + escaped(title)
                + "</title>\n<style>body { max-width: 44em; margin: 2em auto; font: 16px/1.6 system-ui, sans-serif }</style>\n"
                + "</head>\n<body>\n" + page.html + "</body>\n</html>\n";
    }

    private void body(String markdown) {
        var code = false;
        for (var line : (Iterable<String>) markdown.lines()::iterator) {
            if (line.strip().startsWith("```")) {
                end();
                html.append(code ? "</code></pre>\n" : "<pre><code>");
                code = !code;
            } else if (code) {
                html.append(escaped(line)).append('\n');
            } else {
                line(line);
            }
        }
        end();
        if (code) html.append("</code></pre>\n");
    }

    private void line(String line) {
        var heading = HEADING.matcher(line.strip());
        var bullet = BULLET.matcher(line);
        var numbered = NUMBERED.matcher(line);
        if (line.isBlank()) {
            end();
        } else if (heading.matches()) {
            end();
            var tag = "h" + heading.group(1).length() + ">";
            html.append('<').append(tag).append(inline(heading.group(2))).append("</").append(tag).append('\n');
        } else if (bullet.matches()) {
            item("ul", bullet.group(1));
        } else if (numbered.matches()) {
            item("ol", numbered.group(1));
        } else {
            if (!list.isEmpty()) end();
            paragraph.append(paragraph.isEmpty() ? "" : "<br>\n").append(inline(line.strip()));
        }
    }

    private void item(String kind, String text) {
        if (!list.equals(kind)) {
            end();
            html.append('<').append(kind).append(">\n");
            list = kind;
        }
        html.append("<li>").append(inline(text)).append("</li>\n");
    }

    /** Closes what is open. */
    private void end() {
        if (!paragraph.isEmpty()) html.append("<p>").append(paragraph).append("</p>\n");
        paragraph.setLength(0);
        if (!list.isEmpty()) html.append("</").append(list).append(">\n");
        list = "";
    }

    private static String inline(String text) {
        return escaped(text).replaceAll("`([^`]+)`", "<code>$1</code>").replaceAll("\\*\\*([^*]+)\\*\\*", "<strong>$1</strong>")
                .replaceAll("(?<![*\\w])\\*([^*\\s][^*]*)\\*(?![*\\w])", "<em>$1</em>");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
