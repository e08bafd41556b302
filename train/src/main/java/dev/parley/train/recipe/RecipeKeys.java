package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.data.chat.ChatFormat;
import dev.parley.data.chat.TooLong;
import dev.parley.data.chat.TrainOn;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSetting;
import dev.parley.train.TrainingSettings;
import dev.parley.train.TransformersNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All keys that a recipe may have: its own, and the settings of training. */
final class RecipeKeys {

    /** Those that are no settings of training, in the order of the docs. */
    static final List<RecipeKey> OWN = Stream.concat(Stream.of(
            RecipeKey.oneOf("stage", TrainingStage.labels(), TrainingStage.PRETRAIN.label(),
                    "What the run teaches: the next token of texts, what the assistant says in conversations, or which answers are better, "
                            + "by pairs, by thumbs, or by code that judges what the model tries."),
            new RecipeKey("model", node -> node.isTextual() || node.isObject(), "folder, model of the hub, or a map", "needed",
                    "What is trained: a model to go on from, or the shape of a new one, below."),
            new RecipeKey(Peft.KEY, JsonNode::isObject, "a map", "",
                    "Trains an adapter and leaves the model as it is: [keys](adapters.md#training-an-adapter) by PEFT's names."),
            RecipeKey.oneOf(Peft.BASE_DTYPE, Peft.BASE_DTYPES.keySet().stream().sorted().toList(), "as products are computed",
                    "How the weights are kept that an adapter stands beside."),
            new RecipeKey(Teacher.KEY, node -> node.isTextual() || node.isObject(), "folder, model of the hub, or a map", "none",
                    "`pretrain`, `sft`: a model with the same tokenizer whose likelihoods of all tokens are learned at each target; "
                            + "[keys](training.md#a-small-model-that-drafts-for-a-large-one)."),
            RecipeKey.text("tokenizer", "folder, file, `gpt2`, or model of the hub", "the model's",
                    "What makes tokens of text; a new model needs one."),
            RecipeKey.texts(RecipeModel.ADD_TOKENS, "none; sft: ChatML's, for a base model that has no chat template",
                    "Special tokens that the tokenizer gains, and with it the model: [rows of its tables](training.md#new-tokens)."),
            RecipeKey.count(RecipeModel.PAD_TO_MULTIPLE_OF, 1, "1",
                    "What the vocabulary of a new model, or of one that gains tokens, is rounded up to a multiple of."),
            RecipeKey.count("context_length", 2, "256, or the model's", "Tokens of a row, and of a new model's context."),
            RecipeKey.files("train_files", "needed", "What is trained on: texts, conversations, or a folder of token shards."),
            RecipeKey.files("eval_files", "none", "What is only evaluated on; token shards bring their own."),
            new RecipeKey("validation_split_percentage", node -> TrainingSetting.wholeNumber(node).orElse(-1) >= 0
                    && TrainingSetting.wholeNumber(node).getAsInt() < 100, "integer in [0, 100)", "0",
                    "Percent of `train_files` that is only evaluated on, where there are no `eval_files`: documents by a hash of their "
                            + "text, "
                            + "the end of a `wrapped` stream."),
            RecipeKey.oneOf("packing_strategy", RecipeKey.labels(PackingStrategy.values(), PackingStrategy::label), "bfd",
                    "How texts become rows: whole documents packed by best fit, or one stream cut into rows of `context_length`."),
            RecipeKey.flag("document_mask", "Whether the documents of a `wrapped` row keep apart; those of `bfd` always do."),
            RecipeKey.oneOf("format", ChatFormat.labels(), "told by each line's keys",
                    "How every line of a file of conversations is written."),
            RecipeKey.flag("skip_bad", "Leave bad lines out, and say how many and which, rather than stop at the first."),
            RecipeKey.oneOf("train_on", RecipeKey.labels(TrainOn.values(), TrainOn::label), "assistant",
                    "Which tokens of conversations are targets; what tools answer never is."),
            RecipeKey.oneOf("too_long", RecipeKey.labels(TooLong.values(), TooLong::label), "leave_out",
                    "What becomes of a conversation longer than the context."),
            RecipeKey.texts("sample_prompts", "two beginnings of the data; sft: a greeting",
                    "What the report lets the model continue, or answer, at each evaluation; an empty list for nothing.")),
            TrainingStage.keys().stream()).toList();

    private static final Map<String, TrainingSetting<?>> SETTINGS = settings();

    private RecipeKeys() {}

    private static Map<String, TrainingSetting<?>> settings() {
        var settings = new LinkedHashMap<String, TrainingSetting<?>>();
        for (var setting : TrainingSettings.all()) settings.put(setting.name(), setting);
        return settings;
    }

    /** As the stage of the recipe has it: stages may have keys of one name that hold different things. */
    private static Optional<RecipeKey> own(RecipeText recipe, String name) {
        var ofStage = Arrays.stream(TrainingStage.values()).filter(stage -> stage.label().equals(recipe.keys().path("stage").asText()))
                .flatMap(stage -> stage.method().keys().stream());
        return Stream.concat(ofStage, OWN.stream()).filter(key -> key.name().equals(name)).findFirst();
    }

    /** @throws IllegalArgumentException listing every key that is none, and every value that cannot be, each with its line */
    static void check(RecipeText recipe) {
        var faults = new ArrayList<String>();
        var earlier = TrainingArguments.builder();
        for (var entry : recipe.keys().properties()) {
            var name = entry.getKey();
            if (own(recipe, name).isPresent())
                own(recipe, name).get().fault(entry.getValue()).ifPresent(fault -> faults.add(said(recipe, name, fault)));
            else if (!SETTINGS.containsKey(name)) faults.add(said(recipe, name, unknown(name)));
        }
        for (var name : SETTINGS.keySet()) { // in their order: some depend on others
            var value = recipe.keys().path(name);
            if (!recipe.keys().hasNonNull(name) || name.equals("bf16") && value.asText().equals("always")) continue;
            try {
                earlier.read(recipe.keys().objectNode().set(name, value));
            } catch (IllegalArgumentException e) {
                faults.add(said(recipe, name, e.getMessage() + "."));
            }
        }
        if (!faults.isEmpty()) throw new IllegalArgumentException(String.join("\n", faults));
    }

    private static String said(RecipeText recipe, String key, String fault) {
        return recipe.name() + recipe.place(key) + ": " + fault;
    }

    private static String unknown(String name) {
        var instead = TransformersNames.instead(name);
        if (instead.isPresent()) return "transformers' " + name + " is not honoured here: " + instead.get() + ".";
        var names = new ArrayList<>(SETTINGS.keySet());
        for (var key : OWN) names.add(key.name());
        return "there is no key " + name + ClosestWord.nearest(name, names).map(word -> "; did you mean " + word + "?")
                .orElse("; docs/recipes.md lists them. Settings of a schedule go into lr_scheduler_kwargs.");
    }
}
