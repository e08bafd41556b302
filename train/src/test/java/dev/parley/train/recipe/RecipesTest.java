package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RecipesTest {

    private static final Path RECIPES = Path.of("../recipes");

    private static List<Path> recipes() throws IOException {
        try (var files = Files.list(RECIPES)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @Test
    void everyRecipeIsWithoutFault() throws IOException {
        assertFalse(recipes().isEmpty());
        for (var file : recipes()) {
            var text = RecipeText.parse(file.toString(), Files.readString(file));
            assertDoesNotThrow(() -> RecipeKeys.check(text), file.toString());
            if (text.keys().path("model").isObject()) assertDoesNotThrow(() -> new NewModel(text).check(), file.toString());
            assertTrue(Files.readString(file).contains("./parley train recipes/" + file.getFileName()), file + " says how it is run");
        }
    }

    @Test
    void theDocumentNamesEveryRecipe() throws IOException {
        var document = Files.readString(Path.of("../docs/recipes.md"));
        for (var file : recipes()) assertTrue(document.contains("(../recipes/" + file.getFileName() + ")"), file.toString());
    }

    @Test
    void theDocumentHasTheTableOfTheKeys() throws IOException {
        var table = RecipeKeys.OWN.stream()
                .map(key -> "| `" + key.name() + "` | " + key.values() + " | " + key.byDefault() + " | " + key.sentence() + " |")
                .collect(Collectors.joining("\n", "| key | values | default | what it does |\n|---|---|---|---|\n", "\n"));
        assertTrue(Files.readString(Path.of("../docs/recipes.md")).contains("\n" + table), () -> "docs/recipes.md is to have:\n\n" + table);
    }
}
