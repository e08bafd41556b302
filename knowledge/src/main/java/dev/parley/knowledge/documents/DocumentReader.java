package dev.parley.knowledge.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * Reads files as documents: text and Markdown here, and what needs a parser, HTML, PDF and DOCX, in a program of its own, so that a
 * hostile file costs no more than itself.
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
    private static final Set<String> PARSED = Set.of("html", "htm", "xhtml", "pdf", "docx");

    /**
     * How much of a file is read.
     *
     * @param fileBytes largest file
     * @param characters of text that are kept of a file
     * @param parserMegabytes of memory for a parser of HTML, PDF or DOCX
     * @param parserTime how long it may take over a file
     */
    public record Limits(long fileBytes, int characters, int parserMegabytes, Duration parserTime) {

        /** 256 MB, 10 million characters; 512 MB and two minutes for a parser. */
        public static final Limits DEFAULT = new Limits(256_000_000, 10_000_000, 512, Duration.ofMinutes(2));
    }

    private final Limits limits;
    private final ReaderProcess parsers;

    /** A reader of files. */
    public DocumentReader(Limits limits) {
        this.limits = limits;
        parsers = new ReaderProcess(limits.characters, limits.parserMegabytes, limits.parserTime);
    }

    /** Whether files of this name are documents that can be read. */
    public static boolean reads(Path file) {
        var ending = ending(file);
        return MARKDOWN.contains(ending) || TEXT.contains(ending) || PARSED.contains(ending);
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
        var size = Files.size(file);
        if (size == 0) throw new DocumentException("it is empty");
        if (size > limits.fileBytes) {
            throw new DocumentException("it is larger than " + limits.fileBytes / 1_000_000 + " MB");
        }
        var ending = ending(file);
        return PARSED.contains(ending) ? parsers.read(file, ending) : text(file);
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
    public void close() {
        parsers.close();
    }
}
