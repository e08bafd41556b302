package dev.parley.train;

import static dev.parley.train.TrainingSettings.DATALOADER_DROP_LAST;
import static dev.parley.train.TrainingSettings.DATA_SEED;
import static dev.parley.train.TrainingSettings.GRADIENT_ACCUMULATION_STEPS;
import static dev.parley.train.TrainingSettings.GROUP_BY_LENGTH;
import static dev.parley.train.TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE;
import static dev.parley.train.TrainingSettings.SEED;
import static dev.parley.train.TrainingSettings.SHUFFLE;

import dev.parley.data.Examples;
import dev.parley.data.KeyedPermutation;
import dev.parley.model.TrainingExample;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows make the n-th step of a run: so many batches as are accumulated, fewer in the last step of an epoch, so that an
 * epoch is every row once. The order of an epoch is computed from the seed and the epoch's number, place by place, so that a resumed run
 * finds its place at once in a data set of any size, and reads nothing again. With {@code groupByLength}, rows that follow each other
 * in that order make a pool, which is sorted by length, cut into batches, and these shuffled.
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
    private final int stepsPerBatch;
    private Epoch epoch;

    BatchPlan(Examples<E> dataset, TrainingArguments arguments) {
        this(dataset, arguments, 1);
    }

    /** @param stepsPerBatch in a row that have the same rows */
    BatchPlan(Examples<E> dataset, TrainingArguments arguments, int stepsPerBatch) {
        this.stepsPerBatch = stepsPerBatch;
        this.dataset = dataset;
        this.arguments = arguments;
        batchSize = arguments.get(PER_DEVICE_TRAIN_BATCH_SIZE);
        batchesPerStep = arguments.get(GRADIENT_ACCUMULATION_STEPS);
        epoch = new Epoch(0);
    }

    private int batchesPerEpoch() {
        return dropsLast() ? dataset.size() / batchSize : Math.ceilDiv(dataset.size(), batchSize);
    }

    private boolean dropsLast() {
        return arguments.get(DATALOADER_DROP_LAST) && dataset.size() >= batchSize;
    }

    long stepsPerEpoch() {
        return (long) stepsPerBatch * Math.ceilDiv(batchesPerEpoch(), batchesPerStep);
    }

    /** Epochs after so many steps, with the part of the present one. */
    double epochs(long steps) {
        var whole = steps / stepsPerEpoch();
        return whole + (double) (steps % stepsPerEpoch() * batchesPerStep) / stepsPerBatch / batchesPerEpoch();
    }

    /** The rows of each batch of a step; steps are numbered from 0 over all epochs. */
    List<List<E>> step(long number) {
        var rows = epochOf(number).rows;
        return batches(number).stream().map(batch -> Arrays.stream(batch).mapToObj(rows::get).toList()).toList();
    }

    /** The numbers of the rows of a step. */
    int[] numbers(long step) {
        return batches(step).stream().flatMapToInt(Arrays::stream).toArray();
    }

    private synchronized List<int[]> batches(long step) { // one may be read ahead while another is asked for
        var first = (int) (step % stepsPerEpoch() / stepsPerBatch) * batchesPerStep;
        var of = epochOf(step);
        return IntStream.range(first, Math.min(batchesPerEpoch(), first + batchesPerStep)).mapToObj(of::batch).toList();
    }

    private synchronized Epoch epochOf(long step) {
        if (step / stepsPerEpoch() != epoch.number) epoch = new Epoch(step / stepsPerEpoch());
        return epoch;
    }

    /** The order of one pass over the data. */
    private final class Epoch {

        private final long number;
        private final long key;
        private final Examples<E> rows;
        private final KeyedPermutation order;
        private int pool = -1;
        private List<int[]> batchesOfPool = List.of();

        Epoch(long number) {
            this.number = number;
            key = arguments.get(DATA_SEED).orElse(arguments.get(SEED)) * 1_000_003 + number;
            rows = dataset.inEpoch(key);
            order = KeyedPermutation.of(dataset.size(), key);
        }

        /** The numbers of the rows of a batch. */
        int[] batch(int place) {
            return arguments.get(GROUP_BY_LENGTH) ? grouped(place) : numbers(place * batchSize, batchSize);
        }

        /** Numbers of the rows at some places of the order. */
        private int[] numbers(int from, int count) {
            return IntStream.range(from, (int) Math.min(dataset.size(), (long) from + count))
                    .map(place -> arguments.get(SHUFFLE) ? (int) order.at(place) : place).toArray();
        }

        private int[] grouped(int place) {
            if (place / POOL != pool) {
                pool = place / POOL;
                batchesOfPool = arrange(numbers(pool * POOL * batchSize, POOL * batchSize));
            }
            return batchesOfPool.get(place % POOL);
        }

        private List<int[]> arrange(int[] numbers) {
            var sorted = IntStream.of(numbers).boxed().sorted(Comparator.comparingInt(rows::rowLength)).mapToInt(i -> i).toArray();
            var batches = dropsLast() ? sorted.length / batchSize : Math.ceilDiv(sorted.length, batchSize);
            var order = KeyedPermutation.of(batches, key ^ pool + 1L);
            return IntStream.range(0, batches).map(b -> (int) order.at(b))
                    .mapToObj(
                            b -> IntStream.range(b * batchSize, Math.min(sorted.length, (b + 1) * batchSize)).map(i -> sorted[i]).toArray())
                    .toList();
        }
    }
}
