package dev.parley.train.report;

import dev.parley.kernels.DType;
import dev.parley.tensor.Engine;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingSettings;
import java.util.Locale;
import java.util.Map;

/**
 * What does not change while a run works.
 *
 * @param name of the output folder
 * @param model in a few words
 * @param settings as a recipe would write them
 * @param machine what computes, by name
 * @param flopsPerToken operations of training on a token
 * @param productRate operations a second of this machine in the products of the model
 */
record RunFacts(String name, String model, RowCounts rows, DataMix mix, Map<String, String> settings, Map<String, String> machine,
        double flopsPerToken, double productRate) {

    private static final int LEAST = 2; // measurements
    private static final int MOST = 30;
    private static final double SECONDS = 0.5;
    private static final long MOST_TOKENS = 1024; // of a product that is measured

    static RunFacts of(Trainer trainer, DataMix mix) {
        var arguments = trainer.arguments();
        var rows = RowCounts.of(trainer.trainExamples());
        var products = MatrixProducts.of(trainer.model());
        var tokens = Math.round(arguments.get(TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE) * rows.meanLength());
        var type = arguments.get(TrainingSettings.BF16) ? DType.BFLOAT16 : DType.FLOAT32;
        var rate = rate(products, Math.clamp(tokens, Engine.threads(), MOST_TOKENS), type);
        return new RunFacts(String.valueOf(arguments.get(TrainingSettings.OUTPUT_DIR).toAbsolutePath().normalize().getFileName()),
                model(trainer), rows, mix, arguments.texts(), Engine.describe(), products.flopsPerToken(rows.meanLength()), rate);
    }

    /** The best of some measurements: other programs' work makes this machine no slower than it is. */
    private static double rate(MatrixProducts products, long tokens, DType type) {
        var best = 0.0;
        var begun = System.nanoTime();
        for (int i = 0; i < LEAST || i < MOST && (System.nanoTime() - begun) / 1e9 < SECONDS; i++) {
            best = Math.max(best, products.rate(tokens, type, 3));
        }
        return best;
    }

    static String model(Trainer trainer) {
        var config = trainer.model().config();
        return String.format(Locale.ROOT, "%s, %d layers of %d, vocabulary %,d, %,d parameters", config.family().modelType(),
                config.numHiddenLayers(), config.hiddenSize(), config.vocabSize(), config.parameterCount());
    }

    /** How much of the machine's rate of products a speed is. */
    double utilisation(double tokensPerSecond) {
        return tokensPerSecond * flopsPerToken / productRate;
    }
}
