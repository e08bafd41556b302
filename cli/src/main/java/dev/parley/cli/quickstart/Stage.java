package dev.parley.cli.quickstart;

import dev.parley.train.LrSchedule;
import dev.parley.train.NewtonSchulz;
import dev.parley.train.Optim;
import dev.parley.train.TrainingArguments;
import java.nio.file.Path;

/**
 * How a stage of the quickstart trains. What was tried is in docs/decisions.md.
 *
 * @param name of the stage
 * @param learningRate of AdamW, for embeddings, biases and norms
 * @param muonLearningRate for the matrices of the layers
 * @param minLrRate where the rate ends, as a part of its highest
 */
record Stage(String name, double learningRate, double muonLearningRate, double minLrRate) {

    /** Predicting the next token of texts and exercises. */
    static final Stage PRETRAIN = new Stage("pretrain", 0.014, 0.01, 0.05);

    /** Answering. */
    static final Stage SFT = new Stage("sft", 0.01, 0.007, 0.02);

    private static final int LEAST_SAVE_STEPS = 50;

    /** @param steps planned */
    TrainingArguments arguments(Path outputDir, Shape shape, long steps, long seed) {
        return TrainingArguments.builder().outputDir(outputDir).maxSteps(steps)
                .perDeviceTrainBatchSize(shape.rows()).perDeviceEvalBatchSize(shape.rows())
                .optim(Optim.MUON).muonLearningRate(muonLearningRate).muonMomentum(0.9)
                .nsCoefficients(NewtonSchulz.POLAR_EXPRESS).nsSteps(3).muonBlockSize(shape.headSize())
                .learningRate(learningRate).adamBeta2(0.95)
                .lrSchedulerType(LrSchedule.Type.COSINE_WITH_MIN_LR).lrSchedulerKwargs(LrSchedule.Shape.DEFAULT.withMinLrRate(minLrRate))
                .warmupSteps(Math.max(1, steps / 30)).weightDecay(0.1).evalSteps(Math.max(1, steps / 3)).loggingSteps(5)
                .saveSteps(Math.max(LEAST_SAVE_STEPS, steps / 5)).saveTotalLimit(1).seed(seed).build();
    }
}
