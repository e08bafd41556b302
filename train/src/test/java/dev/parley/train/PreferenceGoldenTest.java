package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.data.Examples;
import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.objective.Dpo;
import dev.parley.train.objective.DpoLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Preference training against a trace of an independent PyTorch implementation in float64. */
class PreferenceGoldenTest {

    @TempDir
    Path folder;

    private static TrainingRow row(int[] prompt, int[] answer) {
        var ids = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        var labels = ids.clone();
        Arrays.fill(labels, 0, prompt.length, TrainingRow.IGNORED);
        return TrainingRow.of(ids, labels);
    }

    @Test
    void dpoStartsAtLnTwoAndItsStepsAgree() throws Exception {
        var golden = Golden.json(Golden.folder("training").resolve("dpo.json"));
        var hyper = golden.path("hyper");
        var pairs = new ArrayList<PairRows>();
        for (var pair : golden.path("pairs")) {
            var prompt = Golden.ints(pair.path("prompt_ids"));
            pairs.add(new PairRows(row(prompt, Golden.ints(pair.path("chosen_ids"))), row(prompt, Golden.ints(pair.path("rejected_ids")))));
        }
        var steps = golden.path("steps");
        var arguments = TrainingArguments.builder().outputDir(folder).maxSteps(steps.size()).perDeviceTrainBatchSize(pairs.size())
                .learningRate(hyper.path("lr").asDouble()).weightDecay(hyper.path("weight_decay").asDouble())
                .adamBeta1(hyper.path("betas").get(0).asDouble()).adamBeta2(hyper.path("betas").get(1).asDouble())
                .adamEpsilon(hyper.path("eps").asDouble()).maxGradNorm(hyper.path("max_grad_norm").asDouble())
                .lrSchedulerType(LrSchedule.Type.valueOf(hyper.path("schedule").asText().toUpperCase(Locale.ROOT))).loggingSteps(1)
                .saveSteps(0)
                .bf16(false).shuffle(false).build();
        var events = new ArrayList<TrainEvent.Step>();
        var settings = new Dpo.Settings(hyper.path("beta").asDouble(), DpoLoss.SIGMOID, 0);
        var model = TrainableLM.fromPretrained(Golden.folder(golden.path("model").asText()), DType.FLOAT32,
                config -> config.withDropout(0));
        try (var trainer = Trainer.of(model, arguments, new Dpo(settings, pairs, pairs), Examples.of(pairs),
                Optional.of(Examples.of(pairs)))) {
            trainer.onEvent(e -> {
                if (e instanceof TrainEvent.Step step) events.add(step);
            }).train();
        }
        assertEquals(Math.log(2), events.getFirst().loss(), 0.0, "to the bit");
        assertEquals(steps.size(), events.size());
        for (int s = 0; s < steps.size(); s++) {
            var expected = steps.get(s);
            var step = events.get(s);
            assertEquals(expected.path("loss").asDouble(), step.loss(), 2e-5, "loss of step " + s); // float32 reference: 4e-7
            assertEquals(expected.path("grad_norm").asDouble(), step.gradNorm(), 1e-4, "gradient of step " + s);
            assertEquals(expected.path("rewards_chosen").asDouble(), step.metrics().get("rewards/chosen"), 2e-5, "step " + s);
            assertEquals(expected.path("rewards_rejected").asDouble(), step.metrics().get("rewards/rejected"), 2e-5, "step " + s);
            assertEquals(expected.path("rewards_margin").asDouble(), step.metrics().get("rewards/margins"), 2e-5, "step " + s);
            assertEquals(expected.path("accuracy").asDouble(), step.metrics().get("rewards/accuracies"), 0.0, "step " + s);
        }
        double chosen = 0, rejected = 0; // at step 0 the model is the reference
        for (var pair : golden.path("reference_logps")) {
            chosen += pair.get(0).asDouble() / pairs.size();
            rejected += pair.get(1).asDouble() / pairs.size();
        }
        assertEquals(chosen, events.getFirst().metrics().get("logps/chosen"), 2e-5);
        assertEquals(rejected, events.getFirst().metrics().get("logps/rejected"), 2e-5);
    }
}
