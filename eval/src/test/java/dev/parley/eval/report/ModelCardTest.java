package dev.parley.eval.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.eval.Score;
import dev.parley.eval.bias.BiasFigure;
import dev.parley.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {

    private static ModelCard card(Path folder, BiasFigure... figures) {
        return new ModelCard("mine", folder, ModelConfig.gpt2(96, 64, 32, 2, 4), Optional.empty(),
                List.of(new ModelCard.Section("Bias: ours", "By hand", List.of(figures))));
    }

    private static BiasFigure figure(String group, String metric, double value) {
        return new BiasFigure(group, metric, new Score(value, 0.1, 20), 0.5);
    }

    @Test
    void saysWhatTheFolderSaysAndWhatItDoesNot(@TempDir Path folder) throws IOException {
        var card = card(folder, figure("age|old", "pct_stereotype", 0.25), figure("all", "refused", 0.4));
        assertTrue(card.markdown().contains("Not known: the model's folder has neither training_data.json nor training_summary.json."));
        assertTrue(card.markdown().contains("| licence | not known |"));
        assertTrue(card.markdown().contains("| age\\|old | pct_stereotype | 0.2500 | ± 0.1000 | 20 | 0.5000 |"));
        assertTrue(card.markdown().contains("It refused 40 % of 20 harmful requests."));
        Files.writeString(folder.resolve("README.md"), "---\nlicense: apache-2.0\n---\n# Mine\n");
        assertTrue(card.markdown().contains("| licence | apache-2.0 |"));
    }

    @Test
    void tellsTheStagesFromTheFirstModelOn(@TempDir Path folder) throws IOException {
        var base = Files.createDirectory(folder.resolve("base"));
        Files.writeString(base.resolve("training_data.json"), "{\"kind\":\"texts\",\"files\":[\"<b>.txt\"]}");
        Files.writeString(base.resolve("training_summary.json"), """
                {"steps":1500,"targets":12345,"train_loss":2.5,"seconds":60,"settings":{"learning_rate":"0.01"},\
                "machine":{"engine":"by hand"}}
                """);
        Files.writeString(folder.resolve("training_data.json"), "{\"kind\":\"chats\",\"files\":[\"c.jsonl\"],\"base\":\"base\"}");
        var markdown = card(folder).markdown();
        var first = markdown.indexOf("### Stage 1 of 2");
        assertTrue(first < markdown.indexOf("| run | 1,500 steps, 12,345 targets, 60 s |"));
        assertTrue(markdown.contains("| learning_rate | 0.01 |") && markdown.contains("| computed by | by hand |"));
        var second = markdown.indexOf("### Stage 2 of 2");
        assertTrue(first < second && second < markdown.indexOf("chats: ") && markdown.indexOf("texts: ") < second);
        assertTrue(second < markdown.indexOf("| run | not known |"));
        assertTrue(card(folder).html().contains("&lt;b&gt;.txt"));
        assertFalse(card(folder).html().contains("<b>"));
    }
}
