package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoftTargetLossTest {

    private static final int VOCABULARY = 97;
    private static final ModelConfig TEACHER = ModelConfig.qwen3(VOCABULARY, 32, 48, 3, 4, 2, 64);
    private static final ModelConfig TIED = ModelConfig.qwen3(VOCABULARY, 32, 16, 1, 2, 1, 32);
    private static final ModelConfig UNTIED = ModelConfig.llama(VOCABULARY, 32, 16, 1, 2, 1, 32);

    private static TrainingBatch batch(int rows) {
        var random = new SplittableRandom(5);
        int[][] ids = new int[rows][20], labels = new int[rows][];
        for (int b = 0; b < rows; b++) {
            Arrays.setAll(ids[b], i -> random.nextInt(VOCABULARY));
            labels[b] = ids[b].clone();
            Arrays.fill(labels[b], 0, 3 + b, -100); // rows with different numbers of targets
        }
        return TrainingBatch.of(ids, labels);
    }

    private static TrainableLM teacher(DType computeType) {
        var model = TrainableLM.create(TEACHER, 9);
        model.computeIn(computeType);
        for (var p : model.parameters().all()) {
            if (!p.spec().isVector()) p.value().mulInPlace(6); // it is sure of some tokens
            p.trainable(false);
        }
        return model;
    }

    private static TrainableLM student(ModelConfig config, DType computeType) {
        var model = TrainableLM.create(config, 3);
        model.computeIn(computeType);
        for (var p : model.parameters().all()) p.learn(true);
        return model;
    }

    private static double[] logSoftmax(float[] scores, int row, double temperature) {
        double highest = Double.NEGATIVE_INFINITY, sum = 0;
        var each = new double[VOCABULARY];
        for (int v = 0; v < VOCABULARY; v++) highest = Math.max(highest, each[v] = scores[row * VOCABULARY + v] / temperature);
        for (var s : each) sum += Math.exp(s - highest);
        for (int v = 0; v < VOCABULARY; v++) each[v] -= highest + Math.log(sum);
        return each;
    }

    private static double kl(double[] logA, double[] logB) {
        double sum = 0;
        for (int v = 0; v < logA.length; v++) sum += Math.exp(logA[v]) * (logA[v] - logB[v]);
        return sum;
    }

    private static double divergence(double[] logQ, double[] logP, double beta) {
        if (beta == 0) return kl(logQ, logP);
        if (beta == 1) return kl(logP, logQ);
        var logM = new double[logP.length];
        Arrays.setAll(logM, v -> Math.log(beta * Math.exp(logQ[v]) + (1 - beta) * Math.exp(logP[v])));
        return beta * kl(logQ, logM) + (1 - beta) * kl(logP, logM);
    }

    private static int best(double[] numbers) {
        int best = 0;
        for (int v = 0; v < numbers.length; v++) {
            if (numbers[v] > numbers[best]) best = v;
        }
        return best;
    }

    /** The same by plain loops over all scores, in float64. */
    private static SoftSum byLoops(float[] student, float[] teacher, TrainingBatch batch, SoftLoss loss) {
        double divergence = 0, nll = 0;
        long agreed = 0;
        for (var at : batch.targets()) {
            var row = at - 1;
            var t = loss.temperature();
            var p = logSoftmax(student, row, 1);
            divergence += divergence(logSoftmax(teacher, row, t), logSoftmax(student, row, t), loss.beta());
            nll -= p[batch.labels()[at / batch.length()][at % batch.length()]];
            if (best(p) == best(logSoftmax(teacher, row, 1))) agreed++;
        }
        var total = loss.alpha() * loss.temperature() * loss.temperature() * divergence + (1 - loss.alpha()) * nll;
        return new SoftSum(total, divergence, nll, agreed, batch.targets().length);
    }

    private static float[] logits(TrainableLM model, TrainingBatch batch) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return model.logits(TokenBatch.of(batch.ids())).toFloats();
        }
    }

    private static void assertSame(SoftSum expected, SoftSum sum, double relative) {
        assertEquals(expected.loss(), sum.loss(), relative * Math.abs(expected.loss()));
        assertEquals(expected.divergence(), sum.divergence(), relative * expected.divergence());
        assertEquals(expected.nll(), sum.nll(), relative * expected.nll());
        assertEquals(expected.agreed(), sum.agreed());
        assertEquals(expected.targets(), sum.targets());
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "1, 1, 1", "1, 1, 0.5", "2, 0.7, 0", "0.8, 0.5, 1", "3, 0.3, 0.2", "1, 0, 0"})
    void theLossIsThatOfPlainLoopsOverAllScores(double temperature, double alpha, double beta) {
        var loss = new SoftLoss(temperature, alpha, beta);
        for (var rows : new int[] {1, 5}) {
            var batch = batch(rows);
            try (var teacher = teacher(DType.FLOAT32); var student = student(TIED, DType.FLOAT32);
                    var taught = teacher.softTargets(batch); var pass = student.pass(batch)) {
                var expected = byLoops(logits(student, batch), logits(teacher, batch), batch, loss);
                assertTrue(expected.divergence() > batch.targets().length * 0.005, "the two are far apart");
                assertSame(expected, student.loss(batch, taught, loss), 1e-5);
                assertSame(expected, pass.backward(taught, loss, 7), 1e-5);
            }
        }
    }

    /** Along its gradient the loss of each parameter rises by the gradient's length. */
    @ParameterizedTest
    @CsvSource({"1, 1, 0", "1, 1, 1", "1, 1, 0.5", "2, 0.7, 0", "0.8, 0.5, 1", "3, 0.3, 0.2"})
    void gradientsAreTheSlopesOfTheLoss(double temperature, double alpha, double beta) {
        var loss = new SoftLoss(temperature, alpha, beta);
        var batch = batch(3);
        for (var config : new ModelConfig[] {TIED, UNTIED}) {
            try (var teacher = teacher(DType.FLOAT32); var model = student(config, DType.FLOAT32);
                    var taught = teacher.softTargets(batch)) {
                var n = batch.targets().length;
                try (var pass = model.pass(batch)) {
                    pass.backward(taught, loss, n);
                }
                for (var p : model.parameters().all()) {
                    var gradient = p.gradient().toFloats();
                    double length = 0;
                    for (var g : gradient) length += g * g;
                    length = Math.sqrt(length);
                    var before = p.value().toFloats();
                    var losses = new double[2];
                    for (int side = 0; side < 2; side++) {
                        var moved = before.clone();
                        for (int i = 0; i < moved.length; i++) moved[i] += (float) ((side == 0 ? 5e-3 : -5e-3) * gradient[i] / length);
                        p.value().memory().copyFrom(MemorySegment.ofArray(moved));
                        losses[side] = model.loss(batch, taught, loss).loss() / n;
                    }
                    p.value().memory().copyFrom(MemorySegment.ofArray(before));
                    // float32's noise of 1e-6 over a step of 0.01
                    assertEquals((losses[0] - losses[1]) / 1e-2, length, 1e-3 + 0.02 * length, p.name());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void boundedAndScaledScoresHaveTheSlopesOfTheirLossToo(double beta) {
        var random = new SplittableRandom(2);
        int width = 12, tokens = 6;
        var rule = new Head.Rule(0.7, 3);
        var loss = new SoftLoss(1.5, 0.6, beta);
        var batch = TrainingBatch.of(new int[][] {random.ints(tokens, 0, VOCABULARY).toArray()});
        try (var scope = Scope.open()) {
            var head = numbers(VOCABULARY * width, random);
            var hidden = numbers(tokens * width, random);
            var teacher = new SoftTargets(Tensor.ofFloats(numbers((tokens - 1) * width, random), tokens - 1, width),
                    Tensor.ofFloats(numbers(VOCABULARY * width, random), VOCABULARY, width), rule);
            Tensor leaf = Tensor.ofFloats(hidden, 1, tokens, width).requiresGrad(true),
                    parameter = Tensor.ofFloats(head, VOCABULARY, width).requiresGrad(true);
            new SoftTargetLoss(parameter.detach(), rule, batch, teacher, 0, loss).backward(leaf, Optional.of(parameter), 1);
            float[] ofHidden = leaf.grad().toFloats(), ofHead = parameter.grad().toFloats();
            for (int i = 0; i < hidden.length; i += 5) {
                assertEquals(slope(hidden, i, h -> sum(head, h, rule, batch, teacher, loss)), ofHidden[i], 2e-3, "hidden " + i);
            }
            for (int i = 0; i < head.length; i += 37) {
                assertEquals(slope(head, i, w -> sum(w, hidden, rule, batch, teacher, loss)), ofHead[i], 2e-3, "head " + i);
            }
        }
    }

    private static float[] numbers(int n, SplittableRandom random) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) (random.nextDouble() * 2 - 1);
        return numbers;
    }

    private interface Loss {
        double of(float[] numbers);
    }

    private static double slope(float[] numbers, int i, Loss loss) {
        float[] more = numbers.clone(), less = numbers.clone();
        more[i] += 0.02f;
        less[i] -= 0.02f;
        return (loss.of(more) - loss.of(less)) / 0.04;
    }

    private static double sum(float[] head, float[] hidden, Head.Rule rule, TrainingBatch batch, SoftTargets teacher, SoftLoss loss) {
        try (var scope = Scope.open()) {
            var width = head.length / VOCABULARY;
            return new SoftTargetLoss(Tensor.ofFloats(head, VOCABULARY, width), rule, batch, teacher, 0, loss)
                    .read(Tensor.ofFloats(hidden, 1, hidden.length / width, width)).loss();
        }
    }

    private static Map<String, float[]> gradients(TrainableLM model, TrainableLM teacher, TrainingBatch batch, SoftLoss loss) {
        try (var taught = teacher.softTargets(batch); var pass = model.pass(batch)) {
            pass.backward(taught, loss, 10);
        }
        var all = new LinkedHashMap<String, float[]>();
        for (var p : model.parameters().all()) all.put(p.name(), p.gradient().toFloats());
        return all;
    }

    private static double error(float[] expected, float[] found) {
        double difference = 0, length = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - found[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / length);
    }

    @Test
    void gradientsInBfloat16AreThoseOfFloat32UpToRounding() {
        var loss = new SoftLoss(1, 0.8, 0);
        try (var teacher = teacher(DType.FLOAT32); var student = student(TIED, DType.FLOAT32); var rounded = student(TIED, DType.BFLOAT16);
                var roundedTeacher = teacher(DType.BFLOAT16)) {
            var expected = gradients(student, teacher, batch(4), loss);
            var found = gradients(rounded, roundedTeacher, batch(4), loss);
            expected.forEach((name, gradient) -> assertTrue(error(gradient, found.get(name)) < 0.05,
                    name + " " + error(gradient, found.get(name)))); // eight bits in each of many products
        }
    }

    @Test
    void layersThatRunAgainGiveTheSameGradients() {
        try (var teacher = teacher(DType.FLOAT32); var kept = student(UNTIED, DType.FLOAT32); var again = student(UNTIED, DType.FLOAT32)) {
            again.gradientCheckpointing(true);
            var expected = gradients(kept, teacher, batch(3), SoftLoss.DEFAULT);
            gradients(again, teacher, batch(3), SoftLoss.DEFAULT)
                    .forEach((name, gradient) -> assertArrayEquals(expected.get(name), gradient, 1e-5f, name));
        }
    }

    @Test
    void sharesAndBatchesGiveWhatOneRowAfterTheOtherDoes() {
        var batch = batch(5);
        try (var teacher = teacher(DType.FLOAT32); var together = student(TIED, DType.FLOAT32); var alone = student(TIED, DType.FLOAT32)) {
            var expected = gradients(together, teacher, batch, SoftLoss.DEFAULT);
            for (int row = 0; row < batch.rows(); row++) {
                var one = batch.rows(row, row + 1);
                try (var taught = teacher.softTargets(one); var pass = alone.pass(one)) {
                    pass.backward(taught, SoftLoss.DEFAULT, 10);
                }
            }
            expected.forEach(
                    (name, gradient) -> assertArrayEquals(gradient, alone.parameters().get(name).gradient().toFloats(), 1e-5f, name));
        }
    }

    @Test
    void packedRowsEqualTheirDocumentsAlone() {
        var random = new SplittableRandom(8);
        int[] first = random.ints(9, 0, VOCABULARY).toArray(), second = random.ints(7, 0, VOCABULARY).toArray();
        var row = Arrays.copyOf(first, 16);
        System.arraycopy(second, 0, row, 9, 7);
        var segments = new int[16];
        Arrays.fill(segments, 9, 16, 1);
        var packed = TrainingBatch.of(new int[][] {row}, new int[][] {row}, new int[][] {segments});
        try (var teacher = teacher(DType.FLOAT32); var together = student(TIED, DType.FLOAT32); var alone = student(TIED, DType.FLOAT32)) {
            var expected = gradients(together, teacher, packed, SoftLoss.DEFAULT);
            for (var document : new int[][] {first, second}) {
                var one = TrainingBatch.of(document);
                try (var taught = teacher.softTargets(one); var pass = alone.pass(one)) {
                    pass.backward(taught, SoftLoss.DEFAULT, 10);
                }
            }
            expected.forEach(
                    (name, gradient) -> assertArrayEquals(gradient, alone.parameters().get(name).gradient().toFloats(), 1e-5f, name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT32", "BFLOAT16"})
    void theTeacherStaysBitForBitAndNothingIsLeftBehind(DType computeType) {
        try (var teacher = teacher(computeType); var model = student(TIED, computeType)) {
            var before = new LinkedHashMap<String, float[]>();
            for (var p : teacher.parameters().all()) before.put(p.name(), p.value().toFloats());
            gradients(model, teacher, batch(4), SoftLoss.DEFAULT);
            var live = Engine.liveNativeObjects();
            for (int i = 0; i < 3; i++) {
                gradients(model, teacher, batch(4), SoftLoss.DEFAULT);
                try (var taught = teacher.softTargets(batch(4))) {
                    assertFalse(Double.isNaN(model.loss(batch(4), taught, SoftLoss.DEFAULT).loss()));
                }
            }
            assertEquals(live, Engine.liveNativeObjects());
            for (var p : teacher.parameters().all()) {
                assertArrayEquals(before.get(p.name()), p.value().toFloats(), p.name());
                assertTrue(p.gradientParts().isEmpty(), p.name());
            }
        }
    }

    @Test
    void anotherVocabularyIsRefused() {
        try (var teacher = teacher(DType.FLOAT32); var model = TrainableLM.create(ModelConfig.qwen3(98, 32, 16, 1, 2, 1, 32), 1);
                var taught = teacher.softTargets(batch(1)); var pass = model.pass(batch(1))) {
            var fault = assertThrows(ModelException.class, () -> pass.backward(taught, SoftLoss.DEFAULT, 1));
            assertEquals("The teacher has 97 tokens and the student 98; a student needs its teacher's tokenizer.", fault.getMessage());
        }
    }
}
