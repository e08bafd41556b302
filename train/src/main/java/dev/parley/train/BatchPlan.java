package dev.parley.train;

import static dev.parley.train.TrainingSettings.GRADIENT_ACCUMULATION_STEPS;
import static dev.parley.train.TrainingSettings.GROUP_BY_LENGTH;
import static dev.parley.train.TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE;
import static dev.parley.train.TrainingSettings.SEED;
import static dev.parley.train.TrainingSettings.SHUFFLE;

import dev.parley.data.Examples;
import dev.parley.data.KeyedPermutation;
import dev.parley.model.TrainingExample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
    private Epoch epoch;
    private Optional<ReadAhead<E>> ahead = Optional.empty();

    BatchPlan(Examples<E> dataset, TrainingArguments arguments) {
        this.dataset = dataset;
        this.arguments = arguments;
        batchSize = arguments.get(PER_DEVICE_TRAIN_BATCH_SIZE);
        batchesPerStep = arguments.get(GRADIENT_ACCUMULATION_STEPS);
        epoch = new Epoch(0);
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

    /**
     * The rows of each batch of a step; steps are numbered from 0 over all epochs. Those of the next step are read meanwhile, so that a
     * disk is waited for while something is computed. For one thread at a time.
     */
    List<List<E>> step(long number) {
        var early = ahead;
        ahead = Optional.empty();
        var rows = early.isPresent() ? early.get().rows(number) : Optional.<List<List<E>>>empty();
        var now = rows.orElseGet(() -> read(number));
        ahead = Optional.of(new ReadAhead<>(number + 1, () -> read(number + 1)));
        return now;
    }

    private List<List<E>> read(long number) {
        if (number / stepsPerEpoch() != epoch.number) epoch = new Epoch(number / stepsPerEpoch());
        var first = (int) (number % stepsPerEpoch()) * batchesPerStep;
        var rows = new ArrayList<List<E>>();
        for (int batch = first; batch < Math.min(batchesPerEpoch(), first + batchesPerStep); batch++) rows.add(epoch.batch(batch));
        return rows;
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
            key = arguments.get(SEED) * 1_000_003 + number;
            rows = dataset.inEpoch(key);
            order = KeyedPermutation.of(dataset.size(), key);
        }

        List<E> batch(int place) {
            return IntStream.of(arguments.get(GROUP_BY_LENGTH) ? grouped(place) : numbers(place * batchSize, batchSize))
                    .mapToObj(rows::get).toList();
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
            var batches = Math.ceilDiv(sorted.length, batchSize);
            var order = KeyedPermutation.of(batches, key ^ pool + 1L);
            return IntStream.range(0, batches).map(b -> (int) order.at(b))
                    .mapToObj(b -> IntStream.range(b * batchSize, Math.min(sorted.length, (b + 1) * batchSize)).map(i -> sorted[i]).toArray())
                    .toList();
        }
    }
}
