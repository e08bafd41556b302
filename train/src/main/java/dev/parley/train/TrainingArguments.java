package dev.parley.train;

import dev.parley.kernels.DType;
import dev.parley.tensor.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * How to train, under the names and with the defaults of transformers' {@code TrainingArguments}.
 *
 * @param outputDir folder of checkpoints; {@code ./trainer_output}
 * @param overwriteOutputDir begin anew where the folder holds checkpoints, which are deleted; false
 * @param numTrainEpochs passes over the training set, also a part of one; 3
 * @param maxSteps optimiser steps; above 0 it takes the place of the epochs; -1
 * @param perDeviceTrainBatchSize rows of a pass; 8
 * @param perDeviceEvalBatchSize rows of a pass of evaluation; 8
 * @param gradientAccumulationSteps passes of an optimiser step; 1
 * @param learningRate the highest; 5e-5
 * @param lrSchedulerType how it changes; linear
 * @param lrSchedulerKwargs what bends that
 * @param warmupSteps steps in which it rises from 0; 0
 * @param weightDecay of tensors with two dimensions, each step by learningRate · weightDecay; 0
 * @param adamBeta1 memory of the first moment; 0.9
 * @param adamBeta2 memory of the second; 0.999
 * @param adamEpsilon added to its root; 1e-8
 * @param optim AdamW for all, or {@link Optim#MUON} for the matrices of the layers and AdamW for the rest; AdamW
 * @param muonLearningRate the highest of Muon, which follows the same schedule; 0.02
 * @param muonMomentum memory of Muon's momentum; 0.95
 * @param nsSteps of Muon's Newton-Schulz iteration; 5
 * @param nsCoefficients of its polynomials; Jordan's
 * @param muonBlockSize heads or neurons that are orthogonalised by themselves, a head where it is a head's width: less work, and not worse;
 *     0 takes the whole matrix, as does a size that does not divide it; 0
 * @param maxGradNorm longest gradient, longer ones are scaled down to it; 0 leaves all as they are; 1
 * @param evalSteps steps between evaluations; 0 evaluates at the end only; 0
 * @param saveSteps steps between checkpoints, besides which the best evaluation and the end save; 0 saves none; 500
 * @param saveTotalLimit checkpoints that stay, and the best besides if it is another; 0 keeps all; 0
 * @param loggingSteps steps between events of progress; 10
 * @param bf16 compute products in bfloat16 with float32 weights, also on a CPU that is slow at it; where it is faster ({@link Engine#trainingType()})
 * @param groupByLength put rows of similar length into a batch, so that little is padding; false
 * @param shuffle draw the rows of an epoch in random order rather than in their own; true
 * @param seed of the order of the rows and of dropout; 42
 * @param resumeFromCheckpoint a checkpoint's folder, or the output folder for its last one; none
 */
public record TrainingArguments(Path outputDir, boolean overwriteOutputDir, double numTrainEpochs, long maxSteps,
        int perDeviceTrainBatchSize, int perDeviceEvalBatchSize, int gradientAccumulationSteps, double learningRate,
        LrSchedule.Type lrSchedulerType, LrSchedule.Shape lrSchedulerKwargs, long warmupSteps, double weightDecay,
        double adamBeta1, double adamBeta2, double adamEpsilon, Optim optim, double muonLearningRate, double muonMomentum,
        int nsSteps, NewtonSchulz nsCoefficients, int muonBlockSize, double maxGradNorm, long evalSteps, long saveSteps,
        int saveTotalLimit, long loggingSteps, boolean bf16, boolean groupByLength, boolean shuffle, long seed, Optional<Path> resumeFromCheckpoint) {

    /** @throws IllegalArgumentException listing every fault */
    public TrainingArguments {
        var faults = new ArrayList<String>();
        if (maxSteps <= 0 && !(numTrainEpochs > 0)) faults.add("num_train_epochs " + numTrainEpochs + " is not above 0");
        if (perDeviceTrainBatchSize < 1) faults.add("per_device_train_batch_size " + perDeviceTrainBatchSize + " is below 1");
        if (perDeviceEvalBatchSize < 1) faults.add("per_device_eval_batch_size " + perDeviceEvalBatchSize + " is below 1");
        if (gradientAccumulationSteps < 1) faults.add("gradient_accumulation_steps " + gradientAccumulationSteps + " is below 1");
        if (!(learningRate > 0 && learningRate < 1e3)) faults.add("learning_rate " + learningRate + " is not above 0");
        if (lrSchedulerType == LrSchedule.Type.COSINE_WITH_MIN_LR && lrSchedulerKwargs.minLrRate().isEmpty()) faults.add("cosine_with_min_lr has no min_lr_rate");
        if (lrSchedulerType == LrSchedule.Type.WARMUP_STABLE_DECAY && lrSchedulerKwargs.numDecaySteps() < 1) faults.add("warmup_stable_decay has no num_decay_steps");
        if (warmupSteps < 0) faults.add("warmup_steps " + warmupSteps + " is below 0");
        if (!(weightDecay >= 0)) faults.add("weight_decay " + weightDecay + " is below 0");
        if (!(adamBeta1 >= 0 && adamBeta1 < 1)) faults.add("adam_beta1 " + adamBeta1 + " is not in [0, 1)");
        if (!(adamBeta2 >= 0 && adamBeta2 < 1)) faults.add("adam_beta2 " + adamBeta2 + " is not in [0, 1)");
        if (!(adamEpsilon > 0)) faults.add("adam_epsilon " + adamEpsilon + " is not above 0");
        if (!(muonLearningRate > 0 && muonLearningRate < 1e3)) faults.add("muon_learning_rate " + muonLearningRate + " is not above 0");
        if (!(muonMomentum >= 0 && muonMomentum < 1)) faults.add("muon_momentum " + muonMomentum + " is not in [0, 1)");
        if (nsSteps < 1 || nsSteps > 100) faults.add("ns_steps " + nsSteps + " is not between 1 and 100");
        if (muonBlockSize < 0) faults.add("muon_block_size " + muonBlockSize + " is below 0");
        if (!(maxGradNorm >= 0)) faults.add("max_grad_norm " + maxGradNorm + " is below 0");
        if (evalSteps < 0) faults.add("eval_steps " + evalSteps + " is below 0");
        if (saveSteps < 0) faults.add("save_steps " + saveSteps + " is below 0");
        if (saveTotalLimit < 0) faults.add("save_total_limit " + saveTotalLimit + " is below 0");
        if (loggingSteps < 1) faults.add("logging_steps " + loggingSteps + " is below 1");
        if (!faults.isEmpty()) throw new IllegalArgumentException("These training arguments cannot be: " + String.join("; ", faults) + ".");
    }

    /** The same, going on from a checkpoint. */
    public TrainingArguments resumingFrom(Path checkpoint) {
        return new TrainingArguments(outputDir, overwriteOutputDir, numTrainEpochs, maxSteps, perDeviceTrainBatchSize,
                perDeviceEvalBatchSize, gradientAccumulationSteps, learningRate, lrSchedulerType, lrSchedulerKwargs, warmupSteps,
                weightDecay, adamBeta1, adamBeta2, adamEpsilon, optim, muonLearningRate, muonMomentum, nsSteps, nsCoefficients, muonBlockSize, maxGradNorm, evalSteps,
                saveSteps, saveTotalLimit, loggingSteps, bf16, groupByLength, shuffle, seed, Optional.of(checkpoint));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the arguments that differ from the defaults; {@link #build()} checks all at once. */
    public static final class Builder {

        private Path outputDir = Path.of("trainer_output");
        private boolean overwriteOutputDir;
        private double numTrainEpochs = 3;
        private long maxSteps = -1;
        private int perDeviceTrainBatchSize = 8;
        private int perDeviceEvalBatchSize = 8;
        private int gradientAccumulationSteps = 1;
        private double learningRate = 5e-5;
        private LrSchedule.Type lrSchedulerType = LrSchedule.Type.LINEAR;
        private LrSchedule.Shape lrSchedulerKwargs = LrSchedule.Shape.DEFAULT;
        private long warmupSteps;
        private double weightDecay;
        private double adamBeta1 = 0.9;
        private double adamBeta2 = 0.999;
        private double adamEpsilon = 1e-8;
        private Optim optim = Optim.ADAMW;
        private double muonLearningRate = 0.02;
        private double muonMomentum = 0.95;
        private int nsSteps = 5;
        private NewtonSchulz nsCoefficients = NewtonSchulz.JORDAN;
        private int muonBlockSize;
        private double maxGradNorm = 1;
        private long evalSteps;
        private long saveSteps = 500;
        private int saveTotalLimit;
        private long loggingSteps = 10;
        private Optional<Boolean> bf16 = Optional.empty();
        private boolean groupByLength;
        private boolean shuffle = true;
        private long seed = 42;
        private Optional<Path> resumeFromCheckpoint = Optional.empty();

        private Builder() {}

        public Builder outputDir(Path outputDir) {
            this.outputDir = outputDir;
            return this;
        }

        public Builder overwriteOutputDir(boolean overwriteOutputDir) {
            this.overwriteOutputDir = overwriteOutputDir;
            return this;
        }

        public Builder numTrainEpochs(double numTrainEpochs) {
            this.numTrainEpochs = numTrainEpochs;
            return this;
        }

        public Builder maxSteps(long maxSteps) {
            this.maxSteps = maxSteps;
            return this;
        }

        public Builder perDeviceTrainBatchSize(int perDeviceTrainBatchSize) {
            this.perDeviceTrainBatchSize = perDeviceTrainBatchSize;
            return this;
        }

        public Builder perDeviceEvalBatchSize(int perDeviceEvalBatchSize) {
            this.perDeviceEvalBatchSize = perDeviceEvalBatchSize;
            return this;
        }

        public Builder gradientAccumulationSteps(int gradientAccumulationSteps) {
            this.gradientAccumulationSteps = gradientAccumulationSteps;
            return this;
        }

        public Builder learningRate(double learningRate) {
            this.learningRate = learningRate;
            return this;
        }

        public Builder lrSchedulerType(LrSchedule.Type lrSchedulerType) {
            this.lrSchedulerType = lrSchedulerType;
            return this;
        }

        public Builder lrSchedulerKwargs(LrSchedule.Shape lrSchedulerKwargs) {
            this.lrSchedulerKwargs = lrSchedulerKwargs;
            return this;
        }

        public Builder warmupSteps(long warmupSteps) {
            this.warmupSteps = warmupSteps;
            return this;
        }

        public Builder weightDecay(double weightDecay) {
            this.weightDecay = weightDecay;
            return this;
        }

        public Builder adamBeta1(double adamBeta1) {
            this.adamBeta1 = adamBeta1;
            return this;
        }

        public Builder adamBeta2(double adamBeta2) {
            this.adamBeta2 = adamBeta2;
            return this;
        }

        public Builder adamEpsilon(double adamEpsilon) {
            this.adamEpsilon = adamEpsilon;
            return this;
        }

        public Builder optim(Optim optim) {
            this.optim = optim;
            return this;
        }

        public Builder muonLearningRate(double muonLearningRate) {
            this.muonLearningRate = muonLearningRate;
            return this;
        }

        public Builder muonMomentum(double muonMomentum) {
            this.muonMomentum = muonMomentum;
            return this;
        }

        public Builder nsSteps(int nsSteps) {
            this.nsSteps = nsSteps;
            return this;
        }

        public Builder nsCoefficients(NewtonSchulz nsCoefficients) {
            this.nsCoefficients = nsCoefficients;
            return this;
        }

        public Builder muonBlockSize(int muonBlockSize) {
            this.muonBlockSize = muonBlockSize;
            return this;
        }

        public Builder maxGradNorm(double maxGradNorm) {
            this.maxGradNorm = maxGradNorm;
            return this;
        }

        public Builder evalSteps(long evalSteps) {
            this.evalSteps = evalSteps;
            return this;
        }

        public Builder saveSteps(long saveSteps) {
            this.saveSteps = saveSteps;
            return this;
        }

        public Builder saveTotalLimit(int saveTotalLimit) {
            this.saveTotalLimit = saveTotalLimit;
            return this;
        }

        public Builder loggingSteps(long loggingSteps) {
            this.loggingSteps = loggingSteps;
            return this;
        }

        public Builder bf16(boolean bf16) {
            this.bf16 = Optional.of(bf16);
            return this;
        }

        public Builder groupByLength(boolean groupByLength) {
            this.groupByLength = groupByLength;
            return this;
        }

        public Builder shuffle(boolean shuffle) {
            this.shuffle = shuffle;
            return this;
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        public Builder resumeFromCheckpoint(Path resumeFromCheckpoint) {
            this.resumeFromCheckpoint = Optional.of(resumeFromCheckpoint);
            return this;
        }

        /** @throws IllegalArgumentException listing every fault */
        public TrainingArguments build() {
            return new TrainingArguments(outputDir, overwriteOutputDir, numTrainEpochs, maxSteps, perDeviceTrainBatchSize,
                    perDeviceEvalBatchSize, gradientAccumulationSteps, learningRate, lrSchedulerType, lrSchedulerKwargs,
                    warmupSteps, weightDecay, adamBeta1, adamBeta2, adamEpsilon, optim, muonLearningRate, muonMomentum,
                    nsSteps, nsCoefficients, muonBlockSize, maxGradNorm, evalSteps, saveSteps, saveTotalLimit, loggingSteps, bf16.orElseGet(() -> Engine.trainingType() == DType.BFLOAT16), groupByLength,
                    shuffle, seed, resumeFromCheckpoint);
        }
    }
}
