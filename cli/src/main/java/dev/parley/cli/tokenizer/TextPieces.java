package dev.parley.cli.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;

/**
 * The text of files as pieces of some ten thousand characters, so that a file of any size can be read. A piece ends at
 * the end of a line where there is one: no word is cut in two.
 */
final class TextPieces implements Iterator<String>, AutoCloseable {

    private static final int PIECE = 1 << 16;
    private static final int LONGEST_LINE = 1 << 22;

    private final Iterator<Path> files;
    private final LongConsumer readSoFar;
    private final char[] buffer = new char[PIECE];
    private final StringBuilder rest = new StringBuilder();
    private Path file = Path.of("");
    private BufferedReader reader = new BufferedReader(java.io.Reader.nullReader());
    private boolean atEnd;
    private long bytes;

    /** @param readSoFar told the number of bytes handed out, after each piece */
    TextPieces(List<Path> files, LongConsumer readSoFar) {
        this.files = files.iterator();
        this.readSoFar = readSoFar;
    }

    /** Size of all in bytes. @throws IOException if one is missing or is no file */
    static long bytes(List<Path> files) throws IOException {
        var sum = 0L;
        for (var file : files) {
            var size = Files.size(file);
            if (Files.isDirectory(file)) throw new IOException(file + " is a folder; name its files.");
            sum += size;
        }
        return sum;
    }

    @Override
    public boolean hasNext() {
        while (rest.isEmpty() && !atEnd) fill();
        return !rest.isEmpty();
    }

    @Override
    public String next() {
        if (!hasNext()) throw new NoSuchElementException();
        var end = rest.lastIndexOf("\n") + 1;
        while (end == 0 && rest.length() < LONGEST_LINE && fill()) end = rest.lastIndexOf("\n") + 1;
        if (end == 0) end = wholeCharacters();
        var piece = rest.substring(0, end);
        rest.delete(0, end);
        bytes += piece.getBytes(StandardCharsets.UTF_8).length;
        readSoFar.accept(bytes);
        return piece;
    }

    private int wholeCharacters() {
        var end = rest.length();
        return end > 1 && Character.isHighSurrogate(rest.charAt(end - 1)) ? end - 1 : end;
    }

    /** Reads on in the present file; false at its end, where the next is opened by the next call. */
    private boolean fill() {
        try {
            var count = reader.read(buffer);
            if (count > 0) rest.append(buffer, 0, count);
            else open();
            return count > 0;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is not UTF-8; convert it.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private void open() throws IOException {
        if (!rest.isEmpty()) return;
        reader.close();
        atEnd = !files.hasNext();
        if (atEnd) return;
        file = files.next();
        reader = Files.newBufferedReader(file);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
