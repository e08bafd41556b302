package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.data.Dataset;
import dev.parley.data.TrainingData;
import dev.parley.data.shards.Shards;
import dev.parley.kernels.DType;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSetting;
import dev.parley.train.TrainingSettings;
import dev.parley.train.report.DataMix;
import dev.parley.train.report.TrainingPlan;
import dev.parley.train.report.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
    private static final int NEW_CONTEXT = 256;

    private final RecipeText text;
    private final ModelFinder models;
    private final Optional<RecipeRows> rows; // made by code
    private final Consumer<String> notes;

    /** What a run teaches. */
    public enum Stage {

        /** Predicting the next token of texts: every token is a target. */
        PRETRAIN,

        /** Answering, by supervised fine-tuning on conversations: what the assistant says is a target. */
        SFT,

        /** Preferring better answers to worse ones, from pairs: {@link dev.parley.train.objective.Dpo}. */
        DPO,

        /** Preferring answers with a thumb up to those with a thumb down: {@link dev.parley.train.objective.Kto}. */
        KTO;

        /** Whether it learns from judged answers, beginning from a model that answers. */
        boolean isJudged() {
            return this == DPO || this == KTO;
        }

        /** Its name in a recipe. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

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
    public Stage stage() {
        var label = text.keys().path("stage").asText("pretrain");
        return Arrays.stream(Stage.values()).filter(stage -> stage.label().equals(label)).findFirst()
                .orElseThrow(() -> text.wrong("stage",
                        "stage " + label + " is none of " + RecipeKey.labels(Stage.values(), Stage::label) + "."));
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

    /** Loads or makes the model, and reads the data: what is left to do is the training. Closing the trainer frees the model. */
    public Trainer open() throws IOException {
        RecipeKeys.check(text);
        var tokenizer = tokenizer(stage());
        return text.keys().path("model").isTextual() ? openPretrained(tokenizer) : openNew(tokenizer);
    }

    /**
     * What the run would train on, read without its model.
     *
     * @throws IllegalArgumentException if the recipe cannot be followed
     */
    public RecipeData data() throws IOException {
        RecipeKeys.check(text);
        var tokenizer = tokenizer(stage());
        var model = text.keys().path("model");
        var longest = model.isTextual() ? ModelConfig.read(models.model(model.asText()).resolve("config.json")).maxPositionEmbeddings()
                : NEW_CONTEXT;
        var length = model.isTextual() ? Math.min(longest, contextLength(longest)) : contextLength(longest);
        return new RecipeData(tokenizer, rows(tokenizer, length).train(), length);
    }

    private Trainer openPretrained(Tokenizer tokenizer) throws IOException {
        var arguments = arguments();
        var name = text.keys().path("model").asText();
        var peft = Peft.of(text);
        peft.ifPresent(Peft::config); // its faults are told before anything is downloaded
        var folder = models.model(name);
        var computeType = arguments.get(TrainingSettings.BF16) ? DType.BFLOAT16 : DType.FLOAT32;
        var model = peft.isPresent() ? peft.get().model(folder, name, computeType,
                config -> arguments.get(TrainingSettings.DROPOUT).map(config::withDropout).orElse(config),
                arguments.get(TrainingSettings.SEED))
                : TrainableLM.fromPretrained(folder, computeType,
                        config -> arguments.get(TrainingSettings.DROPOUT).map(config::withDropout)
                                .orElse(stage().isJudged() ? config.withDropout(0) : config)); // as TRL's disable_dropout
        try {
            var longest = model.config().maxPositionEmbeddings();
            if (stage().isJudged()) return judged(model, arguments, tokenizer, Math.min(longest, contextLength(longest)));
            return trainer(model, arguments, rows(tokenizer, Math.min(longest, contextLength(longest))), tokenizer);
        } catch (Throwable e) {
            model.close();
            throw e;
        }
    }

    private Trainer judged(TrainableLM model, TrainingArguments arguments, Tokenizer tokenizer, int length) throws IOException {
        var trainer = judgedAnswers(tokenizer, length).trainer(stage(), model, arguments, files("train_files"),
                has("eval_files") ? files("eval_files") : List.of());
        var prompts = has("sample_prompts") ? SamplePrompts.read(text.keys().path("sample_prompts")) : SamplePrompts.QUESTIONS;
        trainer.onEvent(TrainingReport.of(trainer).withSamples(tokenizer, prompts, true).onFault(notes));
        return trainer.withTokenizer(tokenizer);
    }

    private JudgedAnswers judgedAnswers(Tokenizer tokenizer, int length) {
        return new JudgedAnswers(text.keys(), new ChatTrainingFiles(ChatSettings.read(text.keys()), tokenizer, length, notes));
    }

    private Trainer openNew(Tokenizer tokenizer) throws IOException {
        checkSettings();
        if (Peft.of(text).isPresent()) throw text.wrong("peft", "peft trains an adapter to a model: name a folder, or a model of the hub.");
        if (stage().isJudged()) throw text.wrong("model", "stage " + stage().label() + " goes on from a model that answers; name one.");
        var length = contextLength(NEW_CONTEXT);
        new NewModel(text, tokenizer.vocabSize(), length).check();
        var read = rows(tokenizer, length);
        var turned = with(Dial.isIn(text) ? new Dial(text, tokenizer.vocabSize(), length, read.tokens(), notes).turned() : text);
        var arguments = turned.arguments();
        var end = tokenizer.eosTokenId().orElse(0);
        var config = new NewModel(turned.text, tokenizer.vocabSize(), length).config()
                .withSpecialTokens(tokenizer.bosTokenId().orElse(end), end);
        return turned.trainer(TrainableLM.create(turned.withDropout(config, arguments), arguments.get(TrainingSettings.SEED)), arguments,
                read, tokenizer);
    }

    /** The recipe's own goes before that of the model's shape, which goes before small_data's. */
    private ModelConfig withDropout(ModelConfig config, TrainingArguments arguments) {
        if (text.keys().path("model").has("dropout") && !has("dropout")) return config;
        return arguments.get(TrainingSettings.DROPOUT).map(config::withDropout).orElse(config);
    }

    private Trainer trainer(TrainableLM model, TrainingArguments arguments, RecipeRows rows, Tokenizer tokenizer) throws IOException {
        var trainer = rows.eval().map(eval -> new Trainer(model, arguments, rows.train(), eval))
                .orElseGet(() -> new Trainer(model, arguments, rows.train()));
        var prompts = has("sample_prompts") ? SamplePrompts.read(text.keys().path("sample_prompts"))
                : SamplePrompts.byDefault(stage(), rows.eval().orElse(rows.train()), tokenizer);
        trainer.onEvent(TrainingReport.of(trainer).withSamples(tokenizer, prompts, stage() == Stage.SFT)
                .withDataMix(this.rows.isPresent() ? DataMix.UNKNOWN : DataMix.ofFiles(files("train_files"))).onFault(notes));
        return trainer.withTokenizer(tokenizer).withTrainingData(data(stage()), tokenizer);
    }

    private RecipeRows rows(Tokenizer tokenizer, int length) throws IOException {
        if (rows.isPresent()) return rows.get();
        if (stage().isJudged()) {
            return new RecipeRows(Dataset.of(judgedAnswers(tokenizer, length).rows(stage(), files("train_files"))), Optional.empty());
        }
        if (stage() == Stage.SFT) {
            var chats = new ChatTrainingFiles(ChatSettings.read(text.keys()), tokenizer, length, notes);
            return new RecipeRows(chats.packed(files("train_files")),
                    has("eval_files") ? Optional.of(chats.packed(files("eval_files"))) : Optional.empty());
        }
        var strategy = PackingStrategy.valueOf(text.keys().path("packing_strategy").asText("bfd").toUpperCase(Locale.ROOT));
        var validation = has("eval_files") ? 0 : text.keys().path("validation_split_percentage").asInt() / 100.0;
        var texts = new TextRows(tokenizer, length, strategy, text.keys().path("document_mask").asBoolean(), validation);
        var read = texts.rows(files("train_files"));
        return has("eval_files") ? new RecipeRows(read.train(), Optional.of(texts.evaluation(files("eval_files")))) : read;
    }

    private boolean has(String key) {
        return text.keys().hasNonNull(key);
    }

    // ---- arguments ----

    private TrainingArguments arguments() {
        var given = text.keys().deepCopy();
        if (has("bf16")) given.put("bf16", bf16(given.path("bf16").asText()));
        return arguments(given);
    }

    /** What settings say that cannot be together is told before files are read; what the dial will set is not there yet. */
    private void checkSettings() {
        var model = text.keys().path("model");
        if (model.has("depth") || model.has("params")) return;
        var given = text.keys().deepCopy();
        given.remove("bf16"); // may be "always"
        arguments(given);
    }

    private TrainingArguments arguments(ObjectNode given) {
        try {
            return TrainingArguments.builder().read(given).build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text.name() + ": " + e.getMessage(), e);
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
        return has("context_length") ? TrainingSetting.wholeNumber(text.keys().path("context_length")).getAsInt() : byDefault;
    }

    // ---- tokenizer ----

    private Tokenizer tokenizer(Stage stage) {
        var named = text.keys().path("tokenizer").asText(text.keys().path("model").asText());
        if (named.isEmpty()) throw text.wrong("tokenizer", "a new model needs a tokenizer: a folder, a file, gpt2, or a model of the hub.");
        var tokenizer = models.tokenizer(named);
        if (stage == Stage.PRETRAIN || tokenizer.chatTemplate().isPresent()) return tokenizer;
        if (tokenizer.idOf(ChatTemplate.START).isEmpty() || tokenizer.idOf(ChatTemplate.END).isEmpty()) {
            throw text.wrong("tokenizer",
                    "the tokenizer " + named + " has neither a chat template nor the tokens " + ChatTemplate.START + " and "
                            + ChatTemplate.END
                            + "; train one with these special tokens.");
        }
        return tokenizer.withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    }

    // ---- data ----

    private TrainingData data(Stage stage) {
        var model = text.keys().path("model");
        var base = model.isTextual() ? Optional.of(models.model(model.asText())) : Optional.<Path>empty();
        if (rows.isPresent() || Shards.areIn(files("train_files").getFirst())) return TrainingData.ofRows(base);
        return new TrainingData(stage == Stage.SFT ? TrainingData.Kind.CHATS : TrainingData.Kind.TEXTS, files("train_files"), base);
    }

    private List<Path> files(String key) {
        var files = new ArrayList<Path>();
        var node = text.keys().path(key);
        if (node.isTextual()) files.add(Path.of(node.asText()));
        for (var file : node) files.add(Path.of(file.asText()));
        if (files.isEmpty()) throw text.wrong(key, key + " names no file.");
        return files;
    }
}
