package dev.parley.data.inspect;

import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An inspection as one HTML page that needs nothing else: targets on green, what is only read in grey, special tokens bold, a line behind
 * each token. What the data says is text here, whatever it looks like.
 */
public final class InspectionPage {

    private final Tokenizer tokenizer;
    private final StringBuilder page = new StringBuilder();

    private InspectionPage(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * The page.
     *
     * @param title such as the file's name
     */
    public static String of(String title, Inspection inspection, Tokenizer tokenizer) {
        return new InspectionPage(tokenizer).page(title, inspection);
    }

    private String page(String title, Inspection inspection) {
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                + "<title>").append(escaped(title)).append("</title><style>\n").append(style()).append("</style></head><body>\n<h1>")
                .append(escaped(title)).append("</h1>\n<table>\n");
        for (var line : FigureLines.of(inspection.figures()))
            page.append("<tr><td>").append(escaped(line.name())).append("</td><td>").append(escaped(line.value())).append("</td></tr>\n");
        page.append("</table>\n<p class=\"legend\"><span class=\"target\">target</span><span class=\"read\">only read</span>"
                + "<span class=\"special\">special token, only read</span></p>\n");
        for (var sample : inspection.samples()) sample(sample);
        return page.append("</body></html>\n").toString();
    }

    private void sample(Sample sample) {
        page.append("<h2>").append(escaped(sample.title())).append(String.format(Locale.ROOT, ": %,d tokens, %,d targets", sample.row().length(),
                sample.row().targets())).append("</h2>\n<div class=\"tokens\">");
        var document = -1;
        for (var piece : TokenPiece.of(tokenizer, sample.row())) {
            if (sample.row().isPacked() && piece.document() != document)
                page.append("<b class=\"document\">document ").append(piece.document() + 1).append("</b>");
            document = piece.document();
            page.append("<span class=\"").append(piece.target() ? "target" : "read").append(piece.special() ? " special" : "").append("\" title=\"")
                    .append(piece.id()).append("\">").append(escaped(piece.text()).replace("\n", "↵\n")).append("</span>");
        }
        page.append("</div>\n");
    }

    private static String escaped(String text) {
        var escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(c < ' ' && c != '\n' && c != '\t' ? 0x2400 + c : c); // ␀ and the like
            }
        });
        return escaped.toString();
    }

    private static String style() {
        try (var in = InspectionPage.class.getResourceAsStream("page.css")) {
            if (in == null) throw new IllegalStateException("The resource page.css is not on the class path.");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("page.css cannot be read: " + e.getMessage(), e);
        }
    }
}
