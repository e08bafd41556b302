package dev.parley.assist.automation;

import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The rows that have no output, as {@value #NAME}: row, key, kind and one sentence. There is none where none failed. */
final class FailureTable {

    static final String NAME = "failures.csv";

    private FailureTable() {}

    static void write(Path folder, List<Journal.Entry> entries) throws IOException {
        var text = new StringBuilder("row,key,kind,sentence\r\n");
        var any = false;
        for (var entry : entries) {
            if (!(entry instanceof Journal.Entry.Failed failed)) continue;
            any = true;
            text.append(failed.row()).append(',').append(cell(failed.key())).append(',').append(failed.kind().label()).append(',')
                    .append(cell(failed.sentence())).append("\r\n");
        }
        if (any) DurableFile.write(folder.resolve(NAME), text.toString());
        else Files.deleteIfExists(folder.resolve(NAME));
    }

    /** A cell that a spreadsheet takes for text: what would be a formula gets an apostrophe before it. */
    private static String cell(String text) {
        var plain = !text.isEmpty() && "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return "\"" + plain.replace("\"", "\"\"") + "\"";
    }
}
