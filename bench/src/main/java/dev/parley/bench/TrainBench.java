package dev.parley.bench;

import dev.parley.data.Dataset;
import dev.parley.files.FolderTree;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.tensor.Engine;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.report.MatrixProducts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
 * pass reach by themselves in the same run. An adapter to GPT-2 is measured beside the full step.
 */
final class TrainBench {

    private static final int ROWS = 4;
    private static final int LENGTH = 256;
    private static final int LORA_RANK = 16;
    private static final int REPEATS = 9; // of each product
    private static final double WARM_UP = 0.3; // part of the steps

    private TrainBench() {}

    /** What is trained. @param arguments of the optimiser */
    private record Work(String name, ModelConfig config, int steps, UnaryOperator<TrainingArguments.Builder> arguments) {}

    /** @param steps of GPT-2, none for as many as a figure needs */
    static List<BenchRow> rows(Optional<Integer> steps, Consumer<String> note) throws IOException {
        var gpt2 = new Work("gpt2-124m", ModelConfig.gpt2Small(), steps.orElse(14),
                arguments -> arguments.learningRate(1e-4).weightDecay(0.1));
        var quickstart = new Work("quickstart", ModelConfig.qwen3(768, LENGTH, 256, 3, 4, 4, 512), 100,
                arguments -> arguments.optim(Optim.MUON).nsCoefficients(NewtonSchulz.POLAR_EXPRESS).nsSteps(3).muonBlockSize(64)
                        .learningRate(1e-3));
        var dtype = Engine.trainingType();
        var folder = Files.createTempDirectory("parley-bench-train");
        try {
            var rows = new ArrayList<BenchRow>();
            BenchRow full;
            try (var model = TrainableLM.create(gpt2.config(), 1)) {
                full = row(gpt2, model, note);
                model.savePretrained(folder);
            }
            rows.add(full);
            try (var model = TrainableLM.frozen(folder, dtype, WeightType.of(dtype))) {
                model.attach(LoraConfig.of(LORA_RANK, 2 * LORA_RANK), 1);
                var lora = new Work("gpt2-124m lora r " + LORA_RANK, gpt2.config(), gpt2.steps(), gpt2.arguments());
                rows.add(new BenchRow(name(lora), measure(lora, model, note), "tokens/s",
                        Optional.of(new BenchRow.Named("the full step", full.ours())), Optional.empty()));
            }
            try (var model = TrainableLM.create(quickstart.config(), 1)) {
                rows.add(row(quickstart, model, note));
            }
            return rows;
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static BenchRow row(Work work, TrainableLM model, Consumer<String> note) {
        var dtype = Engine.trainingType();
        var products = MatrixProducts.of(model);
        var before = products.rate(ROWS * LENGTH, dtype, REPEATS);
        var measured = measure(work, model, note);
        var rate = (before + products.rate(ROWS * LENGTH, dtype, REPEATS)) / 2;
        note.accept(String.format(Locale.ROOT, "%s: products of the model's shapes: %.0f GFLOP/s", work.name(), rate / 1e9));
        var limit = new BenchRow.Named("the rate of its matrix products", rate / products.flopsPerToken(LENGTH));
        return new BenchRow(name(work), measured, "tokens/s", Optional.empty(), Optional.of(limit));
    }

    private static String name(Work work) {
        return work.name() + (Engine.trainingType() == DType.BFLOAT16 ? " bf16 " : " fp32 ") + ROWS + "x" + LENGTH;
    }

    /** @return tokens a second */
    private static double measure(Work work, TrainableLM model, Consumer<String> note) {
        var arguments = work.arguments()
                .apply(TrainingArguments.builder().outputDir(Path.of("unused")).maxSteps(work.steps()).perDeviceTrainBatchSize(ROWS)
                        .loggingSteps(1).saveSteps(0))
                .build();
        var warmUp = (int) (WARM_UP * work.steps());
        var speeds = new ArrayList<Double>();
        var live = new ArrayList<Long>();
        var resident = new ArrayList<Double>();
        new Trainer(model, arguments, Dataset.of(randomRows(work.config().vocabSize(), work.steps()))).onEvent(event -> {
            if (!(event instanceof TrainEvent.Step step)) return;
            if (step.step() > warmUp) speeds.add(step.tokensPerSecond());
            live.add(Engine.liveNativeObjects());
            resident.add(Engine.residentBytes() / (double) (1 << 30));
        }).train();
        note.accept(String.format(Locale.ROOT,
                "%s: after step %d and step %d: native objects %d and %d, %.2f and %.2f GiB resident (at most %.2f)", work.name(), warmUp,
                work.steps(), live.get(warmUp - 1), live.getLast(), resident.get(warmUp - 1), resident.getLast(),
                Collections.max(resident)));
        return BenchRow.median(speeds.stream().mapToDouble(s -> s).toArray());
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
