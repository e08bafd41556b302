package dev.parley.data.text;

import java.nio.file.Path;

/**
 * A document as it was read.
 *
 * @param file that holds it
 * @param line at which it begins, counted from 1; in a Parquet file its row
 */
public record TextDocument(String text, Path file, long line) {

    /** Where it stands: {@code corpus/a.jsonl:12}. */
    public String place() {
        return file + ":" + line;
    }
}
