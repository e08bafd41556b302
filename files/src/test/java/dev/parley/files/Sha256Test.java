package dev.parley.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {

    /** FIPS 180-2, appendix B.1. */
    private static final String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void theHashIsTheStandardsInWhateverPartsItIsTaken(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("part"), "b");
        assertEquals(OF_ABC, Sha256.of("abc"));
        assertEquals(OF_ABC, new Sha256().text("a").file(file).bytes(new byte[] {'c'}).hex());
    }
}
