package dev.parley.train.recipe;

import static dev.parley.train.TrainingSettings.BF16;
import static dev.parley.train.TrainingSettings.DROPOUT;
import static dev.parley.train.TrainingSettings.SEED;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelFiles;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The model that a recipe trains, with its tokenizer: one to go on from, as a whole or by an adapter, or a new one. */
record RecipeModel(RecipeText text, TrainingStage stage, ModelFinder models, Consumer<String> notes) {

    static final String ADD_TOKENS = "add_tokens";
    static final String PAD_TO_MULTIPLE_OF = "pad_to_multiple_of";

    private static final int NEW_CONTEXT = 256;

    private boolean isNew() {
        return !text.keys().path("model").isTextual();
    }

    private Optional<Teacher> teacher() {
        return Teacher.of(text, models);
    }

    private String name() {
        return text.keys().path("model").asText();
    }

    /** @throws IllegalArgumentException for what cannot be, whatever the files hold: told before anything is downloaded */
    void check() {
        var peft = Peft.of(text);
        peft.ifPresent(Peft::config);
        teacher().ifPresent(teacher -> teacher.check(stage));
        if (!isNew()) return;
        if (peft.isPresent()) throw text.wrong("peft", "peft trains an adapter to a model: name a folder, or a model of the hub.");
        if (stage.method().comparesWithItsBeginning())
            throw text.wrong("model", "stage " + stage.label() + " goes on from a model that answers; name one.");
        new NewModel(text).check();
    }

    Tokenizer tokenizer() {
        var named = text.keys().path("tokenizer").asText(isNew() ? teacher().map(Teacher::name).orElse("") : name());
        if (named.isEmpty()) throw text.wrong("tokenizer", "a new model needs a tokenizer: a folder, a file, gpt2, or a model of the hub.");
        var tokenizer = chatting(models.tokenizer(named).withAddedTokens(text.texts(ADD_TOKENS)), named);
        teacher().ifPresent(teacher -> teacher.check(tokenizer));
        return tokenizer;
    }

    /** With a chat template, where the stage is about conversations; a base model that becomes a chat model gains the tokens for it. */
    private Tokenizer chatting(Tokenizer tokenizer, String named) {
        if (!stage.isChat() || tokenizer.chatTemplate().isPresent()) return tokenizer;
        var markers = List.of(ChatTemplate.START, ChatTemplate.END);
        if (!markers.stream().allMatch(marker -> tokenizer.idOf(marker).isPresent())) {
            if (isNew() || stage.method().comparesWithItsBeginning() || Peft.of(text).isPresent()) {
                throw text.wrong("tokenizer", "the tokenizer " + named + " has neither a chat template nor the tokens " + ChatTemplate.START
                        + " and " + ChatTemplate.END + "; " + (isNew() ? "add_tokens adds them."
                                : "stage sft without peft adds them to a base model."));
            }
            notes.accept("The tokenizer " + named + " has no chat template: ChatML is taken, whose tokens " + ChatTemplate.START + " and "
                    + ChatTemplate.END + " are added to it and to the model.");
        }
        return tokenizer.withAddedTokens(markers).withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    }

    /** Tokens that a new model knows: a teacher's may be more than its tokenizer's, so that tables have a round size. */
    int vocabSize(Tokenizer tokenizer) {
        return teacher().map(teacher -> teacher.config().vocabSize()).orElse(padded(tokenizer.vocabSize()));
    }

    private int padded(int tokens) {
        return Math.ceilDiv(tokens, multipleOf()) * multipleOf();
    }

    private int multipleOf() {
        return TrainingSetting.wholeNumber(text.keys().path(PAD_TO_MULTIPLE_OF)).orElse(1);
    }

    /** Tokens of a row at most: as the recipe says, as far as the contexts of the model and its teacher go. */
    int rowLength() throws IOException {
        var length = ownLength();
        var longest = teacher().map(teacher -> teacher.config().maxPositionEmbeddings()).orElse(length);
        if (isNew() && length > longest && text.has("context_length"))
            throw text.wrong("context_length", "context_length is " + length + ", and the teacher reads " + longest + " tokens.");
        return Math.min(length, longest);
    }

    private int ownLength() throws IOException {
        if (isNew()) return contextLength(NEW_CONTEXT);
        try (var files = ModelFiles.open(models.model(name()))) {
            var longest = files.config().maxPositionEmbeddings();
            return Math.min(longest, contextLength(longest));
        }
    }

    private int contextLength(int byDefault) {
        return text.has("context_length") ? TrainingSetting.wholeNumber(text.keys().path("context_length")).getAsInt() : byDefault;
    }

    /** The model in memory, which the caller closes. @param length of a new model's context */
    TrainableLM open(Tokenizer tokenizer, int length, TrainingArguments arguments) {
        var peft = Peft.of(text);
        if (isNew()) {
            var end = tokenizer.eosTokenId().orElse(0);
            var config = new NewModel(text).config(vocabSize(tokenizer), length)
                    .withSpecialTokens(tokenizer.bosTokenId().orElse(end), end);
            return TrainableLM.create(withDropout(config, arguments), arguments.get(SEED));
        }
        var folder = models.model(name());
        var computeType = arguments.get(BF16) ? DType.BFLOAT16 : DType.FLOAT32;
        if (peft.isEmpty())
            return knowing(tokenizer, TrainableLM.fromPretrained(folder, computeType, config -> withDropout(config, arguments)), arguments);
        requireRows(tokenizer, folder);
        return peft.get().model(folder, name(), computeType, config -> withDropout(config, arguments), arguments.get(SEED));
    }

    /** With a row of its tables for each token. */
    private TrainableLM knowing(Tokenizer tokenizer, TrainableLM model, TrainingArguments arguments) {
        if (tokenizer.vocabSize() <= model.config().vocabSize()) return model;
        notes.accept("The model gains " + (padded(tokenizer.vocabSize()) - model.config().vocabSize()) + " tokens, and has "
                + padded(tokenizer.vocabSize()) + ".");
        return model.resizeTokenEmbeddings(tokenizer.vocabSize(), multipleOf(), arguments.get(SEED));
    }

    /** What stands beside a model as it is in its files cannot give it tokens. */
    private void requireRows(Tokenizer tokenizer, Path folder) {
        try (var files = ModelFiles.open(folder)) {
            if (tokenizer.vocabSize() > files.config().vocabSize())
                throw text.wrong(ADD_TOKENS, "the tokenizer has " + tokenizer.vocabSize() + " tokens and the model " + files.config().vocabSize()
                        + ": an adapter cannot give a model tokens; train it without peft.");
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /**
     * The recipe's own goes before that of a new model's shape, which goes before small_data's. Where a model is compared with what it
     * was, it drops nothing unless the recipe says so, as TRL's disable_dropout.
     */
    private ModelConfig withDropout(ModelConfig config, TrainingArguments arguments) {
        if (text.keys().path("model").has("dropout") && !text.has("dropout")) return config;
        return arguments.get(DROPOUT).map(config::withDropout)
                .orElseGet(() -> stage.method().comparesWithItsBeginning() ? config.withDropout(0) : config);
    }
}
