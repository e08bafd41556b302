package dev.parley.train;

import static dev.parley.train.TrainingSettings.GRADIENT_ACCUMULATION_STEPS;
import static dev.parley.train.TrainingSettings.GROUP_BY_LENGTH;
import static dev.parley.train.TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE;
import static dev.parley.train.TrainingSettings.SEED;
import static dev.parley.train.TrainingSettings.SHUFFLE;

import dev.parley.data.Examples;
import dev.parley.model.TrainingExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows make the n-th step of a run: so many batches as are accumulated, fewer in the last step of an epoch, so that an
 * epoch is every row once. The order of an epoch depends on the seed and the epoch alone, so that a resumed run finds its
 * place by the number of its step and reads nothing again. Rows are shuffled; with {@code groupByLength} those of similar
 * length are then put together, and the batches shuffled.
 *
 * @param <E> an example
 */
final class BatchPlan<E extends TrainingExample> {

    /** Rows among which neighbours in length are looked for, in batches. */
    private static final int POOL = 64;

    private final Examples<E> dataset;
    private final TrainingArguments arguments;
    private final int batchSize;
    private final int batchesPerStep;
    private long epoch = -1;
    private List<int[]> batches = List.of();

    BatchPlan(Examples<E> dataset, TrainingArguments arguments) {
        this.dataset = dataset;
        this.arguments = arguments;
        batchSize = arguments.get(PER_DEVICE_TRAIN_BATCH_SIZE);
        batchesPerStep = arguments.get(GRADIENT_ACCUMULATION_STEPS);
    }

    private int batchesPerEpoch() {
        return Math.ceilDiv(dataset.size(), batchSize);
    }

    long stepsPerEpoch() {
        return Math.ceilDiv(batchesPerEpoch(), batchesPerStep);
    }

    /** Epochs after so many steps, with the part of the present one. */
    double epochs(long steps) {
        var whole = steps / stepsPerEpoch();
        return whole + (double) (steps % stepsPerEpoch() * batchesPerStep) / batchesPerEpoch();
    }

    /** The rows of each batch of a step; steps are numbered from 0 over all epochs. */
    List<List<E>> step(long number) {
        var wanted = number / stepsPerEpoch();
        if (wanted != epoch) {
            batches = arrange(wanted);
            epoch = wanted;
        }
        var first = (int) (number % stepsPerEpoch()) * batchesPerStep;
        return batches.subList(first, Math.min(batches.size(), first + batchesPerStep)).stream()
                .map(rows -> Arrays.stream(rows).mapToObj(dataset::get).toList()).toList();
    }

    private List<int[]> arrange(long epoch) {
        var random = new SplitMix(arguments.get(SEED) * 1_000_003 + epoch);
        var rows = arguments.get(SHUFFLE) ? shuffled(dataset.size(), random) : IntStream.range(0, dataset.size()).toArray();
        if (arguments.get(GROUP_BY_LENGTH)) groupByLength(rows);
        var arranged = new ArrayList<int[]>();
        for (int start = 0; start < rows.length; start += batchSize) {
            arranged.add(Arrays.copyOfRange(rows, start, Math.min(rows.length, start + batchSize)));
        }
        if (!arguments.get(GROUP_BY_LENGTH)) return arranged;
        return Arrays.stream(shuffled(arranged.size(), random)).mapToObj(arranged::get).toList();
    }

    private void groupByLength(int[] rows) {
        var pool = POOL * batchSize;
        for (int start = 0; start < rows.length; start += pool) {
            var sorted = Arrays.stream(rows, start, Math.min(rows.length, start + pool)).boxed()
                    .sorted(Comparator.comparingInt(i -> dataset.rowLength(i))).mapToInt(i -> i).toArray();
            System.arraycopy(sorted, 0, rows, start, sorted.length);
        }
    }

    /** Fisher and Yates. */
    private static int[] shuffled(int n, SplitMix random) {
        var order = new int[n];
        for (int i = 0; i < n; i++) {
            var j = random.below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /**
     * Steele, Lea and Flood 2014 (doi:10.1145/2660193.2660195), written out: a run that another JDK resumes needs the same
     * order, and how the JDK's generators bound their numbers is not part of their contract.
     */
    private static final class SplitMix {

        private long state;

        SplitMix(long seed) {
            state = seed;
        }

        int below(int bound) {
            return (int) Math.unsignedMultiplyHigh(next(), bound);
        }

        private long next() {
            var z = state += 0x9E3779B97F4A7C15L;
            z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            return z ^ z >>> 31;
        }
    }
}
