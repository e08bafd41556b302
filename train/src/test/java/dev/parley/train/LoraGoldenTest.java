package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.data.Dataset;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.model.WeightLoader;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.torch.TokenBatch;
import dev.parley.torch.TrainableLM;
import dev.parley.weights.WeightFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of an adapter against a trace of an independent PyTorch implementation in float64. */
class LoraGoldenTest {

    @TempDir
    Path folder;

    @Test
    void stepsOfAnAdapterAgreeAndItsBaseStaysBitForBit() throws Exception {
        var training = Golden.folder("training");
        var golden = Golden.json(training.resolve("lora.json"));
        var base = folder.resolve("base"); // without dropout
        Files.createDirectories(base);
        var published = Golden.folder(golden.path("model").asText());
        Files.copy(published.resolve("model.safetensors"), base.resolve("model.safetensors"));
        ModelConfig.read(published.resolve("config.json")).withDropout(0).write(base.resolve("config.json"));
        var hyper = golden.path("hyper");
        int[][] ids = Golden.rows(golden.path("input_ids")), labels = Golden.rows(golden.path("labels"));
        var rows = new ArrayList<TrainingRow>();
        for (int b = 0; b < ids.length; b++) rows.add(TrainingRow.of(ids[b], labels[b]));
        var steps = golden.path("steps").size();
        var arguments = TrainingArguments.builder().outputDir(folder.resolve("out")).maxSteps(steps).perDeviceTrainBatchSize(ids.length)
                .learningRate(hyper.path("lr").asDouble()).weightDecay(hyper.path("weight_decay").asDouble())
                .adamBeta1(hyper.path("betas").get(0).asDouble()).adamBeta2(hyper.path("betas").get(1).asDouble())
                .adamEpsilon(hyper.path("eps").asDouble()).maxGradNorm(hyper.path("max_grad_norm").asDouble())
                .lrSchedulerType(LrSchedule.Type.valueOf(hyper.path("schedule").asText().toUpperCase())).loggingSteps(1).saveSteps(0)
                .bf16(false).shuffle(false).build();
        var events = new ArrayList<TrainEvent.Step>();
        try (var model = TrainableLM.frozen(base, DType.FLOAT32, WeightType.FLOAT32);
                var begin = AdapterFiles.open(training.resolve("lora-init"))) {
            model.attach(begin);
            new Trainer(model, arguments, Dataset.of(rows)).onEvent(e -> {
                if (e instanceof TrainEvent.Step step) events.add(step);
            }).train();
            for (int s = 0; s < steps; s++) {
                var expected = golden.path("steps").get(s);
                assertEquals(expected.path("loss").asDouble(), events.get(s).loss(), 2e-5, "loss of step " + s); // float32 reference: 4e-7
                assertEquals(expected.path("grad_norm").asDouble(), events.get(s).gradNorm(), 1e-4, "gradient of step " + s);
            }
            model.savePretrained(folder.resolve("adapter"));
            try (var mine = AdapterFiles.open(folder.resolve("adapter")); var end = AdapterFiles.open(training.resolve("lora-final"))) {
                assertEquals(end.modules(), mine.modules());
                assertEquals(end.config(), mine.config());
                for (var module : end.modules()) {
                    assertArrayEquals(end.lowRank(module).a(), mine.lowRank(module).a(), 5e-5f, module);
                    assertArrayEquals(end.lowRank(module).b(), mine.lowRank(module).b(), 5e-5f, module);
                }
            }
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var logits = model.logits(TokenBatch.of(ids[0])).toFloats();
                var expected = golden.path("final_logits_row_0");
                var vocabulary = expected.get(0).size();
                for (int i = 0; i < logits.length; i++)
                    assertEquals(expected.get(i / vocabulary).get(i % vocabulary).asDouble(), logits[i], 2e-4, "logit " + i);
            }
            try (var file = WeightFiles.open(base)) {
                for (var p : model.parameters().all()) {
                    assertArrayEquals(WeightLoader.numbers(file, p.name()), p.value().toFloats(), p.name());
                }
            }
        }
    }
}
