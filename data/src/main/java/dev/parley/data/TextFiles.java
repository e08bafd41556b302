package dev.parley.data;

import dev.parley.data.text.Division;
import dev.parley.data.text.InputFiles;
import dev.parley.data.text.TextReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The user's own text in memory, in any form that {@link TextReader} reads; a folder stands for all files of text in it. */
public final class TextFiles {

    private static final long MOST_BYTES = 1L << 30;

    private TextFiles() {}

    /**
     * The documents of files and folders, in order; those of plain text are divided by blank lines.
     *
     * @throws IllegalArgumentException naming file and line of what cannot be read, or if it is too much for memory
     */
    public static List<String> documents(List<Path> filesOrFolders) throws IOException {
        return read(filesOrFolders, new Division.BlankLines());
    }

    /** The same with each file of plain text as one document, just as it is. */
    public static List<String> wholeFiles(List<Path> filesOrFolders) throws IOException {
        return read(filesOrFolders, new Division.WholeFile());
    }

    private static List<String> read(List<Path> filesOrFolders, Division division) throws IOException {
        var files = InputFiles.find(filesOrFolders.stream().map(Path::toString).toList());
        var reader = new TextReader(files, TextReader.Options.usual().withDivision(division));
        if (reader.bytes() > MOST_BYTES) {
            throw new IllegalArgumentException(
                    filesOrFolders + " is more than 1 GiB of text, too much to keep in memory; make token shards "
                            + "of it (parley data prepare), and name their folder.");
        }
        var documents = new ArrayList<String>();
        reader.read(document -> documents.add(document.text()));
        if (documents.isEmpty()) throw new IllegalArgumentException("There is no text in " + filesOrFolders + ".");
        return documents;
    }
}
