package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.data.Dataset;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.TrainableLM;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training step by step against traces of an independent PyTorch implementation in float64. */
class TrainerGoldenTest {

    @TempDir
    Path folder;

    @Test
    void twentyStepsOfAdamWAgree() throws Exception {
        var golden = Golden.json(Golden.folder("training").resolve("adamw.json"));
        var rows = new ArrayList<TrainingRow>();
        for (var batch : golden.path("batches")) {
            for (var ids : Golden.rows(batch)) rows.add(TrainingRow.of(ids));
        }
        agree(golden, rows, golden.path("batches").get(0).size(), 1);
    }

    @Test
    void accumulatedBatchesWithUnequalMasksAgree() throws Exception {
        var golden = Golden.json(Golden.folder("training").resolve("accumulation.json"));
        var rows = new ArrayList<TrainingRow>();
        var accumulation = golden.path("gradient_accumulation_steps").asInt();
        for (int s = 0; s < golden.path("input_ids").size(); s++) {
            for (int m = 0; m < accumulation; m++) {
                var ids = Golden.rows(golden.path("input_ids").get(s).get(m));
                var labels = Golden.rows(golden.path("labels").get(s).get(m));
                for (int b = 0; b < ids.length; b++) rows.add(TrainingRow.of(ids[b], labels[b]));
            }
        }
        agree(golden, rows, golden.path("input_ids").get(0).get(0).size(), accumulation);
    }

    private void agree(JsonNode golden, List<TrainingRow> rows, int batchSize, int accumulation) throws Exception {
        var hyper = golden.path("hyper");
        int steps = golden.path("steps").size(), warmup = hyper.path("warmup_steps").asInt();
        double rate = hyper.path("lr").asDouble(), least = hyper.path("min_lr").asDouble();
        var events = new ArrayList<TrainEvent.Step>();
        var arguments = TrainingArguments.builder().outputDir(folder.resolve("out")).maxSteps(steps).perDeviceTrainBatchSize(batchSize)
                .gradientAccumulationSteps(accumulation).learningRate(rate).weightDecay(hyper.path("weight_decay").asDouble())
                .adamBeta1(hyper.path("betas").get(0).asDouble()).adamBeta2(hyper.path("betas").get(1).asDouble())
                .adamEpsilon(hyper.path("eps").asDouble()).maxGradNorm(hyper.path("max_grad_norm").asDouble())
                .loggingSteps(1).saveSteps(0).bf16(false).shuffle(false).build();
        try (var model = withoutDropout(Golden.folder("gpt2-tiny"))) {
            new Trainer(model, arguments, Dataset.of(rows)).onEvent(e -> {
                if (e instanceof TrainEvent.Step step) events.add(step);
            }).withSchedule(s -> s < warmup ? rate * (s + 1) / warmup
                    : least + (rate - least) / 2 * (1 + Math.cos(Math.PI * (s - warmup) / (steps - warmup)))).train();
            for (int s = 0; s < steps; s++) {
                var expected = golden.path("steps").get(s);
                assertEquals(expected.path("lr").asDouble(), events.get(s).learningRate(), 1e-9);
                assertEquals(expected.path("loss").asDouble(), events.get(s).loss(), 2e-5, "loss of step " + s); // float32 reference: 2e-6
                assertEquals(expected.path("grad_norm").asDouble(), events.get(s).gradNorm(), 5e-5, "gradient of step " + s);
            }
            for (var parameter : golden.path("after").path("parameters").properties()) {
                var values = model.parameters().get(parameter.getKey()).value().toFloats();
                for (var entry : parameter.getValue().path("entries")) {
                    // A key's bias adds the same to all scores of a query: its gradient is zero but for rounding, which Adam makes steps
                    // of.
                    if (parameter.getKey().endsWith("c_attn.bias") && entry.get(0).asInt() / 48 == 1) continue;
                    assertEquals(entry.get(1).asDouble(), values[entry.get(0).asInt()], 5e-5, parameter.getKey());
                }
            }
        }
    }

