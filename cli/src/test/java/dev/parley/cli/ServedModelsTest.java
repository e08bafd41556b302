package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.Backend;
import dev.parley.serve.models.ModelSource;
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

    private static EngineOptions options() {
        var options = new EngineOptions();
        options.engine = Backend.JAVA;
        options.quantize = EngineOptions.Quantize.NONE;
        options.dtype = EngineOptions.Precision.FLOAT32;
        return options;
    }

    private List<ModelSource> sources(List<String> models, String... drafts) {
        return new ServedModels(options(), Output.to(new ByteArrayOutputStream(), new ByteArrayOutputStream())).sources(models, List.of(),
                List.of(drafts));
    }

    private String model(String name, int bytes) throws IOException {
        var model = Files.createDirectories(folder.resolve(name));
        Files.write(model.resolve("model.safetensors"), new byte[bytes]);
        return model.toString();
    }

    @Test
    void aDraftModelTakesMemoryWithTheModelItDraftsFor() throws IOException {
        var models = List.of(model("big", 1000), "slow=" + model("second", 500));
        var small = model("small", 10);
        assertEquals(List.of(1010L, 500L), sources(models, small).stream().map(ModelSource::bytes).toList(), "the first's");
        assertEquals(List.of(1000L, 510L), sources(models, "slow=" + small).stream().map(ModelSource::bytes).toList());
        assertEquals(List.of(1010L, 510L), sources(models, "big=" + small, "slow=" + small).stream().map(ModelSource::bytes).toList());
    }

    @Test
    void aDraftModelForNoneOfTheModelsOrASecondForOneIsRefused() throws IOException {
        var models = List.of(model("big", 1000));
        var small = model("small", 10);
        var none = assertThrows(WrongUsage.class, () -> sources(models, "slow=" + small));
        assertTrue(none.getMessage().contains("slow=" + small), none.getMessage());
        assertThrows(WrongUsage.class, () -> sources(models, small, "big=" + small));
    }

    @Test
    void theOperatorIsToldWhereAModelLiesThatCannotBeLoadedAndClientsAreNot() throws IOException {
        var model = Files.createDirectories(folder.resolve("my-model"));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"none-such\"}");
        var said = new ByteArrayOutputStream();
        var source = new ServedModels(options(), Output.to(new ByteArrayOutputStream(), said))
                .sources(List.of(model.toString()), List.of(), List.of())
                .getFirst();
        var failure = assertThrows(IllegalStateException.class, () -> source.loader().load());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains(model.toString()), said.toString(StandardCharsets.UTF_8));
        assertFalse(failure.getMessage().contains(folder.toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains("my-model"), failure.getMessage());
    }
}
