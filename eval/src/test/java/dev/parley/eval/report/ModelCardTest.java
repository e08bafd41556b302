package dev.parley.eval.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.eval.Score;
import dev.parley.eval.bias.BiasFigure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {

    @Test
    void saysWhatTheFolderSaysAndWhatItDoesNot(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("training_data.json"), "{\"kind\":\"texts\",\"files\":[\"<b>.txt\"]}");
        var figure = new BiasFigure("age", "pct_stereotype", new Score(0.25, 0.1, 20), 0.5);
        var card = new ModelCard("mine", folder, Optional.empty(),
                List.of(new ModelCard.Section("Bias: ours", "By hand", List.of(figure))));
        assertTrue(card.markdown().contains("- kind: `texts`"));
        assertTrue(card.markdown().contains("Not known: the model's folder has no trainer_state.json."));
        assertTrue(card.markdown().contains("- age, pct_stereotype: 0.2500 ± 0.1000 (n = 20; ideal 0.5000)"));
        assertTrue(card.html().contains("&lt;b>.txt"));
        assertFalse(card.html().contains("<b>"));
    }
}
