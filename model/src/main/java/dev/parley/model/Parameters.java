package dev.parley.model;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.BFloat16Matrix;
import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Int4Matrix;
import dev.parley.kernels.matrix.Int8Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.tensor.Functional;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The learned tensors of a model by their names in the weight file, in the order of the network. A part of the network
 * makes its parameters under its own path, so that the path of fields in Java is the name in the file:
 *
 * <pre>{@code
 * var attn = parameters.at("transformer.h.0").at("attn");
 * var weight = attn.make("c_attn.weight", Use.MATRIX_IN_OUT, Init.normal(0.02), 768, 2304);   // transformer.h.0.attn.c_attn.weight
 * }</pre>
 */
public final class Parameters implements AutoCloseable {

    private final Map<String, Parameter> byName;
    private final String path;

    public Parameters() {
        this(new LinkedHashMap<>(), "");
    }

    private Parameters(Map<String, Parameter> byName, String path) {
        this.byName = byName;
        this.path = path;
    }

    /** How a fresh parameter is filled. */
    @FunctionalInterface
    public interface Init {
        void fill(Tensor tensor);

        static Init constant(double value) {
            return t -> t.fillInPlace(value);
        }

        static Init normal(double standardDeviation) {
            return t -> t.normalInPlace(0, standardDeviation);
        }
    }

    /** The same parameters seen from a place further down the tree. */
    public Parameters at(String name) {
        return new Parameters(byName, path + name + ".");
    }

    /** What a parameter is for, which says how it is kept while the model only runs. */
    enum Use {
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

    /** Makes a parameter, named by its path. */
    Parameter make(String name, Use use, Init init, long... shape) {
        return add(new Parameter(path + name, shape, init, use, -1));
    }

    /** Makes the matrix of a layer. @param inner see {@link Parameter#innerDimension()} */
    Parameter makeMatrix(String name, Use use, Init init, int inner, long... shape) {
        return add(new Parameter(path + name, shape, init, use, inner));
    }

    private Parameter add(Parameter parameter) {
        if (byName.put(parameter.name(), parameter) != null) throw new IllegalStateException("Two parameters are called " + parameter.name() + ".");
        return parameter;
    }

    public Collection<Parameter> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** The parameter of a name; throws where there is none. */
    public Parameter get(String name) {
        var parameter = byName.get(name);
        if (parameter == null) throw new IllegalArgumentException("The model has no parameter " + name + ".");
        return parameter;
    }

    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /** Fills every parameter afresh, in order, from the generator of {@link dev.parley.tensor.RandomState}. */
    void initialize() {
        for (var parameter : all()) parameter.set(Tensor.empty(DType.FLOAT32, parameter.shape()), parameter.init()::fill);
    }

    /** Frees the native memory of all. */
    @Override
    public void close() {
        for (var parameter : all()) parameter.close();
    }

    /**
     * One learned tensor: as a tensor that training changes in place, or, in a model that only runs, in whatever memory running
     * needs; tensors over that memory are made when libtorch first asks for them.
     */
    public static final class Parameter {

        private final String name;
        private final long[] shape;
        private final Init init;
        private final Use use;
        private final int inner;
        private Tensor value;
        private Matrix matrix;
        private float[] vector;

        private Parameter(String name, long[] shape, Init init, Use use, int inner) {
            this.name = name;
            this.shape = shape;
            this.init = init;
            this.use = use;
            this.inner = inner;
        }

        public String name() {
            return name;
        }

        public long[] shape() {
            return shape.clone();
        }

        Use use() {
            return use;
        }

        /** True of the matrices inside the layers; false of tables, the head, biases and norms. */
        public boolean isLayerMatrix() {
            return use == Use.MATRIX || use == Use.MATRIX_IN_OUT;
        }

        /** How many numbers a matrix gives for each vector. */
        public long outFeatures() {
            return use == Use.MATRIX_IN_OUT ? shape[1] : shape[0];
        }

        /** How many numbers it takes. */
        public long inFeatures() {
            return use == Use.MATRIX_IN_OUT ? shape[0] : shape[1];
        }

