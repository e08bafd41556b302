package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.data.Dataset;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingSettings;
import dev.parley.train.report.TrainingPlan;
import dev.parley.train.report.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A training run as YAML describes it: the stage, the model, the data, and {@link TrainingSettings}.
 *
 * <pre>{@code
 * Recipe.read(Path.of("recipes/quickstart.yaml")).with("max_steps", 200).run(System.out::println);
 * }</pre>
 *
 * Whoever needs the model or the trainer before the run begins, {@linkplain #open() opens} it.
 */
public final class Recipe {

    private static final long LARGEST = 1 << 20;

    private final RecipeText text;
    private final ModelFinder models;
    private final Optional<RecipeRows> rows; // made by code
    private final Consumer<String> notes;

    private Recipe(RecipeText text, ModelFinder models, Optional<RecipeRows> rows, Consumer<String> notes) {
        this.text = text;
        this.models = models;
        this.rows = rows;
        this.notes = notes;
    }

    /**
     * A recipe whose models are downloaded in silence.
     *
     * @throws IllegalArgumentException if the file holds no recipe
     */
    public static Recipe read(Path file) throws IOException {
        return read(file, ModelFinder.silent());
    }

    /**
     * Reads a recipe.
     *
     * @param models of which it may name some
     * @throws IllegalArgumentException if the file holds no recipe
     */
    public static Recipe read(Path file, ModelFinder models) throws IOException {
        if (Files.size(file) > LARGEST) throw new IllegalArgumentException(file + " is larger than a recipe can be (1 MiB).");
        return parse(file.toString(), Files.readString(file), models);
    }

    /**
     * A recipe that is no file.
     *
     * @param name that errors begin with
     * @throws IllegalArgumentException if the text is none
     */
    public static Recipe parse(String name, String yaml) {
        return parse(name, yaml, ModelFinder.silent());
    }

    private static Recipe parse(String name, String yaml, ModelFinder models) {
        return new Recipe(RecipeText.parse(name, yaml), models, Optional.empty(), note -> {});
    }

    /**
     * The same with another value of a key.
     *
     * @param key one in a map is written {@code model.hidden_size}
     * @param value as YAML writes it
     * @throws IllegalArgumentException if the value is no YAML, or the key is in no map
     */
    public Recipe with(String key, String value) {
        return with(text.with(key, value));
    }

    /** The same with a number. */
    public Recipe with(String key, long value) {
        return with(key, LongNode.valueOf(value));
    }

    /** The same with a file or folder. */
    public Recipe with(String key, Path value) {
        return with(key, TextNode.valueOf(value.toString()));
    }

    private Recipe with(String key, JsonNode value) {
        return with(text.with(key, value));
    }

    private Recipe with(RecipeText changed) {
        return new Recipe(changed, models, rows, notes);
    }

    /** The same with a new model of so many layers, whose other numbers, and the run's, follow from it ({@code model: {depth: 6}}). */
    public Recipe withDepth(int layers) {
        return with(Dial.dialled(text, Dial.DEPTH, LongNode.valueOf(layers)));
    }

    /** The same with a new model of about so many parameters, as {@code 30M}. */
    public Recipe withParameters(String number) {
        return with(Dial.dialled(text, Dial.PARAMS, TextNode.valueOf(number)));
    }

    /** The same on these rows; {@code train_files} and {@code eval_files} are not read. */
    public Recipe withRows(Dataset train) {
        return new Recipe(text, models, Optional.of(new RecipeRows(train, Optional.empty())), notes);
    }

    /** The same on these rows, evaluated on others; {@code train_files} and {@code eval_files} are not read. */
    public Recipe withRows(Dataset train, Dataset eval) {
        return new Recipe(text, models, Optional.of(new RecipeRows(train, Optional.of(eval))), notes);
    }

    /** The same with a listener for what is worth knowing while the run is prepared. */
    public Recipe onNote(Consumer<String> listener) {
        return new Recipe(text, models, rows, listener);
    }

    /**
     * What the run teaches.
     *
     * @throws IllegalArgumentException if it is no stage
     */
    public TrainingStage stage() {
        return TrainingStage.of(text);
    }

    /**
     * Trains, and unless it is interrupted writes the model to {@code output_dir}.
     *
     * @param listener hears of every event
     * @throws IllegalArgumentException if the recipe cannot be followed
     * @throws dev.parley.train.TrainingException if the training fails
     */
    public Trainer.TrainOutput run(Consumer<TrainEvent> listener) throws IOException {
        try (var trainer = open()) {
            var output = trainer.onEvent(listener).train();
            if (!output.interrupted()) trainer.saveModel();
            return output;
        }
    }

    /** As {@link #run(Consumer)}, in silence. */
    public Trainer.TrainOutput run() throws IOException {
        return run(event -> {});
    }

    /**
     * What the run would take, by twenty steps that are thrown away. Nothing is written.
     *
     * @throws IllegalArgumentException if the recipe cannot be followed
     */
    public TrainingPlan plan() throws IOException {
        try (var trainer = open()) {
            return TrainingPlan.of(trainer, text.keys().path("model").isObject());
        }
    }

    /** Reads the data, and loads or makes the model: what is left to do is the training. Closing the trainer frees the model. */
    public Trainer open() throws IOException {
        var input = input();
        var lesson = stage().method().read(input);
        var full = Dial.isIn(text) ? new Dial(text, model(text).vocabSize(input.tokenizer()), input.length(), lesson.tokens(), notes).turned()
                : text;
        var arguments = new RecipeArguments(full, notes).read();
        var model = model(full).open(input.tokenizer(), input.length(), arguments);
        try {
            return reported(lesson.trainer(model, arguments), lesson, input.tokenizer());
        } catch (Throwable e) {
            model.close();
            throw e;
        }
    }

    private Trainer reported(Trainer trainer, Lesson lesson, Tokenizer tokenizer) throws IOException {
        var prompts = text.has("sample_prompts") ? SamplePrompts.read(text.keys().path("sample_prompts")) : lesson.prompts();
        trainer.onEvent(TrainingReport.of(trainer).withSamples(tokenizer, prompts, stage().isChat()).withDataMix(lesson.mix())
                .onFault(notes));
        return trainer.withTokenizer(tokenizer);
    }

    /**
     * What the run would train on, read without its model.
     *
     * @throws IllegalArgumentException if the recipe cannot be followed
     */
    public RecipeData data() throws IOException {
        var input = input();
        return new RecipeData(input.tokenizer(), stage().method().read(input).rows(), input.length());
    }

    private StageInput input() throws IOException {
        RecipeKeys.check(text);
        new RecipeArguments(text, notes).check();
        var model = model(text);
        model.check();
        return new StageInput(text, models, rows, model.tokenizer(), model.rowLength(), notes);
    }

    private RecipeModel model(RecipeText text) {
        return new RecipeModel(text, stage(), models, notes);
    }
}
