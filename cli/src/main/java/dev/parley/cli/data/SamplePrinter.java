package dev.parley.cli.data;

import dev.parley.cli.Output;
import dev.parley.data.inspect.Sample;
import dev.parley.data.inspect.TokenPiece;
import dev.parley.tokenizer.Tokenizer;
import java.util.Locale;

/**
 * Shows a row in the terminal: targets green, what is only read grey, special tokens bold, every second token underlined so that borders
 * show. Without colours, targets stand between « and », and a bar divides tokens.
 */
record SamplePrinter(Output output, Tokenizer tokenizer) {

    private static final String PLAIN = "\u001b[0m";

    void print(Sample sample) {
        output.line("");
        output.line(String.format(Locale.ROOT, "%s: %,d tokens, %,d targets", sample.title(), sample.row().length(), sample.row().targets()));
        var text = new StringBuilder();
        TokenPiece before = null;
        var isOdd = false;
        for (var piece : TokenPiece.of(tokenizer, sample.row())) {
            var isNewDocument = sample.row().isPacked() && (before == null || before.document() != piece.document());
            if (output.coloursResults()) {
                if (isNewDocument) text.append(PLAIN).append(border(text, piece));
                coloured(text, piece, isOdd);
                isOdd = !isOdd;
            } else {
                plain(text, piece, before, isNewDocument);
            }
            before = piece;
        }
        if (output.coloursResults()) text.append(PLAIN);
        else if (before != null && before.target()) text.append('»');
        output.line(text.toString());
    }

    private static String border(CharSequence text, TokenPiece piece) {
        return (text.isEmpty() ? "" : "\n") + "--- document " + (piece.document() + 1) + " ---\n";
    }

    private static void coloured(StringBuilder text, TokenPiece piece, boolean isOdd) {
        text.append("\u001b[0;").append(piece.target() ? "32" : "90").append(piece.special() ? ";1" : "").append(isOdd ? ";4" : "").append('m');
        text.append(visible(piece.text()));
    }

    private static void plain(StringBuilder text, TokenPiece piece, TokenPiece before, boolean isNewDocument) {
        if (before != null && before.target() && (!piece.target() || isNewDocument)) text.append('»');
        if (isNewDocument) text.append(border(text, piece));
        var begins = piece.target() && (before == null || !before.target() || isNewDocument);
        if (begins) text.append('«');
        else if (before != null && before.target() == piece.target() && !isNewDocument) text.append('|');
        text.append(visible(piece.text()));
    }

    /** A terminal obeys control characters; data may not drive it. */
    private static String visible(String text) {
        var visible = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n') visible.append("↵\n");
            else visible.appendCodePoint(c < ' ' && c != '\t' ? 0x2400 + c : c == 0x7f || c >= 0x80 && c < 0xa0 ? 0xfffd : c);
        });
        return visible.toString();
    }
}
