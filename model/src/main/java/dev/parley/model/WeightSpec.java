package dev.parley.model;

import java.util.Arrays;
import java.util.List;

/**
 * One learned tensor of a network: what files call it, its shape, what it is for, and how it begins.
 *
 * @param name in Hugging Face's files
 * @param ggufName in GGUF files
 * @param dimensions its shape, as Hugging Face's files have it
 * @param init how a fresh one is filled
 * @param innerDimension the dimension of a layer's matrix, as it is stored, along which heads or neurons lie beside each other;
 *         the other is the residual stream's. -1 for all other weights
 * @param interleavedHead size of the heads whose rows GGUF has in another order: pairs of dimensions that turn together are
 *         neighbours there, where Hugging Face's lie half a head apart. 0 where both have the same order
 */
public record WeightSpec(String name, String ggufName, List<Long> dimensions, Use use, Init init, int innerDimension, int interleavedHead) {

    /** What a weight is for, which says how it is kept while the model only runs. */
    public enum Use {
        /** A bias. */
        VECTOR,
        /** The scale or shift of a norm: float32, whatever products are computed in. */
        NORM,
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

    public WeightSpec {
        dimensions = List.copyOf(dimensions);
    }

    /** Its dimensions as an array. */
    public long[] shape() {
        return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    /** How many numbers it has. */
    public long elements() {
        return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
    }

    /** True of the matrices inside the layers; false of tables, the head, biases and norms. */
    public boolean isLayerMatrix() {
        return use == Use.MATRIX || use == Use.MATRIX_IN_OUT;
    }

    /** True of norms and biases. */
    public boolean isVector() {
        return use == Use.VECTOR || use == Use.NORM;
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
        return Math.toIntExact(dimensions.get(isInOut() ? 0 : 1));
    }

    /** The row of Hugging Face's order that is GGUF's row. */
    int rowInModel(int ggufRow) {
        if (interleavedHead == 0) return ggufRow;
        int inHead = ggufRow % interleavedHead;
        return ggufRow - inHead + inHead % 2 * (interleavedHead / 2) + inHead / 2;
    }

    /** The row of GGUF's order that is Hugging Face's row. */
    int rowInGguf(int modelRow) {
        if (interleavedHead == 0) return modelRow;
        int inHead = modelRow % interleavedHead, half = interleavedHead / 2;
        return modelRow - inHead + inHead % half * 2 + inHead / half;
    }
}
