package dev.parley.train.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.data.Dataset;
import dev.parley.data.TrainingData;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSetting;
import dev.parley.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A training run as YAML describes it: the stage, the model, the data, and {@link TrainingSettings}.
 *
 * <pre>{@code
 * Recipe.read(Path.of("recipes/pretrain-small.yaml")).with("max_steps", 200).run(System.out::println);
 * }</pre>
 *
 * Whoever needs the model or the trainer before the run begins, {@linkplain #open() opens} it.
 */
public final class Recipe {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final long LARGEST = 1 << 20;
    private static final Set<String> OWN = Set.of("stage", "model", "tokenizer", "train_files", "eval_files", "context_length");
    private static final Set<String> SETTINGS = TrainingSettings.all().stream().map(TrainingSetting::name).collect(Collectors.toSet());

    private final String name;
    private final ObjectNode keys;
    private final ModelFinder models;
    private final Optional<Rows> rows; // made by code
    private final Consumer<String> notes;

    /** What a run teaches. */
    public enum Stage {

        /** Predicting the next token of texts: every token is a target. */
        PRETRAIN,

        /** Answering, by supervised fine-tuning on conversations: what the assistant says is a target. */
        SFT;

        /** Its name in a recipe. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Rows(Dataset train, Optional<Dataset> eval) {}

    private Recipe(String name, ObjectNode keys, ModelFinder models, Optional<Rows> rows, Consumer<String> notes) {
        this.name = name;
        this.keys = keys;
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
        if (!(tree(name, yaml) instanceof ObjectNode keys))
            throw new IllegalArgumentException(name + " holds no recipe: keys with values.");
        return new Recipe(name, keys, models, Optional.empty(), note -> {});
    }

    private static JsonNode tree(String name, String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + ": this is not YAML (" + e.getOriginalMessage() + ").", e);
        }
    }

    /**
     * The same with another value of a key.
     *
     * @param value as YAML writes it
     */
    public Recipe with(String key, String value) {
        return with(key, tree(name + ", " + key, value));
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
        var changed = keys.deepCopy();
        changed.set(key, value.isMissingNode() ? NullNode.getInstance() : value); // nothing after "key=" is the default
        return new Recipe(name, changed, models, rows, notes);
    }

    /** The same on these rows; {@code train_files} and {@code eval_files} are not read. */
    public Recipe withRows(Dataset train) {
        return new Recipe(name, keys, models, Optional.of(new Rows(train, Optional.empty())), notes);
    }

    /** The same on these rows, evaluated on others; {@code train_files} and {@code eval_files} are not read. */
    public Recipe withRows(Dataset train, Dataset eval) {
        return new Recipe(name, keys, models, Optional.of(new Rows(train, Optional.of(eval))), notes);
    }

    /** The same with a listener for what is worth knowing while the run is prepared. */
    public Recipe onNote(Consumer<String> listener) {
        return new Recipe(name, keys, models, rows, listener);
    }

    /**
     * What the run teaches.
     *
     * @throws IllegalArgumentException if it is no stage
     */
    public Stage stage() {
        var label = keys.path("stage").asText("pretrain");
        return Arrays.stream(Stage.values()).filter(stage -> stage.label().equals(label)).findFirst()
                .orElseThrow(() -> wrong("stage " + label + " is neither pretrain nor sft."));
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

    /** Loads or makes the model, and reads the data: what is left to do is the training. Closing the trainer frees the model. */
    public Trainer open() throws IOException {
        requireKnownKeys();
        var stage = stage();
        var arguments = arguments();
        var tokenizer = tokenizer(stage);
        var model = model(tokenizer, arguments);
        try {
            var rows = this.rows.isPresent() ? this.rows.get() : rowsOfFiles(stage, tokenizer, model.config().maxPositionEmbeddings());
            var trainer = rows.eval.map(eval -> new Trainer(model, arguments, rows.train, eval))
                    .orElseGet(() -> new Trainer(model, arguments, rows.train));
            return trainer.withTokenizer(tokenizer).withTrainingData(data(stage), tokenizer);
        } catch (Throwable e) {
            model.close();
            throw e;
        }
    }

    private Rows rowsOfFiles(Stage stage, Tokenizer tokenizer, int longest) throws IOException {
        var files = new TrainingFiles(stage, chats(), tokenizer, Math.min(longest, contextLength(longest)), notes);
        var train = files.dataset(files("train_files"));
        return new Rows(train, keys.has("eval_files") ? Optional.of(files.dataset(files("eval_files"))) : Optional.empty());
    }

    private void requireKnownKeys() {
        var unknown = new TreeSet<String>();
        for (var entry : keys.properties()) {
            if (!OWN.contains(entry.getKey()) && !ChatSettings.KEYS.contains(entry.getKey()) && !SETTINGS.contains(entry.getKey())) unknown.add(entry.getKey());
        }
        if (!unknown.isEmpty()) {
            throw wrong("there is no key " + String.join(", ", unknown)
                    + "; docs/recipes.md lists them. Settings of a schedule go into lr_scheduler_kwargs.");
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(name + ": " + what);
    }

    // ---- arguments ----

    private TrainingArguments arguments() {
        var given = keys.deepCopy();
        if (keys.hasNonNull("bf16")) given.put("bf16", bf16(keys.path("bf16").asText()));
        try {
            return TrainingArguments.builder().read(given).build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    /** As asked for; on a processor without instructions for bfloat16, where it is many times slower than float32, only if insisted. */
    private String bf16(String asked) {
        if (asked.equals("always")) return "true";
        if (!List.of("true", "yes", "on").contains(asked.toLowerCase(Locale.ROOT)) || CpuFeatures.hasFastBfloat16()) return asked;
        notes.accept(
                "bf16: this processor has no instructions for bfloat16, which would be many times slower: float32 is taken (bf16: always "
                        + "insists).");
        return "false";
    }

    private int contextLength(int byDefault) {
        var given = keys.path("context_length");
        if (given.isMissingNode() || given.isNull()) return byDefault;
        return TrainingSetting.wholeNumber(given).orElseThrow(() -> wrong("context_length is " + given + "; it is a whole number."));
    }

    // ---- model and tokenizer ----

    private Tokenizer tokenizer(Stage stage) {
        var named = keys.path("tokenizer").asText(keys.path("model").isTextual() ? keys.path("model").asText() : "");
        if (named.isEmpty()) throw wrong("a new model needs a tokenizer: a folder, a file, gpt2, or a model of the hub.");
        var tokenizer = models.tokenizer(named);
        if (stage == Stage.PRETRAIN || tokenizer.chatTemplate().isPresent()) return tokenizer;
        if (tokenizer.idOf(ChatTemplate.START).isEmpty() || tokenizer.idOf(ChatTemplate.END).isEmpty()) {
            throw wrong("the tokenizer " + named + " has neither a chat template nor the tokens " + ChatTemplate.START + " and "
                    + ChatTemplate.END
                    + "; train one with these special tokens.");
        }
        return tokenizer.withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    }

    private TrainableLM model(Tokenizer tokenizer, TrainingArguments arguments) {
        var model = keys.path("model");
        if (model.isTextual()) return TrainableLM.fromPretrained(models.model(model.asText()), Engine.trainingType());
        if (!model.isObject()) throw wrong("model is neither a folder, nor a model of the hub, nor the shape of a new one.");
        var end = tokenizer.eosTokenId().orElse(0);
        var config = new NewModel(name, model, tokenizer.vocabSize(), contextLength(256)).config()
                .withSpecialTokens(tokenizer.bosTokenId().orElse(end), end);
        return TrainableLM.create(config, arguments.get(TrainingSettings.SEED));
    }

    // ---- data ----

    private ChatSettings chats() {
        try {
            return ChatSettings.read(keys);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private TrainingData data(Stage stage) {
        var base = keys.path("model").isTextual() ? Optional.of(models.model(keys.path("model").asText())) : Optional.<Path>empty();
        if (rows.isPresent()) return TrainingData.ofRows(base);
        return new TrainingData(stage == Stage.SFT ? TrainingData.Kind.CHATS : TrainingData.Kind.TEXTS, files("train_files"), base);
    }

    private List<Path> files(String key) {
        var files = new ArrayList<Path>();
        var node = keys.path(key);
        if (node.isTextual()) files.add(Path.of(node.asText()));
        for (var file : node) files.add(Path.of(file.asText()));
        if (files.isEmpty()) throw wrong(key + " names no file.");
        return files;
    }
}
