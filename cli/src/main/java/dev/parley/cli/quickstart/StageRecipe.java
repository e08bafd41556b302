package dev.parley.cli.quickstart;

import dev.parley.train.recipe.Recipe;
import dev.parley.train.recipe.TrainingStage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The recipe of a stage: a file that comes with the program, and what depends on the plan. */
final class StageRecipe {

    private static final int LEAST_SAVE_STEPS = 50;

    private StageRecipe() {}

    /** Pretraining of a new model. @param steps planned */
    static Recipe pretrain(Plan plan, Shape shape, long steps) throws IOException {
        return of(TrainingStage.PRETRAIN, plan, shape, steps).with("model", shape.recipe()).with("context_length", Plan.CONTEXT);
    }

    /** Fine-tuning of one that has been pretrained. @param steps planned */
    static Recipe finetune(Plan plan, Shape shape, long steps, Path base) throws IOException {
        return of(TrainingStage.SFT, plan, shape, steps).with("model", base);
    }

    private static Recipe of(TrainingStage stage, Plan plan, Shape shape, long steps) throws IOException {
        return Recipe.parse("The quickstart's " + stage.label() + ".yaml", text(stage.label() + ".yaml"))
                .with("tokenizer", plan.tokenizer()).with("report_to", "none").with("output_dir", plan.checkpoints(stage))
                .with("seed", plan.seed())
                .with("per_device_train_batch_size", shape.rows()).with("per_device_eval_batch_size", shape.rows())
                .with("muon_block_size", shape.headSize()).with("max_steps", steps).with("warmup_steps", Math.max(1, steps / 30))
                .with("eval_steps", Math.max(1, steps / 3)).with("save_steps", Math.max(LEAST_SAVE_STEPS, steps / 5));
    }

    private static String text(String resource) throws IOException {
        try (var in = StageRecipe.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("The resource " + resource + " is not on the class path.");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
