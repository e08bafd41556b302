package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedModelsTest {

    @TempDir
    Path folder;

    @Test
    void theOperatorIsToldWhereAModelLiesThatCannotBeLoadedAndClientsAreNot() throws IOException {
        var model = Files.createDirectories(folder.resolve("my-model"));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"none-such\"}");
        var options = new EngineOptions();
        options.engine = Backend.JAVA;
        options.quantize = EngineOptions.Quantize.NONE;
        options.dtype = EngineOptions.Precision.FLOAT32;
        var said = new ByteArrayOutputStream();
        var source = new ServedModels(options, Output.to(new ByteArrayOutputStream(), said)).sources(List.of(model.toString()), List.of())
                .getFirst();
        var failure = assertThrows(IllegalStateException.class, () -> source.loader().load());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains(model.toString()), said.toString(StandardCharsets.UTF_8));
        assertFalse(failure.getMessage().contains(folder.toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains("my-model"), failure.getMessage());
    }
}
