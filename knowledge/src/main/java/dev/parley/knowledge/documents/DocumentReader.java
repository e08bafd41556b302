package dev.parley.knowledge.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Reads files as documents.
 *
 * <pre>{@code
 * try (var reader = new DocumentReader(DocumentReader.Limits.DEFAULT)) {
 *     var document = reader.read(Path.of("returns.md"));
 * }
 * }</pre>
 */
public final class DocumentReader implements AutoCloseable {

    private static final Set<String> MARKDOWN = Set.of("md", "markdown");
    private static final Set<String> TEXT = Set.of("txt", "text");

    /**
     * How much of a file is read.
     *
     * @param fileBytes largest file
     * @param characters of text that are kept of a file
     */
    public record Limits(long fileBytes, int characters) {

        /** 256 MB, 10 million characters. */
        public static final Limits DEFAULT = new Limits(256_000_000, 10_000_000);
    }

    private final Limits limits;

    public DocumentReader(Limits limits) {
        this.limits = limits;
    }

    /** Whether files of this name are documents that can be read. */
    public static boolean reads(Path file) {
        var ending = ending(file);
        return MARKDOWN.contains(ending) || TEXT.contains(ending);
    }

    private static String ending(Path file) {
        var name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a file.
     *
     * @throws DocumentException if it cannot be read as what its name says
     * @throws IOException if it cannot be read at all
     */
    public Document read(Path file) throws DocumentException, IOException {
        if (Files.size(file) > limits.fileBytes) {
            throw new DocumentException("it is larger than " + limits.fileBytes / 1_000_000 + " MB");
        }
        return text(file);
    }

    private Document text(Path file) throws DocumentException, IOException {
        try (var in = Files.newInputStream(file)) {
            var most = (int) Math.min(limits.fileBytes, 4L * limits.characters);
            var bytes = in.readNBytes(most);
            var more = bytes.length == most && in.read() >= 0;
            var text = PlainText.decode(bytes, more);
            var cut = more || text.length() > limits.characters;
            if (text.length() > limits.characters) text = text.substring(0, limits.characters);
            return MARKDOWN.contains(ending(file)) ? Markdown.read(text, cut) : PlainText.read(text, cut);
        }
    }

    @Override
    public void close() {}
}
