package dev.parley.data.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The forms in which text is read, by the endings of their files; {@code .gz}, {@code .zst} may follow each. */
public enum TextFormat {
    /** Plain text, Markdown included. */
    PLAIN("txt", "text", "md", "markdown"),
    /** An object in each line. */
    JSON_LINES("jsonl", "ndjson"),
    /** A list of objects, or one object after the other. */
    JSON("json"),
    /** Comma-separated values with a head line, RFC 4180. */
    CSV("csv"),
    /** The same with tabs. */
    TSV("tsv"),
    /** Apache Parquet. */
    PARQUET("parquet");

    private final List<String> endings;

    TextFormat(String... endings) {
        this.endings = List.of(endings);
    }

    /** The format that a file's name tells, if it does. */
    public static Optional<TextFormat> of(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|gzip|zst|zstd)$", "");
        var ending = name.substring(name.lastIndexOf('.') + 1);
        for (var format : values()) if (format.endings.contains(ending)) return Optional.of(format);
        return Optional.empty();
    }
}
