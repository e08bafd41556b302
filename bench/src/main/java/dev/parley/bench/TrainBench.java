package dev.parley.bench;

import dev.parley.data.Dataset;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.Engine;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.report.MatrixProducts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Training steps of GPT-2 124M and of the quickstart's network with random weights, by the Trainer itself: forward, backward,
 * clipping, AdamW (the quickstart: Muon, whose own products count as overhead). The limit
 * is what the step would take if it were nothing but its products of matrices, at the rate that the shapes of a forward
 * pass reach by themselves in the same run.
 */
final class TrainBench {

    private static final int ROWS = 4;
    private static final int LENGTH = 256;
    private static final int REPEATS = 9; // of each product
    private static final double WARM_UP = 0.3; // part of the steps

    private TrainBench() {}

    /** What is trained. @param arguments of the optimiser */
    private record Work(String name, ModelConfig config, int steps, UnaryOperator<TrainingArguments.Builder> arguments) {}

    static List<BenchRow> rows(Consumer<String> note) {
        return List.of(
                row(new Work("gpt2-124m", ModelConfig.gpt2Small(), 14, arguments -> arguments.learningRate(1e-4).weightDecay(0.1)), note),
                row(new Work("quickstart", ModelConfig.qwen3(768, LENGTH, 256, 3, 4, 4, 512), 100,
                        arguments -> arguments.optim(Optim.MUON).nsCoefficients(NewtonSchulz.POLAR_EXPRESS).nsSteps(3).muonBlockSize(64)
                                .learningRate(1e-3)),
                        note));
    }

    private static BenchRow row(Work work, Consumer<String> note) {
        var config = work.config();
        var dtype = Engine.trainingType();
        var warmUp = (int) (WARM_UP * work.steps());
        var speeds = new ArrayList<Double>();
        var live = new ArrayList<Long>();
        var arguments = work.arguments()
                .apply(TrainingArguments.builder().outputDir(Path.of("unused")).maxSteps(work.steps()).perDeviceTrainBatchSize(ROWS)
                        .loggingSteps(1).saveSteps(0))
                .build();
        MatrixProducts products;
        double before;
        try (var model = TrainableLM.create(config, 1)) {
            products = MatrixProducts.of(model);
            before = products.rate(ROWS * LENGTH, dtype, REPEATS);
            new Trainer(model, arguments, Dataset.of(randomRows(config.vocabSize(), work.steps()))).onEvent(event -> {
                if (!(event instanceof TrainEvent.Step step)) return;
                if (step.step() > warmUp) speeds.add(step.tokensPerSecond());
                live.add(Engine.liveNativeObjects());
            }).train();
        }
        var rate = (before + products.rate(ROWS * LENGTH, dtype, REPEATS)) / 2;
        note.accept(String.format(Locale.ROOT,
                "%s: products of the model's shapes: %.0f GFLOP/s; native objects after step %d and step %d: %d and %d; %.2f GiB resident",
                work.name(), rate / 1e9, warmUp, work.steps(), live.get(warmUp - 1), live.getLast(),
                Engine.residentBytes() / (double) (1 << 30)));
        var median = BenchRow.median(speeds.stream().mapToDouble(s -> s).toArray());
        var name = work.name() + (dtype == DType.BFLOAT16 ? " bf16 " : " fp32 ") + ROWS + "x" + LENGTH;
        var limit = new BenchRow.Named("the rate of its matrix products", rate / products.flopsPerToken(LENGTH));
        return new BenchRow(name, median, "tokens/s", Optional.empty(), Optional.of(limit));
    }

    private static List<TrainingRow> randomRows(int vocabSize, int steps) {
        var random = new SplittableRandom(1);
        var rows = new ArrayList<TrainingRow>();
        for (int r = 0; r < ROWS * steps; r++) {
            rows.add(TrainingRow.of(random.ints(LENGTH, 0, vocabSize).toArray()));
        }
        return rows;
    }
}
