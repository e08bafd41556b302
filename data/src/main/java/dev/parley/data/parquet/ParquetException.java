package dev.parley.data.parquet;

/** What is wrong with a Parquet file, or what in it is not read; part of a sentence that begins with the file's name. */
public final class ParquetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ParquetException(String message) {
        super(message);
    }
}
