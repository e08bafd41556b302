package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.Dataset;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSummaryTest {

    @Test
    void aSavedModelSaysHowItWasTrained(@TempDir Path folder) throws IOException {
        var rows = Dataset.of(List.of(TrainingRow.of(new int[] {1, 2, 3, 4}), TrainingRow.of(new int[] {4, 3, 2, 1})));
        var arguments = TrainingArguments.builder().outputDir(folder).maxSteps(3).learningRate(0.01).build();
        try (var trainer = new Trainer(TrainableLM.create(ModelConfig.gpt2(50, 32, 16, 1, 2), 1), arguments, rows, rows)) {
            trainer.saveModel();
            assertFalse(Files.exists(folder.resolve(TrainingSummary.FILE))); // nothing was trained yet
            var output = trainer.train();
            trainer.saveModel();
            var summary = new ObjectMapper().readTree(folder.resolve(TrainingSummary.FILE).toFile());
            assertEquals(3, summary.path("steps").asInt());
            assertEquals(3 * 2 * 3, summary.path("targets").asInt()); // three steps of two rows of three next tokens
            assertEquals(output.trainLoss(), summary.path("train_loss").asDouble(), 1e-12);
            assertEquals(output.evalLoss().orElseThrow(), summary.path("eval_loss").asDouble(), 1e-12);
            assertEquals("0.01", summary.path("settings").path("learning_rate").asText());
            assertTrue(summary.path("machine").has("engine"));
        }
    }
}
