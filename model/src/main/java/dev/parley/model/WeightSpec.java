package dev.parley.model;

import dev.parley.weights.StackedWeights;
import dev.parley.weights.StackedWeights.Part;
import dev.parley.weights.TensorData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One learned tensor of a network: what files call it, its shape, what it is for, and how it begins.
 *
 * @param name in Hugging Face's files
 * @param ggufName in GGUF files
 * @param dimensions its shape, as Hugging Face's files have it
 * @param init how a fresh one is filled
 * @param innerDimension the dimension of a layer's matrix, as it is stored, along which heads or neurons lie beside each other;
 *         the other is the residual stream's. -1 for all other weights
 * @param ggufRows the order in which GGUF has its rows
 * @param ggufOffset what GGUF files have added to each number of a vector
 * @param ggufSlice number of the matrix among those that GGUF files have stacked in one tensor; -1 where it is a tensor of its own
 * @param part of a larger tensor that Hugging Face's files have in its place; empty where it is a tensor of its own
 */
public record WeightSpec(String name, String ggufName, List<Long> dimensions, Use use, Init init, int innerDimension, RowOrder ggufRows,
        double ggufOffset, int ggufSlice, Optional<Part> part) {

    /** What a weight is for, which says how it is kept while the model only runs. */
    public enum Use {
        /** A bias. */
        VECTOR,
        /** The scale or shift of a norm: float32, whatever products are computed in. */
        NORM,
        /** The factors of a convolution, (C, 1, K): few numbers, float32 like a norm's. */
        KERNEL,
        /** A table whose rows are looked up: never quantised. */
        TABLE,
        /** A matrix (out, in) that vectors are multiplied by: read whole for every token. */
        MATRIX,
        /** The same as (in, out). */
        MATRIX_IN_OUT,
        /** The head, which may be the table of embeddings too: never quantised below 8 bits. */
        HEAD
    }

    /**
     * A normal distribution that fresh weights are drawn from.
     *
     * @param standardDeviation 0 for a constant, the mean
     */
    public record Init(double mean, double standardDeviation) {

        static Init constant(double value) {
            return new Init(value, 0);
        }

        static Init normal(double standardDeviation) {
            return new Init(0, standardDeviation);
        }
    }

    private static final int PARTS = 3; // queries, keys, values

    /** The order in which GGUF has the rows of a matrix. */
    public sealed interface RowOrder {

        /** Hugging Face's. */
        RowOrder SAME = new SameRows();
    }

    /** Hugging Face's. */
    public record SameRows() implements RowOrder {}

    /** Dimensions that turn together are neighbours there, where Hugging Face's lie half a head apart. */
    public record TurningPairs(int headDim) implements RowOrder {}

    /** All queries there, all keys, all values, where Hugging Face has query, key and value of each head. */
    public record PartsTogether(int heads, int headDim) implements RowOrder {

        private int rowsOfPart() {
            return heads * headDim;
        }
    }

    public WeightSpec {
        dimensions = List.copyOf(dimensions);
    }

    /** Its dimensions as an array. */
    public long[] shape() {
        return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Weights as Hugging Face's files have them: those that are parts of a larger tensor as that tensor, where the first of them stands.
     *
     * @param tensors one for each weight, in the order of the network
     */
    public static List<TensorData> inFiles(Map<WeightSpec, TensorData> tensors) {
        var stacks = new LinkedHashMap<String, Map<Part, TensorData>>();
        var places = new ArrayList<Supplier<TensorData>>();
        tensors.forEach((spec, tensor) -> {
            if (spec.part.isEmpty()) {
                places.add(() -> tensor);
                return;
            }
            var name = spec.part.get().tensor();
            if (!stacks.containsKey(name)) places.add(() -> StackedWeights.stacked(stacks.get(name)));
            stacks.computeIfAbsent(name, _ -> new LinkedHashMap<>()).put(spec.part.get(), tensor);
        });
        return places.stream().map(Supplier::get).toList();
    }

    /** How many numbers it has. */
    public long elements() {
        return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
    }

    /** True of the matrices inside the layers; false of tables, the head, biases and norms. */
    public boolean isLayerMatrix() {
        return use == Use.MATRIX || use == Use.MATRIX_IN_OUT;
    }

    /** True of norms, biases and the factors of convolutions, which are few: float32, and never in blocks. */
    public boolean isVector() {
        return use == Use.VECTOR || use == Use.NORM || use == Use.KERNEL;
    }

    /** True of a matrix that is stored as (in, out). */
    public boolean isInOut() {
        return use == Use.MATRIX_IN_OUT;
    }

    /** How many numbers a matrix gives for each vector. */
    public int outFeatures() {
        return Math.toIntExact(dimensions.get(isInOut() ? 1 : 0));
    }

    /** How many numbers it takes. */
    public int inFeatures() {
        return Math.toIntExact(isInOut() ? dimensions.getFirst() : dimensions.getLast());
    }

    /** The row of Hugging Face's order that is GGUF's row. */
    int rowInModel(int ggufRow) {
        return switch (ggufRows) {
            case SameRows _ -> ggufRow;
            case TurningPairs order -> {
                int inHead = ggufRow % order.headDim;
                yield ggufRow - inHead + inHead % 2 * (order.headDim / 2) + inHead / 2;
            }
            case PartsTogether order -> {
                int part = ggufRow / order.rowsOfPart(), row = ggufRow % order.rowsOfPart();
                yield (row / order.headDim * PARTS + part) * order.headDim + row % order.headDim;
            }
        };
    }

    /** The row of GGUF's order that is Hugging Face's row. */
    int rowInGguf(int modelRow) {
        return switch (ggufRows) {
            case SameRows _ -> modelRow;
            case TurningPairs order -> {
                int inHead = modelRow % order.headDim, half = order.headDim / 2;
                yield modelRow - inHead + inHead % half * 2 + inHead / half;
            }
            case PartsTogether order -> {
                int block = modelRow / order.headDim, inHead = modelRow % order.headDim;
                yield block % PARTS * order.rowsOfPart() + block / PARTS * order.headDim + inHead;
            }
        };
    }
}
