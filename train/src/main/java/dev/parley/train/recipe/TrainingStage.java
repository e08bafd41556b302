package dev.parley.train.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a run teaches. */
public enum TrainingStage {

    /** Predicting the next token of texts: every token is a target. */
    PRETRAIN(new PretrainStage()),

    /** Answering, by supervised fine-tuning on conversations: what the assistant says is a target. */
    SFT(new SftStage()),

    /** Preferring better answers to worse ones, from pairs: {@link dev.parley.train.objective.Dpo}. */
    DPO(new DpoStage()),

    /** Preferring answers with a thumb up to those with a thumb down: {@link dev.parley.train.objective.Kto}. */
    KTO(new KtoStage()),

    /** Answering so that code finds it right, from questions alone: {@link dev.parley.train.objective.Grpo}. */
    GRPO(new GrpoStage());

    private final StageMethod method;

    TrainingStage(StageMethod method) {
        this.method = method;
    }

    /** What it reads, and how it is learned. */
    StageMethod method() {
        return method;
    }

    /** Its name in a recipe. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it makes a model that answers in conversations, rather than one that continues texts. */
    public boolean isChat() {
        return method.isChat();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(TrainingStage::label).toList();
    }

    /** The keys that only some stages have, in the order of the stages. */
    static List<RecipeKey> keys() {
        return Arrays.stream(values()).flatMap(stage -> stage.method.keys().stream()).distinct().toList();
    }

    /** @throws IllegalArgumentException if a recipe names none of these */
    static TrainingStage of(RecipeText recipe) {
        var label = recipe.keys().path("stage").asText(PRETRAIN.label());
        return Arrays.stream(values()).filter(stage -> stage.label().equals(label)).findFirst()
                .orElseThrow(() -> recipe.wrong("stage", "stage " + label + " is none of " + labels() + "."));
    }
}
