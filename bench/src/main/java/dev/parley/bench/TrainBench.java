package dev.parley.bench;

import dev.parley.data.Dataset;
import dev.parley.data.Row;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.DType;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A training step of GPT-2 124M with random weights, by the Trainer itself: forward, backward, clipping, AdamW. The limit
 * is what the step would take if it were nothing but its products of matrices, at the rate that the shapes of a forward
 * pass reach by themselves in the same run.
 */
final class TrainBench {

    private static final int ROWS = 4;
    private static final int LENGTH = 256;
    private static final int STEPS = 14;
    private static final int WARM_UP = 4;

    private TrainBench() {}

    static List<BenchRow> rows(Consumer<String> note) {
        var config = ModelConfig.gpt2Small();
        var dtype = Engine.trainingType();
        var before = gemmRate(config, dtype);
        var speeds = new ArrayList<Double>();
        var live = new ArrayList<Long>();
        var arguments = TrainingArguments.builder().outputDir(Path.of("unused")).maxSteps(STEPS).perDeviceTrainBatchSize(ROWS).loggingSteps(1)
                .saveSteps(0).learningRate(1e-4).weightDecay(0.1).build();
        try (var model = CausalLM.create(config, 1)) {
            new Trainer(model, arguments, Dataset.of(randomRows(config.vocabSize()))).onEvent(event -> {
                if (!(event instanceof TrainEvent.Step step)) return;
                note.accept(String.format(Locale.ROOT, "step %d: %.0f tokens/s, %.2f GiB resident", step.step(), step.tokensPerSecond(), Engine.residentBytes() / (double) (1 << 30)));
                if (step.step() > WARM_UP) speeds.add(step.tokensPerSecond());
                live.add(Engine.liveNativeObjects());
            }).train();
        }
        var rate = (before + gemmRate(config, dtype)) / 2;
        note.accept(String.format(Locale.ROOT, "products of the model's shapes: %.0f GFLOP/s; native objects after step %d and step %d: %d and %d",
                rate / 1e9, WARM_UP, STEPS, live.get(WARM_UP - 1), live.getLast()));
        var median = BenchRow.median(speeds.stream().mapToDouble(s -> s).toArray());
        var name = "gpt2-124m " + (dtype == DType.BFLOAT16 ? "bf16 " : "fp32 ") + ROWS + "x" + LENGTH;
        return List.of(new BenchRow(name, median, "tokens/s", Optional.empty(),
                Optional.of(new BenchRow.Named("the rate of its matrix products", rate / flopsPerToken(config)))));
    }

    private static List<Row> randomRows(int vocabSize) {
        var random = new SplittableRandom(1);
        var rows = new ArrayList<Row>();
        for (int r = 0; r < ROWS * STEPS; r++) {
            rows.add(Row.of(random.ints(LENGTH, 0, vocabSize).toArray()));
        }
        return rows;
    }

    /** Forward and backward: six operations for each weight of a product, and the attention; Kaplan et al. 2020, section 2.1. */
    private static double flopsPerToken(ModelConfig config) {
        var weights = config.parameterCount() - (double) config.maxPositionEmbeddings() * config.hiddenSize();
        return 6 * weights + 12.0 * config.numHiddenLayers() * LENGTH * config.hiddenSize();
    }

    /**
     * Operations a second of the products of a forward pass, each shape at its own measured rate and with its own part of
     * the work.
     */
    private static double gemmRate(ModelConfig config, DType dtype) {
        long n = ROWS * LENGTH, c = config.hiddenSize(), layers = config.numHiddenLayers();
        double flops = 0, seconds = 0;
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            for (var shape : new long[][] {{c, 3 * c, layers}, {c, c, layers}, {c, 4 * c, layers}, {4 * c, c, layers}, {c, config.vocabSize(), 1}}) {
                var x = Tensor.empty(DType.FLOAT32, n, shape[0]).normalInPlace(0, 1).to(dtype);
                var w = Tensor.empty(DType.FLOAT32, shape[0], shape[1]).normalInPlace(0, 1).to(dtype);
                var times = new double[9];
                for (int i = 0; i < times.length; i++) {
                    try (var step = Scope.open()) {
                        var start = System.nanoTime();
                        x.matmul(w);
                        times[i] = BenchRow.seconds(start);
                    }
                }
                flops += 2.0 * n * shape[0] * shape[1] * shape[2];
                seconds += BenchRow.median(times) * shape[2];
            }
        }
        return flops / seconds;
    }
}
