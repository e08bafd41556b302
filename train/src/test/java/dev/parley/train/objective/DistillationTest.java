package dev.parley.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Examples;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.SoftLoss;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillationTest {

    private static final int VOCABULARY = 31;

    @TempDir
    Path folder;

    /** Its head is large, so that what comes next follows from the last token above all, and it is sure of it. */
    private static TrainableLM teacher() {
        var teacher = TrainableLM.create(ModelConfig.qwen3(VOCABULARY, 32, 32, 2, 2, 1, 48), 9);
        teacher.computeIn(DType.FLOAT32);
        for (var p : teacher.parameters().all()) if (!p.spec().isVector()) p.value().mulInPlace(8);
        return teacher;
    }

    private static TrainableLM student() {
        return TrainableLM.create(ModelConfig.qwen3(VOCABULARY, 32, 16, 1, 2, 1, 32), 3);
    }

    private static List<TrainingRow> rows(int count, long seed) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToObj(i -> TrainingRow.of(random.ints(12, 0, VOCABULARY).toArray())).toList();
    }

    private TrainingArguments arguments(String out, int steps, String resume) {
        var builder = TrainingArguments.builder().outputDir(folder.resolve(out)).maxSteps(steps).perDeviceTrainBatchSize(4)
                .learningRate(1e-2).loggingSteps(1).saveSteps(3).bf16(false).seed(4);
        return resume.isEmpty() ? builder.build() : builder.resumeFromCheckpoint(folder.resolve(resume)).build();
    }

    private static Map<String, float[]> trained(TrainingArguments arguments, SoftLoss loss, List<TrainingRow> rows,
            Consumer<TrainEvent.Step> onStep) {
        var student = student();
        try (var trainer = Trainer.of(student, arguments, new Distillation(teacher(), loss, student), Examples.of(rows),
                Optional.of(Examples.of(rows(8, 77))))) {
            trainer.onEvent(e -> {
                if (e instanceof TrainEvent.Step step) onStep.accept(step);
            }).train();
            var weights = new HashMap<String, float[]>();
            trainer.model().learned().forEach((name, p) -> weights.put(name, p.value().toFloats()));
            return weights;
        }
    }

    /** The texts are random: whatever the student knows in the end, it has from its teacher. */
    @Test
    void aStudentLearnsWhatItsTeacherThinksOfTextsThatSayNothing() {
        var steps = new ArrayList<TrainEvent.Step>();
        trained(arguments("out", 150, ""), SoftLoss.DEFAULT, rows(200, 1), steps::add);
        Map<String, Double> first = steps.getFirst().metrics(), last = steps.getLast().metrics();
        assertTrue(last.get("kl") < 0.6 * first.get("kl"), first + " then " + last);
        assertTrue(last.get("agreement") > first.get("agreement") + 0.2, first + " then " + last);
        assertTrue(last.get("nll") > 0.9 * Math.log(VOCABULARY), "random tokens cannot be foretold: " + last);
    }

    @Test
    void aResumedRunEqualsAnUninterruptedOneBitForBit() {
        var loss = new SoftLoss(2, 0.6, 0.5);
        var whole = trained(arguments("a", 6, ""), loss, rows(20, 1), step -> {});
        var steps = new ArrayList<TrainEvent.Step>();
        var resumed = trained(arguments("b", 6, "a/checkpoint-3"), loss, rows(20, 1), steps::add);
        assertEquals(4, steps.getFirst().step());
        whole.forEach((name, values) -> assertArrayEquals(values, resumed.get(name), name));
    }

    @Test
    void severalBatchesOfAStepGiveWhatOneLargeOneDoes() {
        var rows = rows(6, 2);
        try (var one = student(); var several = student(); var objective = new Distillation(teacher(), new SoftLoss(1, 0.5, 0), one)) {
            for (var model : List.of(one, several)) {
                model.computeIn(DType.FLOAT32);
                for (var p : model.parameters().all()) p.learn(true);
            }
            var expected = objective.step(one, List.of(rows));
            var tally = objective.step(several, List.of(rows.subList(0, 1), rows.subList(1, 4), rows.subList(4, 6)));
            assertEquals(expected.loss().mean(), tally.loss().mean(), 1e-6);
            assertEquals(expected.loss().mean(), objective.evaluate(one, rows).loss().mean(), 1e-6);
            for (var p : one.parameters().all())
                assertArrayEquals(p.gradient().toFloats(), several.parameters().get(p.name()).gradient().toFloats(), 1e-6f, p.name());
        }
    }
}
