package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.data.Dataset;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.AdapterMerge;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.model.WeightLoader;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.torch.TokenBatch;
import dev.parley.torch.TrainableLM;
import dev.parley.weights.ShardSize;
import dev.parley.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training of an adapter against float64: the loss of a second implementation, in numpy, whose gradients are central differences of
 * it. The trace in the golden data itself disagrees with its own adapter: there A stays as it was.
 */
class LoraGoldenTest {

    @TempDir
    Path folder;

    @Test
    void stepsOfAnAdapterAgreeAndItsBaseStaysBitForBit() throws Exception {
        var training = Golden.folder("training");
        var golden = Golden.json(training.resolve("lora.json"));
        var base = withoutDropout(golden.path("model").asText());
        var hyper = golden.path("hyper");
        int[][] ids = Golden.rows(golden.path("input_ids")), labels = Golden.rows(golden.path("labels"));
        var rows = new ArrayList<TrainingRow>();
        for (int b = 0; b < ids.length; b++) rows.add(TrainingRow.of(ids[b], labels[b]));
        var trace = Golden.json(Path.of(LoraGoldenTest.class.getResource("lora-trace.json").toURI())).path("steps");
        var steps = trace.size();
        var arguments = TrainingArguments.builder().outputDir(folder.resolve("out")).maxSteps(steps).perDeviceTrainBatchSize(ids.length)
                .learningRate(hyper.path("lr").asDouble()).weightDecay(hyper.path("weight_decay").asDouble())
                .adamBeta1(hyper.path("betas").get(0).asDouble()).adamBeta2(hyper.path("betas").get(1).asDouble())
                .adamEpsilon(hyper.path("eps").asDouble()).maxGradNorm(hyper.path("max_grad_norm").asDouble())
                .lrSchedulerType(LrSchedule.Type.valueOf(hyper.path("schedule").asText().toUpperCase(Locale.ROOT))).loggingSteps(1)
                .saveSteps(0)
                .bf16(false).shuffle(false).build();
        var events = new ArrayList<TrainEvent.Step>();
        try (var model = TrainableLM.frozen(base, DType.FLOAT32, WeightType.FLOAT32);
                var begin = AdapterFiles.open(training.resolve("lora-init"))) {
            model.attach(begin);
            new Trainer(model, arguments, Dataset.of(rows)).onEvent(e -> {
                if (e instanceof TrainEvent.Step step) events.add(step);
            }).train();
            for (int s = 0; s < steps; s++) {
                var expected = trace.get(s);
                assertEquals(expected.path("loss").asDouble(), events.get(s).loss(), 2e-5, "loss of step " + s);
                assertEquals(expected.path("grad_norm").asDouble(), events.get(s).gradNorm(), 1e-4, "gradient of step " + s);
            }
            try (var file = WeightFiles.open(base)) {
                for (var p : model.parameters().all()) {
                    assertArrayEquals(WeightLoader.numbers(file, p.name()), p.value().toFloats(), p.name());
                }
            }
        }
    }

    private Path withoutDropout(String model) throws IOException {
        var base = folder.resolve("base");
        Files.createDirectories(base);
        var published = Golden.folder(model);
        Files.copy(published.resolve("model.safetensors"), base.resolve("model.safetensors"));
        ModelConfig.read(published.resolve("config.json")).withDropout(0).write(base.resolve("config.json"));
        return base;
    }

    @Test
    void scoresOfAPeftAdapterAgreeAlsoWhenItIsMerged() throws Exception {
        var training = Golden.folder("training");
        var golden = Golden.json(training.resolve("lora.json"));
        var base = withoutDropout(golden.path("model").asText());
        AdapterMerge.write(base, training.resolve("lora-final"), folder.resolve("merged"), ShardSize.DEFAULT);
        try (var adapted = TrainableLM.frozen(base, DType.FLOAT32, WeightType.FLOAT32);
                var merged = TrainableLM.fromPretrained(folder.resolve("merged"), DType.FLOAT32);
                var adapter = AdapterFiles.open(training.resolve("lora-final"))) {
            adapted.attach(adapter);
            for (var model : List.of(adapted, merged)) {
                try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                    var logits = model.logits(TokenBatch.of(Golden.ints(golden.path("input_ids").get(0)))).toFloats();
                    var expected = golden.path("final_logits_row_0");
                    var vocabulary = expected.get(0).size();
                    for (int i = 0; i < logits.length; i++)
                        assertEquals(expected.get(i / vocabulary).get(i % vocabulary).asDouble(), logits[i], 2e-4, "logit " + i);
                }
            }
        }
    }
}
