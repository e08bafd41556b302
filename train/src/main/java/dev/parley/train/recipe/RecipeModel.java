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
import java.util.Optional;

/** The model that a recipe trains, with its tokenizer: one to go on from, as a whole or by an adapter, or a new one. */
record RecipeModel(RecipeText text, TrainingStage stage, ModelFinder models) {

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
        var tokenizer = models.tokenizer(named);
        teacher().ifPresent(teacher -> teacher.check(tokenizer));
        if (!stage.isChat() || tokenizer.chatTemplate().isPresent()) return tokenizer;
        if (tokenizer.idOf(ChatTemplate.START).isEmpty() || tokenizer.idOf(ChatTemplate.END).isEmpty()) {
            throw text.wrong("tokenizer", "the tokenizer " + named + " has neither a chat template nor the tokens " + ChatTemplate.START
                    + " and " + ChatTemplate.END + "; train one with these special tokens.");
        }
        return tokenizer.withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    }

    /** Tokens that a new model knows: a teacher's may be more than its tokenizer's, so that tables have a round size. */
    int vocabSize(Tokenizer tokenizer) {
        return teacher().map(teacher -> teacher.config().vocabSize()).orElse(tokenizer.vocabSize());
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
        if (peft.isEmpty()) return TrainableLM.fromPretrained(folder, computeType, config -> withDropout(config, arguments));
        return peft.get().model(folder, name(), computeType, config -> withDropout(config, arguments), arguments.get(SEED));
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
