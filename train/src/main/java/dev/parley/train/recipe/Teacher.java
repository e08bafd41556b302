package dev.parley.train.recipe;

import static dev.parley.train.TrainingSettings.BF16;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.ModelFiles;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.SoftLoss;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainingArguments;
import dev.parley.train.objective.Distillation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * The part of a recipe that names a teacher: the rows stay as they are, and at each target the model learns what the teacher thinks of
 * every token.
 *
 * <pre>{@code
 * teacher: {model: big, temperature: 2, alpha: 0.9, beta: 0}
 * }</pre>
 */
final class Teacher {

    static final String KEY = "teacher";
    private static final List<TrainingStage> STAGES = List.of(TrainingStage.PRETRAIN, TrainingStage.SFT);
    private static final List<String> KEYS = List.of("model", "temperature", "alpha", "beta");

    private final RecipeText text;
    private final ModelFinder models;
    private final JsonNode keys; // the name alone, or a map

    private Teacher(RecipeText text, ModelFinder models) {
        this.text = text;
        this.models = models;
        keys = text.keys().path(KEY);
    }

    /** The teacher that a recipe names; empty where texts are learned as they are. */
    static Optional<Teacher> of(RecipeText text, ModelFinder models) {
        return text.has(KEY) ? Optional.of(new Teacher(text, models)) : Optional.empty();
    }

    /** @throws IllegalArgumentException for what cannot be, whatever the files hold */
    void check(TrainingStage stage) {
        if (!STAGES.contains(stage))
            throw text.wrong(KEY, "a teacher teaches in the stages pretrain and sft, and this is " + stage.label() + ".");
        for (var entry : keys.properties()) {
            if (!KEYS.contains(entry.getKey()))
                throw text.wrong(KEY + "." + entry.getKey(), "a teacher has no " + entry.getKey() + "; there are " + String.join(", ", KEYS)
                        + ".");
        }
        if (name().isEmpty()) throw text.wrong(KEY, "the teacher has no model: a folder, or a model of the hub.");
        loss();
    }

    String name() {
        return keys.isTextual() ? keys.asText() : keys.path("model").asText();
    }

    private SoftLoss loss() {
        var byDefault = SoftLoss.DEFAULT;
        try {
            return new SoftLoss(number("temperature", byDefault.temperature()), number("alpha", byDefault.alpha()),
                    number("beta", byDefault.beta()));
        } catch (IllegalArgumentException e) {
            throw text.wrong(KEY, "teacher: " + e.getMessage());
        }
    }

    private double number(String key, double byDefault) {
        var value = keys.path(key);
        if (value.isMissingNode() || value.isNull()) return byDefault;
        try {
            return Double.parseDouble(value.asText());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is " + value + "; it is a number.");
        }
    }

    /** Its configuration, read without its weights. */
    ModelConfig config() {
        try (var files = ModelFiles.open(models.model(name()))) {
            return files.config();
        } catch (IOException e) {
            throw new UncheckedIOException("The teacher " + name() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if the ids of its tokens are not those of the tokenizer that the recipe trains with */
    void check(Tokenizer tokenizer) {
        var difference = models.tokenizer(name()).firstDifference(tokenizer);
        if (difference.isPresent()) {
            throw text.wrong(KEY, "the teacher " + name() + " has another tokenizer than the student, the first difference at id "
                    + difference.getAsInt() + ": what it says of a token would be about another.");
        }
    }

    /**
     * What teaches a model, which owns the teacher.
     *
     * @throws IllegalArgumentException if the model has another vocabulary
     */
    Distillation objective(TrainableLM student, TrainingArguments arguments) {
        var computeType = arguments.get(BF16) ? DType.BFLOAT16 : DType.FLOAT32;
        var teacher = TrainableLM.frozen(models.model(name()), computeType, WeightType.of(computeType), config -> config.withDropout(0));
        try {
            return new Distillation(teacher, loss(), student);
        } catch (ModelException e) {
            teacher.close();
            throw text.wrong(KEY, e.getMessage());
        }
    }
}