        /**
         * The dimension of a layer's matrix, as it is stored, along which heads or neurons lie beside each other; the other is the
         * residual stream's. -1 for all other parameters.
         */
        public int innerDimension() {
            return inner;
        }

        private Init init() {
            return init;
        }

        /** The value as it is kept, which training changes; quantised weights are widened to float32. */
        public Tensor value() {
            if (value == null && vector != null) value = Scope.detach(Tensor.ofFloats(vector, shape));
            if (value == null && matrix != null) return overMatrix(DType.FLOAT32);
            if (value == null) throw new IllegalStateException("Parameter " + name + " was neither loaded nor initialised.");
            return value;
        }

        /** The value in the type that products are computed in; in training the cast is part of the gradient's path. */
        Tensor in(DType computeType) {
            if (matrix != null && value == null) return overMatrix(computeType).to(computeType);
            return value().to(computeType);
        }

        private Tensor overMatrix(DType wanted) {
            long rows = matrix.rows(), columns = matrix.columns();
            var tensor = switch (matrix) {
                case Float32Matrix m -> value = Scope.detach(asShaped(Tensor.overMemory(m.memory(), DType.FLOAT32, rows, columns, m.stride())));
                case BFloat16Matrix m -> value = Scope.detach(asShaped(Tensor.overMemory(m.memory(), DType.BFLOAT16, rows, columns, m.stride())));
                case Int8Matrix m -> widened(m, wanted);
                case Int4Matrix m -> widened(m, wanted);
            };
            return tensor;
        }

        private Tensor widened(Matrix quantized, DType wanted) {
            var dtype = wanted == DType.BFLOAT16 ? DType.BFLOAT16 : DType.FLOAT32;
            var tensor = Tensor.empty(dtype, quantized.rows(), quantized.columns());
            quantized.widenAll(tensor.memory(), dtype == DType.FLOAT32, ThreadTeam.shared());
            return asShaped(tensor);
        }

        private Tensor asShaped(Tensor outIn) {
            return use == Use.MATRIX_IN_OUT ? outIn.transpose(0, 1) : outIn;
        }

        /** Rows of a table: (B, T) ids to (B, T, C), float32. */
        Tensor rows(int[][] ids) {
            if (matrix == null) return Functional.embedding(Tensor.ofRows(ids), value()).to(DType.FLOAT32);
            int width = (int) shape[1], length = ids[0].length;
            var rows = new float[ids.length * length * width];
            for (int i = 0; i < ids.length * length; i++) matrix.row(ids[i / length][i % length], rows, i * width);
            return Tensor.ofFloats(rows, ids.length, length, width);
        }

        /** The weights in the memory that our kernels read; (out, in). */
        Matrix matrix() {
            if (matrix == null) throw new IllegalStateException("Parameter " + name + " is not laid out for running.");
            return matrix;
        }

        float[] vector() {
            if (vector == null) throw new IllegalStateException("Parameter " + name + " is not laid out for running.");
            return vector;
        }

        /** Takes a matrix (out, in) as the value of a model that only runs. */
        void hold(Matrix matrix) {
            this.matrix = matrix;
        }

        void hold(float[] vector) {
            this.vector = vector;
        }

        /** Bytes that a step of decoding reads. */
        long bytes() {
            return matrix != null ? matrix.bytes() : vector != null ? 4L * vector.length : value.elementCount() * value.dtype().bytes();
        }

        /** Takes a tensor as the value, out of its scope into the model's care. */
        void set(Tensor tensor, java.util.function.Consumer<Tensor> fill) {
            try (var noGrad = NoGrad.open()) {
                fill.accept(tensor);
            }
            if (value != null) value.close();
            value = Scope.detach(tensor);
        }

        /** Becomes another's weights, without copying them, with a gradient of its own. */
        void shareWeights(Parameter of) {
            value = Scope.detach(of.value().detach());
        }

        private void close() {
            if (value != null) value.close();
            value = null;
            matrix = null;
            vector = null;
        }
    }
}
