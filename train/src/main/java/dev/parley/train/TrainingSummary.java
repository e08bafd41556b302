package dev.parley.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.train.checkpoint.TrainerState;
import dev.parley.train.checkpoint.TrainingIdentity;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a model's folder says of the run that it comes from: the settings that decided its weights, and what the run came to. A model card
 * shows it; nothing is resumed from it.
 */
public final class TrainingSummary {

    /** Its name in a model's folder. */
    public static final String FILE = "training_summary.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainingSummary() {}

    static void write(Path folder, TrainerState state) throws IOException {
        var json = JSON.createObjectNode().put("steps", state.step()).put("targets", state.loss().targets())
                .put("train_loss", state.loss().mean()).put("seconds", Math.round(state.seconds()));
        state.evaluated().ifPresent(e -> json.put("eval_loss", e.value()));
        var settings = json.putObject("settings");
        state.identity().forEach((name, value) -> {
            if (!name.equals(TrainingIdentity.MODEL) && !value.isEmpty()) settings.put(name, value); // the shape stands in config.json
        });
        state.machine().forEach(json.putObject("machine")::put);
        DurableFile.write(folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
