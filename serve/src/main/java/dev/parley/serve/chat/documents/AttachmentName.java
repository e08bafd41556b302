package dev.parley.serve.chat.documents;

import dev.parley.knowledge.documents.DocumentReader;
import dev.parley.serve.chat.history.Texts;
import dev.parley.serve.http.ApiError;
import java.nio.file.Path;

/** The name of a file that a stranger sent: a label that is shown and cited, and never a place on the disk. */
final class AttachmentName {

    private static final int LONGEST = 120;

    private AttachmentName() {}

    /**
     * The name without folders, and without characters that nobody sees or that turn the others around.
     *
     * @throws ApiError if files of this name cannot be read
     */
    static String of(String given) {
        var name = Texts.clean(given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1)).codePoints()
                .map(c -> isVisible(c) ? c : ' ').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString().strip().replaceAll(" {2,}", " ");
        var dot = name.lastIndexOf('.');
        var ending = dot < 0 ? "" : name.substring(dot);
        if (!ending.matches("\\.[A-Za-z]{1,8}") || !DocumentReader.reads(Path.of("file" + ending)))
            throw ApiError.of(415, "unknown_kind",
                    "Only text, Markdown, HTML, PDF and DOCX can be attached: name a file .txt, .md, .html, .pdf or .docx.");
        var stem = name.substring(0, dot).strip();
        if (stem.isEmpty()) stem = "file";
        var most = LONGEST - ending.length();
        return (stem.codePointCount(0, stem.length()) <= most ? stem : stem.substring(0, stem.offsetByCodePoints(0, most))) + ending;
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
