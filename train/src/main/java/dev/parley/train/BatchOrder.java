package dev.parley.train;

import dev.parley.data.Dataset;
import dev.parley.data.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Which rows make the n-th batch of a run. The order of an epoch depends on the seed and the epoch alone, so that a
 * resumed run finds its place by a number and reads nothing again. Rows are shuffled; with {@code groupByLength} those
 * of similar length are then put together, and the batches shuffled.
 */
final class BatchOrder {

    /** Rows among which neighbours in length are looked for, in batches. */
    private static final int POOL = 64;

    private final Dataset dataset;
    private final TrainingArguments arguments;
    private final int batchSize;
    private long epoch = -1;
    private List<int[]> batches = List.of();

    BatchOrder(Dataset dataset, TrainingArguments arguments) {
        this.dataset = dataset;
        this.arguments = arguments;
        batchSize = arguments.perDeviceTrainBatchSize();
    }

    long batchesPerEpoch() {
        return Math.ceilDiv(dataset.size(), batchSize);
    }

    /** The rows of a batch; batches are numbered from 0 over all epochs. */
    List<Row> batch(long number) {
        var wanted = number / batchesPerEpoch();
        if (wanted != epoch) {
            batches = arrange(wanted);
            epoch = wanted;
        }
        return Arrays.stream(batches.get((int) (number % batchesPerEpoch()))).mapToObj(dataset::get).toList();
    }

    private List<int[]> arrange(long epoch) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(arguments.seed() * 1_000_003 + epoch);
        var rows = arguments.shuffle() ? shuffled(dataset.size(), random) : IntStream.range(0, dataset.size()).toArray();
        if (arguments.groupByLength()) groupByLength(rows);
        var arranged = new ArrayList<int[]>();
        for (int start = 0; start < rows.length; start += batchSize) {
            arranged.add(Arrays.copyOfRange(rows, start, Math.min(rows.length, start + batchSize)));
        }
        if (!arguments.groupByLength()) return arranged;
        return Arrays.stream(shuffled(arranged.size(), random)).mapToObj(arranged::get).toList();
    }

    private void groupByLength(int[] rows) {
        var pool = POOL * batchSize;
        for (int start = 0; start < rows.length; start += pool) {
            var sorted = Arrays.stream(rows, start, Math.min(rows.length, start + pool)).boxed()
                    .sorted(Comparator.comparingInt(i -> dataset.get(i).inputIds().length)).mapToInt(i -> i).toArray();
            System.arraycopy(sorted, 0, rows, start, sorted.length);
        }
    }

    /** Fisher and Yates. */
    private static int[] shuffled(int n, RandomGenerator random) {
        var order = new int[n];
        for (int i = 0; i < n; i++) {
            var j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Tells another set, seed or batch size: their batches would not be those of the run that is resumed. */
    String fingerprint() {
        var crc = new CRC32();
        for (var i : new int[] {0, dataset.size() / 2, dataset.size() - 1}) {
            for (var id : dataset.get(i).inputIds()) {
                for (int shift = 0; shift < 32; shift += 8) crc.update(id >> shift);
            }
        }
        return dataset.size() + "-" + batchSize + "-" + arguments.gradientAccumulationSteps() + "-" + arguments.groupByLength() + "-" + arguments.shuffle()
                + "-" + arguments.seed() + "-" + Long.toHexString(crc.getValue());
    }
}
