package dev.parley.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.parley.data.Examples;
import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objectives on answers that were judged: their gradients against differences of their losses, and their runs. */
class PreferenceObjectivesTest {

    private static final ModelConfig CONFIG = ModelConfig.qwen3(61, 16, 16, 2, 2, 1, 32);

    @TempDir
    Path folder;

    private static TrainingRow row(int[] prompt, int answer, SplittableRandom random) {
        var ids = IntStream.concat(IntStream.of(prompt), random.ints(answer, 0, 61)).toArray();
        var labels = ids.clone();
        Arrays.fill(labels, 0, prompt.length, TrainingRow.IGNORED);
        return TrainingRow.of(ids, labels);
    }

    private static List<PairRows> pairs(int count, long seed) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToObj(i -> {
            var prompt = random.ints(2 + i % 3, 0, 61).toArray();
            return new PairRows(row(prompt, 2 + i % 4, random), row(prompt, 5 - i % 3, random));
        }).toList();
    }

    private static TrainableLM model(long seed) {
        var model = TrainableLM.create(CONFIG, seed);
        model.computeIn(DType.FLOAT32);
        return model;
    }

    /** Moves the model away from the reference that was read of it, so that nothing is zero by chance. */
    private static void move(TrainableLM model) {
        var random = new SplittableRandom(6);
        for (var p : model.parameters().all()) {
            var values = p.value().toFloats();
            for (int i = 0; i < values.length; i++) values[i] += (float) (0.02 * (random.nextDouble() - 0.5));
            p.value().memory().copyFrom(MemorySegment.ofArray(values));
        }
    }

    /** @param batches those of a step, whose loss is that of {@code all} */
    private static <E extends TrainingExample> void assertSlopes(Objective<E> objective, List<List<E>> batches) {
        var all = batches.stream().flatMap(List::stream).toList();
        try (var model = model(3)) {
            for (var p : model.parameters().all()) p.learn(true);
            objective.evaluate(model, all); // reads the reference
            move(model);
            var tally = objective.step(model, batches);
            assertEquals(objective.evaluate(model, all).loss().mean(), tally.loss().mean(), 1e-5);
            for (var p : model.parameters().all()) {
                var gradient = p.gradient().toFloats();
                double length = 0;
                for (var g : gradient) length += g * g;
                length = Math.sqrt(length);
                var before = p.value().toFloats();
                var step = 1e-2; // small beside the weights: a normed query bends fast
                var losses = new double[2];
                for (int side = 0; side < 2; side++) { // along the gradient the slope is its length
                    var moved = before.clone();
                    for (int i = 0; i < moved.length; i++) moved[i] += (float) ((side == 0 ? step : -step) * gradient[i] / length);
                    p.value().memory().copyFrom(MemorySegment.ofArray(moved));
                    losses[side] = objective.evaluate(model, all).loss().mean();
                }
                p.value().memory().copyFrom(MemorySegment.ofArray(before));
                // float32 noise of 1e-6 in ln p over a step of 0.02
                assertEquals((losses[0] - losses[1]) / (2 * step), length, 2e-3 + 0.02 * length, p.name());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DpoLoss.class)
    void gradientsOfPairsAreTheSlopesOfTheirLoss(DpoLoss loss) {
        var pairs = pairs(5, 1);
        var settings = new Dpo.Settings(loss == DpoLoss.IPO ? 0.5 : 0.4, loss, loss == DpoLoss.SIGMOID ? 0.1 : 0);
        assertSlopes(new Dpo(settings, pairs, List.of()), List.of(pairs.subList(0, 3), pairs.subList(3, 5)));
    }

    /** The weights that flow back are the slopes of the paper's loss, taken by differences in float64 with z held still. */
    @Test
    void gradientsOfThumbsAreThoseOfThePapersLoss() {
        var random = new SplittableRandom(7);
        var rows = IntStream.range(0, 5).mapToObj(i -> row(random.ints(3, 0, 61).toArray(), 3 + i % 3, random)).toList();
        var thumbs = Thumb.of(rows, List.of(true, false, false, true, false), 32);
        var settings = new Kto.Settings(0.7, 1.5, 0.8);
        var kto = new Kto(settings, thumbs, List.of());
        try (var model = model(3); var other = model(3)) {
            for (var p : model.parameters().all()) p.learn(true);
            for (var p : other.parameters().all()) p.learn(true);
            kto.evaluate(model, thumbs);
            var answers = new Answers(rows);
            var mismatched = new Answers(thumbs.stream().map(Thumb::mismatched).toList());
            var reference = answers.sums(other.targetLogprobs(answers.batch()));
            var referenceOfOthers = mismatched.sums(other.targetLogprobs(mismatched.batch()));
            move(model);
            move(other);
            var tally = kto.step(model, List.of(thumbs.subList(0, 2), thumbs.subList(2, 5)));
            var othersNow = mismatched.sums(other.targetLogprobs(mismatched.batch()));
            var z = Math.max(0, IntStream.range(0, 5).mapToDouble(i -> othersNow[i] - referenceOfOthers[i]).average().orElseThrow());
            assertEquals(z, tally.means().get("kl"), 1e-5);
            double loss = 0;
            var weights = new double[5];
            try (var pass = other.pass(answers.batch())) {
                var sums = answers.sums(pass.logprobs());
                for (int i = 0; i < 5; i++) {
                    var gain = sums[i] - reference[i];
                    var good = thumbs.get(i).good();
                    loss += papersLoss(gain, z, good) / 5;
                    weights[i] = (papersLoss(gain + 1e-5, z, good) - papersLoss(gain - 1e-5, z, good)) / 2e-5 / 5;
                }
                pass.backward(answers.spread(weights));
            }
            assertEquals(loss, tally.loss().mean(), 1e-6);
            for (var p : model.parameters().all()) {
                var expected = other.parameters().get(p.name()).gradient().toFloats();
                assertArrayEquals(expected, p.gradient().toFloats(), 1e-5f, p.name());
            }
        }
    }

    /** lambda - v with v = lambda sigmoid(beta (r - z)) or lambda sigmoid(beta (z - r)): arXiv:2402.01306, equation 8. */
    private static double papersLoss(double gain, double z, boolean good) {
        var lambda = good ? 1.5 : 0.8;
        var inner = 0.7 * (good ? gain - z : z - gain);
        return lambda - lambda * Math.exp(inner) / (1 + Math.exp(inner));
    }

    private TrainingArguments arguments(String out, int steps, String resume) {
        var builder = TrainingArguments.builder().outputDir(folder.resolve(out)).maxSteps(steps).perDeviceTrainBatchSize(2)
                .learningRate(1e-3).loggingSteps(1).saveSteps(3).bf16(false).seed(4);
        return resume.isEmpty() ? builder.build() : builder.resumeFromCheckpoint(folder.resolve(resume)).build();
    }

    private static HashMap<String, float[]> trained(TrainableLM model, TrainingArguments arguments, Objective<PairRows> objective,
            List<PairRows> pairs, List<TrainEvent.Step> steps) {
        try (var trainer = Trainer.of(model, arguments, objective, Examples.of(pairs), Optional.<Examples<PairRows>>empty())) {
            trainer.onEvent(e -> {
                if (e instanceof TrainEvent.Step step) steps.add(step);
            }).train();
            var weights = new HashMap<String, float[]>();
            model.learned().forEach((name, p) -> weights.put(name, p.value().toFloats()));
            model.parameters().all().forEach(p -> weights.put("all " + p.name(), p.value().toFloats()));
            return weights;
        }
    }

    @Test
    void aResumedRunOfPairsEqualsAnUninterruptedOneBitForBit() {
        var pairs = pairs(7, 2);
        var whole = trained(model(3), arguments("a", 6, ""), new Dpo(Dpo.Settings.DEFAULT, pairs, List.of()), pairs, new ArrayList<>());
        var steps = new ArrayList<TrainEvent.Step>();
        var again = pairs(7, 2);
        var resumed = trained(model(3), arguments("b", 6, "a/checkpoint-3"), new Dpo(Dpo.Settings.DEFAULT, again, List.of()), again, steps);
        assertEquals(4, steps.getFirst().step());
        whole.forEach((name, values) -> assertArrayEquals(values, resumed.get(name), name));
    }

    @Test
    void anAdapterLearnsPairsFromLnTwoOnAndItsBaseStaysBitForBit() {
        var pairs = pairs(6, 3);
        var steps = new ArrayList<TrainEvent.Step>();
        var model = model(3);
        model.attach(LoraConfig.of(4, 8), 5);
        var before = new HashMap<String, float[]>();
        model.parameters().all().forEach(p -> before.put("all " + p.name(), p.value().toFloats()));
        var first = new HashMap<String, float[]>();
        model.learned().forEach((name, p) -> first.put(name, p.value().toFloats()));
        var after = trained(model, arguments("lora", 5, ""), new Dpo(Dpo.Settings.DEFAULT, pairs, List.of()), pairs, steps);
        assertEquals(Math.log(2), steps.getFirst().loss(), 0.0, "to the bit");
        assertNotEquals(Math.log(2), steps.getLast().loss(), 1e-5);
        before.forEach((name, values) -> assertArrayEquals(values, after.get(name), name));
        first.forEach((name, values) -> assertNotEquals(Arrays.hashCode(values), Arrays.hashCode(after.get(name)), name));
    }
}
