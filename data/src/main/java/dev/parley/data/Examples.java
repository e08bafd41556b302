package dev.parley.data;

import dev.parley.model.TrainingExample;
import java.util.List;

/**
 * What is learned from, by number. An example of one number is always the same, so that a run can be repeated and resumed. Those of most
 * runs are rows of tokens, a {@link Dataset}.
 *
 * @param <E> an example
 */
public interface Examples<E extends TrainingExample> {

    /** {@return the number of examples} */
    int size();

    /** The example of a number from 0 to size-1. */
    E get(int index);

    /** Tokens of an example, which some know without reading it. */
    default int rowLength(int index) {
        return get(index).tokens();
    }

    /**
     * The examples as an epoch has them: as many, of the same tokens, but perhaps cut at other places.
     *
     * @param key of the epoch: its seed and its number
     */
    default Examples<E> inEpoch(long key) {
        return this;
    }

    /**
     * A number that other examples would hardly have: of every id, label and segment, in their order. A run that goes on from a
     * checkpoint tells by it that what it learns from is the same; it reads each example once.
     */
    default long fingerprint() {
        var hash = (long) size();
        for (int i = 0; i < size(); i++) {
            var example = get(i);
            if (example.mark() != 0) hash = mixed(hash, example.mark());
            for (var row : example.rows()) {
                for (var part : new int[][] {row.inputIds(), row.labels(), row.segments()}) {
                    hash = mixed(hash, part.length);
                    for (var number : part) hash = mixed(hash, number);
                }
            }
        }
        return hash;
    }

    private static long mixed(long hash, int number) {
        var mixed = (hash ^ number) * 0x9E3779B97F4A7C15L; // 2^64 / golden ratio: every bit reaches the upper ones
        return mixed ^ mixed >>> 32;
    }

    /** Examples in memory. */
    static <E extends TrainingExample> Examples<E> of(List<E> examples) {
        var copy = List.copyOf(examples);
        return new Examples<>() {
            @Override
            public int size() {
                return copy.size();
            }

            @Override
            public E get(int index) {
                return copy.get(index);
            }
        };
    }
}
