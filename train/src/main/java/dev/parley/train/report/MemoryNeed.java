package dev.parley.train.report;

import dev.parley.model.ModelConfig;
import dev.parley.torch.Parameter;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingSettings;
import dev.parley.train.optimizer.Optim;
import java.util.Collection;

/**
 * What a step of training holds in memory, in bytes.
 *
 * @param weights float32, frozen ones as they are kept
 * @param gradients one number for each weight that learns
 * @param optimizer its moments: two for AdamW, one for a matrix that Muon trains
 * @param activations what the way back needs of the way forward, and what else a pass works with
 */
record MemoryNeed(long weights, long gradients, long optimizer, long activations) {

    private static final long HEAD_TOKENS = 1024; // whose scores are in memory at once

    /**
     * By formula: the activations of a layer are 17 numbers for each of a token's hidden size and 2.5 for each head and token of the row
     * (Korthikanti et al. 2022, arXiv:2205.05198, section 4.1, in numbers of 16 bits).
     *
     * @param length tokens of a row
     */
    static MemoryNeed estimate(Trainer trainer, int length) {
        var arguments = trainer.arguments();
        var learned = trainer.model().parameters().trainable();
        var muon = arguments.get(TrainingSettings.OPTIM) == Optim.MUON;
        long numbers = elements(learned), moments = 0;
        for (var p : learned) moments += (muon && p.isLayerMatrix() ? 1 : 2) * p.spec().elements();
        return new MemoryNeed(trainer.model().parameters().bytes(), Float.BYTES * numbers, Float.BYTES * moments,
                activations(trainer.model().config(), arguments.get(TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE), length,
                        arguments.get(TrainingSettings.BF16) ? 2 : 4));
    }

    static long elements(Collection<Parameter> parameters) {
        return parameters.stream().map(Parameter::spec).mapToLong(spec -> spec.elements()).sum();
    }

    private static long activations(ModelConfig config, long rows, long length, int bytes) {
        var ofToken = 17.0 * config.hiddenSize() + 2.5 * config.numAttentionHeads() * length;
        var scores = 2.0 * Float.BYTES * Math.min(HEAD_TOKENS, rows * length) * config.vocabSize();
        return Math.round(rows * length * config.numHiddenLayers() * ofToken * bytes + scores);
    }

    MemoryNeed withActivations(long bytes) {
        return new MemoryNeed(weights, gradients, optimizer, bytes);
    }

    /** What training needs beside a model that is in memory already. */
    long besideWeights() {
        return gradients + optimizer + activations;
    }
}
