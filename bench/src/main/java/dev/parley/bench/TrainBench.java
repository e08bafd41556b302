package dev.parley.bench;

import dev.parley.data.Dataset;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tensor.Workers;
import dev.parley.torch.Parameters.Parameter;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Training steps of GPT-2 124M and of the quickstart's network with random weights, by the Trainer itself: forward, backward,
 * clipping, AdamW (the quickstart: Muon, whose own products count as overhead). The limit
 * is what the step would take if it were nothing but its products of matrices, at the rate that the shapes of a forward
 * pass reach by themselves in the same run.
 */
final class TrainBench {

    private static final int ROWS = 4;
    private static final int LENGTH = 256;
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
        List<Product> products;
        double before;
        try (var model = TrainableLM.create(config, 1)) {
            products = products(model);
            before = gemmRate(products, dtype);
            new Trainer(model, arguments, Dataset.of(randomRows(config.vocabSize(), work.steps()))).onEvent(event -> {
                if (!(event instanceof TrainEvent.Step step)) return;
                if (step.step() > warmUp) speeds.add(step.tokensPerSecond());
                live.add(Engine.liveNativeObjects());
            }).train();
        }
        var rate = (before + gemmRate(products, dtype)) / 2;
        note.accept(String.format(Locale.ROOT,
                "%s: products of the model's shapes: %.0f GFLOP/s; native objects after step %d and step %d: %d and %d; %.2f GiB resident",
                work.name(), rate / 1e9, warmUp, work.steps(), live.get(warmUp - 1), live.getLast(),
                Engine.residentBytes() / (double) (1 << 30)));
        var median = BenchRow.median(speeds.stream().mapToDouble(s -> s).toArray());
        var name = work.name() + (dtype == DType.BFLOAT16 ? " bf16 " : " fp32 ") + ROWS + "x" + LENGTH;
        var limit = new BenchRow.Named("the rate of its matrix products", rate / flopsPerToken(config, products));
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

    /** Forward and backward: six operations for each weight of a product, and the attention; Kaplan et al. 2020, section 2.1. */
    private static double flopsPerToken(ModelConfig config, List<Product> products) {
        var weights = products.stream().mapToDouble(p -> (double) p.in() * p.out() * p.times()).sum();
        return 6 * weights + 12.0 * config.numHiddenLayers() * LENGTH * config.hiddenSize();
    }

    /** A product of a forward pass: a vector of each token by a matrix of this shape. @param times it occurs */
    private record Product(long in, long out, long times) {}

    private static List<Product> products(TrainableLM model) {
        var config = model.config();
        var counts = model.parameters().all().stream().filter(Parameter::isLayerMatrix)
                .collect(Collectors.groupingBy(p -> List.of(p.inFeatures(), p.outFeatures()), Collectors.counting()));
        var products = new ArrayList<Product>();
        counts.forEach((shape, times) -> products.add(new Product(shape.getFirst(), shape.getLast(), times)));
        products.add(new Product(config.hiddenSize(), config.vocabSize(), 1)); // the head
        return products;
    }

    /**
     * Operations a second of the products of a forward pass, each shape at its own measured rate and with its own part of
     * the work: shared out by libtorch, or half of the rows in each of two threads, whichever is faster.
     */
    private static double gemmRate(List<Product> products, DType dtype) {
        long n = ROWS * LENGTH;
        double flops = 0, seconds = 0;
        try (var scope = Scope.open(); var noGrad = NoGrad.open(); var workers = Workers.start(Engine.threads())) {
            for (var p : products) {
                var x = Tensor.empty(DType.FLOAT32, n, p.in()).normalInPlace(0, 1).to(dtype);
                var w = Tensor.empty(DType.FLOAT32, p.in(), p.out()).normalInPlace(0, 1).to(dtype);
                flops += 2.0 * n * p.in() * p.out() * p.times();
                seconds += Math.min(time(() -> product(x, w)),
                        Workers.canRun() ? time(() -> shared(workers, x, w)) : Double.POSITIVE_INFINITY) * p.times();
            }
        }
        return flops / seconds;
    }

    private static double time(Runnable work) {
        var times = new double[9];
        for (int i = 0; i < times.length; i++) {
            var start = System.nanoTime();
            work.run();
            times[i] = BenchRow.seconds(start);
        }
        return BenchRow.median(times);
    }

    private static void product(Tensor x, Tensor w) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            x.matmul(w);
        }
    }

    private static void shared(Workers workers, Tensor x, Tensor w) {
        var part = x.size(0) / workers.size();
        workers.run(IntStream.range(0, workers.size()).<Runnable>mapToObj(i -> () -> {
            try (var scope = Scope.open()) {
                product(x.narrow(0, i * part, part), w);
            }
        }).toList());
    }
}
