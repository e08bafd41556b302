package dev.parley.model;

import dev.parley.tensor.DType;
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
 * var weight = attn.make("c_attn.weight", Init.normal(0.02), 768, 2304);   // transformer.h.0.attn.c_attn.weight
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

    /** Makes a parameter whose products are computed in the run's compute type. */
    public Parameter make(String name, Init init, long... shape) {
        return add(new Parameter(path + name, shape, init, true, false));
    }

    /** Makes a matrix (in, out) that vectors are multiplied by: a model that only runs keeps its columns together. */
    public Parameter makeMatrix(String name, Init init, long... shape) {
        return add(new Parameter(path + name, shape, init, true, true));
    }

    /** Makes a parameter that stays float32 whatever products are computed in: those of the norms. */
    public Parameter makeFloat32(String name, Init init, long... shape) {
        return add(new Parameter(path + name, shape, init, false, false));
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

    /** One learned tensor. Its value is set once, by loading or by initialising, and changed in place by training. */
    public static final class Parameter {

        private final String name;
        private final long[] shape;
        private final Init init;
        private final boolean computed;
        private final boolean matrix;
        private Tensor value;

        private Parameter(String name, long[] shape, Init init, boolean computed, boolean matrix) {
            this.name = name;
            this.shape = shape;
            this.init = init;
            this.computed = computed;
            this.matrix = matrix;
        }

        public String name() {
            return name;
        }

        public long[] shape() {
            return shape.clone();
        }

        private Init init() {
            return init;
        }

        /** The value as it is kept, which training changes: float32, or the type that the model was loaded in. */
        public Tensor value() {
            if (value == null) throw new IllegalStateException("Parameter " + name + " was neither loaded nor initialised.");
            return value;
        }

        /** The value in the type that products are computed in; the cast is part of the gradient's path. */
        Tensor in(DType computeType) {
            return value().to(computeType);
        }

        /** The type to keep the value in so that {@link #in} of that type costs nothing. */
        DType storageType(DType computeType) {
            return computed ? computeType : DType.FLOAT32;
        }

        /**
         * The tensor in the layout that decoding reads fastest, its shape unchanged: the product of one vector with a matrix
         * streams each column, and columns that lie together stream a fifth faster.
         */
        Tensor laidOutToRun(Tensor tensor) {
            return matrix ? tensor.transpose(0, 1).contiguous().transpose(0, 1) : tensor;
        }

        /** Takes a tensor as the value, out of its scope into the model's care. */
        void set(Tensor tensor, java.util.function.Consumer<Tensor> fill) {
            try (var noGrad = NoGrad.open()) {
                fill.accept(tensor);
            }
            if (value != null) value.close();
            value = Scope.detach(tensor);
        }

        private void close() {
            if (value != null) value.close();
            value = null;
        }
    }
}