    @Test
    void newtonSchulzAgrees() throws Exception {
        var trace = Golden.json(Golden.folder("training").resolve("muon.json"));
        int steps = trace.path("hyper").path("ns_steps").asInt();
        var golden = trace.path("newton_schulz_example");
        var in = golden.path("in");
        int rows = in.size(), columns = in.get(0).size();
        var values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) values[i] = (float) in.get(i / columns).get(i % columns).asDouble();
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var matrix = Tensor.ofFloats(values, 1, rows, columns);
            var wide = NewtonSchulz.JORDAN.orthogonalized(matrix, steps).toFloats();
            var tall = NewtonSchulz.JORDAN.orthogonalized(matrix.transpose(1, 2), steps).transpose(1, 2).toFloats();
            for (int i = 0; i < values.length; i++) {
                var expected = golden.path("out").get(i / columns).get(i % columns).asDouble();
                assertEquals(expected, wide[i], 2e-5, "element " + i); // five products in float32
                assertEquals(expected, tall[i], 2e-5, "element " + i + " of the transposed");
            }
        }
    }

    @Test
    void stepsOfMuonAgree() throws Exception {
        var golden = Golden.json(Golden.folder("training").resolve("muon.json"));
        var hyper = golden.path("hyper");
        var ids = Golden.rows(golden.path("input_ids"));
        var rows = new ArrayList<TrainingRow>();
        for (var row : ids) rows.add(TrainingRow.of(row));
        var events = new ArrayList<TrainEvent.Step>();
        var arguments = TrainingArguments.builder().outputDir(folder.resolve("out")).maxSteps(golden.path("steps").size())
                .perDeviceTrainBatchSize(ids.length)
                .optim(Optim.MUON).muonLearningRate(hyper.path("lr").asDouble()).muonMomentum(hyper.path("momentum").asDouble())
                .nsSteps(hyper.path("ns_steps").asInt())
                .learningRate(1e-3).lrSchedulerType(LrSchedule.Type.CONSTANT).adamBeta2(0.95).maxGradNorm(0).loggingSteps(1).saveSteps(0)
                .bf16(false)
                .shuffle(false).build();
        try (var model = withoutDropout(Golden.folder(golden.path("model").asText()))) {
            new Trainer(model, arguments, Dataset.of(rows)).onEvent(e -> {
                if (e instanceof TrainEvent.Step step) events.add(step);
            }).train();
            for (int s = 0; s < events.size(); s++) {
                var expected = golden.path("steps").get(s);
                assertEquals(expected.path("loss").asDouble(), events.get(s).loss(), 5e-5, "loss of step " + s); // float32 reference: 1e-6
                assertEquals(expected.path("grad_norm").asDouble(), events.get(s).gradNorm(), 2e-4, "gradient of step " + s);
            }
            for (var parameter : golden.path("after").path("parameters").properties()) {
                var values = model.parameters().get(parameter.getKey()).value().toFloats();
                for (var entry : parameter.getValue().path("entries")) {
                    if (parameter.getKey().endsWith("c_attn.bias") && entry.get(0).asInt() / 48 == 1) continue; // as above
                    assertEquals(entry.get(1).asDouble(), values[entry.get(0).asInt()], 1e-4, parameter.getKey());
                }
            }
        }
    }

    private TrainableLM withoutDropout(Path golden) throws IOException {
        try (var model = TrainableLM.fromPretrained(golden, DType.FLOAT32)) {
            model.savePretrained(folder.resolve("start"));
        }
        var config = folder.resolve("start").resolve("config.json");
        ModelConfig.read(config).withDropout(0).write(config);
        return TrainableLM.fromPretrained(folder.resolve("start"), DType.FLOAT32);
    }

    /** transformers: {@code timescale = num_warmup_steps or 10_000}. */
    @Test
    void inverseSqrtWithoutWarmUpFallsOverTenThousandSteps() {
        var schedule = LrSchedule.of(LrSchedule.Type.INVERSE_SQRT, 1, 0, 100_000, LrSchedule.Shape.DEFAULT);
        assertEquals(1, schedule.at(0));
        assertEquals(0.99995, schedule.at(1), 1e-8);
        assertEquals(0.99985, schedule.at(3), 1e-7);
        assertEquals(Math.sqrt(0.5), schedule.at(10_000), 1e-12);
    }

    @ParameterizedTest
    @EnumSource(LrSchedule.Type.class)
    void schedulesAgree(LrSchedule.Type type) throws Exception {
        var golden = Golden.json(Golden.folder("schedules.json"));
        var expected = golden.path(type.label());
        var kwargs = expected.isArray() ? golden.path("none") : expected;
        var shape = new LrSchedule.Shape(OptionalDouble.of(kwargs.path("min_lr_rate").asDouble(kwargs.path("min_lr_ratio").asDouble(0))),
                kwargs.path("power").asDouble(1), kwargs.path("lr_end").asDouble(1e-7), kwargs.path("timescale").asLong(0),
                kwargs.path("num_decay_steps").asLong(0));
        var schedule = LrSchedule.of(type, golden.path("lr").asDouble(), golden.path("warmup_steps").asLong(),
                golden.path("total_steps").asLong(), shape);
        var values = expected.isArray() ? expected : expected.path("values");
        for (int s = 0; s < 20; s++) assertEquals(values.get(s).asDouble(), schedule.at(s), 1e-12, "step " + s); // printed with nine digits
    }
}
