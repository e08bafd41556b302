package dev.parley.eval.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentFilesTest {

    @TempDir
    Path folder;

    @Test
    void columnsHoldNumbersWhereEveryCellIsOne() throws IOException {
        var rows = DocumentFiles
                .read(Files.writeString(folder.resolve("a.csv"), "\uFEFFid,score,text\r\n1,2,\"a, \"\"b\"\"\"\r\n2,,c\r\n"));
        assertEquals("{\"id\":1,\"score\":2.0,\"text\":\"a, \\\"b\\\"\"}", rows.get(0).toString());
        assertEquals("{\"id\":2,\"score\":null,\"text\":\"c\"}", rows.get(1).toString());
    }

    @Test
    void aQuoteLeftOpenIsNamedByItsLine() throws IOException {
        var file = Files.writeString(folder.resolve("b.csv"), "id,text\n1,\"open\n2,x\n");
        var fault = assertThrows(TaskException.class, () -> DocumentFiles.read(file)).getMessage();
        assertTrue(fault.contains("b.csv, line 2: the quotes that begin here never end."), fault);
    }
}
