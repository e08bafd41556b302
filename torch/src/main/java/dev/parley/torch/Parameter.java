package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.matrix.BFloat16Matrix;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Int4Matrix;
import dev.parley.kernels.matrix.Int8Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.kernels.matrix.RowTable;
import dev.parley.model.ModelWeights;
import dev.parley.model.WeightSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One learned tensor: as a tensor that training changes in place, or, in a model that only runs, in whatever memory running needs;
 * tensors over that memory are made when libtorch first asks for them.
 */
public final class Parameter {

    private final WeightSpec spec;
    private Tensor value;
    private Matrix matrix;
    private float[] vector;
    private boolean trainable = true;
    private final List<Parameter> replicas = new ArrayList<>(); // with the same weights and gradients of their own
    private Parameter original = this; // whose weights these are
    private final ComputeCopy copy = new ComputeCopy(); // of the original's weights
    private Tensor leaf; // over the copy, collecting the gradient of products
    private Optional<LowRankPair> lowRank = Optional.empty();
    private Tensor below; // what a network without its adapter has, where the adapter learned this as a whole

    Parameter(WeightSpec spec) {
        this.spec = spec;
    }

    /** Takes the weights of a model that runs, in the memory that running needs. */
    void liesIn(ModelWeights weights) {
        if (spec.isVector()) vector = weights.vector(spec);
        else matrix = weights.matrix(spec);
    }

    /** What the blueprint says of it. */
    public WeightSpec spec() {
        return spec;
    }

    /** Its name in the weight file. */
    public String name() {
        return spec.name();
    }

    /** Its shape in the weight file. */
    public long[] shape() {
        return spec.shape();
    }

    /** @see WeightSpec#isLayerMatrix() */
    public boolean isLayerMatrix() {
        return spec.isLayerMatrix();
    }

    /** How many numbers a matrix gives for each vector. */
    public long outFeatures() {
        return spec.outFeatures();
    }

    /** How many numbers it takes. */
    public long inFeatures() {
        return spec.inFeatures();
    }

    /** @see WeightSpec#innerDimension() */
    public int innerDimension() {
        return spec.innerDimension();
    }

    /** Bytes of memory that its weights lie in: what was below one that an adapter learns as a whole is kept too. */
    long bytes() {
        return (matrix == null || trainable ? Float.BYTES * spec.elements() : 0) + (matrix == null ? 0 : matrix.bytes());
    }

    /** Whether training may change it. What is not trainable gets no gradient, and stays as it is bit for bit. */
    public boolean trainable() {
        return trainable;
    }

    /** Says whether training may change it; from the next pass on. */
    public void trainable(boolean trainable) {
        this.trainable = trainable;
        if (!trainable && value != null) value.requiresGrad(false);
    }

    /** Whether products need a copy of it in another type, which would be kept until the way back. */
    boolean isWidened(DType computeType) {
        if (matrix == null || trainable) return false;
        return switch (matrix) {
            case Float32Matrix _ -> false;
            case BFloat16Matrix _ -> computeType != DType.BFLOAT16;
            case Int8Matrix _,Int4Matrix _,BlockMatrix _,RowTable _ -> true;
        };
    }

    /** What an adapter has beside it. */
    Optional<LowRankPair> lowRank() {
        return lowRank;
    }

    void lowRank(Optional<LowRankPair> pair) {
        lowRank = pair;
    }

    /** Is learned as a whole on a copy, so that what was below stays. */
    void learnCopy() {
        Tensor copy;
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            copy = Scope.detach(value().to(DType.FLOAT32).contiguous().copy());
        }
        below = value; // null where a matrix in blocks or bytes is below
        value = copy;
        trainable = true;
    }

    /** Exchanges what an adapter has learned as a whole with what was below. */
    void exchangeWithBelow() {
        var learned = value;
        value = below;
        below = learned;
    }

    /** Begins to collect a gradient, or ends it. */
    public void learn(boolean on) {
        if (!trainable) return;
        if (!on) clearGradient();
        value().requiresGrad(on);
    }

    /** Whether it collects a gradient at present. */
    boolean isLearning() {
        return trainable && value != null && value.requiresGrad();
    }

    /** Collects a gradient if another does. */
    void learnAs(Parameter other) {
        trainable = other.trainable;
        learn(other.isLearning());
    }

    /** The value as it is kept, which training changes; quantised weights are widened to float32. */
    public Tensor value() {
        if (value == null && vector != null) value = Scope.detach(Tensor.ofFloats(vector, shape()));
        if (value == null && matrix != null) return overMatrix(DType.FLOAT32);
        if (value == null) throw new IllegalStateException("Parameter " + name() + " was neither loaded nor initialised.");
        return value;
    }

    /**
     * The value in the type that products are computed in. A learned matrix in bfloat16 is made once for all passes until the weights
     * change, and its gradient stays in bfloat16, as products make it, until it is asked for.
     */
    Tensor in(DType computeType) {
        if (matrix != null && value == null) return overMatrix(computeType).to(computeType);
        if (computeType != DType.BFLOAT16 || spec.isVector() || value().dtype() != DType.FLOAT32) return value().to(computeType);
        var current = original.copy.of(original.value());
        if (leaf == null) leaf = Scope.detach(current.detach());
        if (leaf.requiresGrad() != isLearning()) leaf.requiresGrad(isLearning());
        return leaf;
    }

    /** The copy of the weights in bfloat16, where there is one: whoever writes weights beside libtorch writes it too. */
    public Optional<Tensor> computeCopy() {
        return copy.exists() ? Optional.of(copy.of(value())) : Optional.empty();
    }

    /** The gradient as it lies in memory: the sum of these, in their order; none where nothing arrived. */
    public List<Tensor> gradientParts() {
        var parts = new ArrayList<Tensor>();
        addGradientParts(parts);
        for (var replica : replicas) replica.addGradientParts(parts);
        return parts;
    }

    private void addGradientParts(List<Tensor> parts) {
        if (value != null && value.hasGrad()) parts.add(value.grad());
        if (leaf != null && leaf.hasGrad()) parts.add(leaf.grad());
    }

    /** The gradient as one tensor in float32; throws where nothing arrived. */
    public Tensor gradient() {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var parts = gradientParts();
            for (var part : value().hasGrad() ? parts.subList(1, parts.size()) : parts) value().accumulateGrad(part.to(DType.FLOAT32));
            clearParts();
            return scope.keep(value().grad());
        }
    }

    /** Before another pass adds to it, what lies in bfloat16 is added up in float32. */
    void gatherGradient() {
        try (var scope = Scope.open()) {
            if (gradientParts().stream().anyMatch(part -> part.dtype() == DType.BFLOAT16)) gradient();
        }
    }

    /** Forgets the gradient. */
    public void clearGradient() {
        if (value != null) value.clearGrad();
        clearParts();
    }

    private void clearParts() {
        if (leaf != null) leaf.clearGrad();
        for (var replica : replicas) replica.clearGradient();
    }

    private Tensor overMatrix(DType wanted) {
        var over = MatrixTensors.over(matrix);
        if (over.isEmpty()) return asShaped(MatrixTensors.widened(matrix, wanted));
        return value = Scope.detach(asShaped(over.get()));
    }

    private Tensor asShaped(Tensor outIn) {
        return spec.isInOut() ? outIn.transpose(0, 1) : outIn;
    }

    /** Rows of a table: (B, T) ids to (B, T, C), float32. */
    Tensor rows(int[][] ids) {
        if (matrix == null || trainable) return Functional.embedding(Tensor.ofRows(ids), value()).to(DType.FLOAT32);
        int width = spec.inFeatures(), length = ids[0].length;
        var rows = new float[ids.length * length * width];
        for (int i = 0; i < ids.length * length; i++) matrix.row(ids[i / length][i % length], rows, i * width);
        return Tensor.ofFloats(rows, ids.length, length, width);
    }

    /** Takes a tensor as the value, out of its scope into the model's care. */
    void set(Tensor tensor) {
        free();
        value = Scope.detach(tensor);
    }

    /** Takes another's value, which has none then. */
    void takeOver(Parameter other) {
        value = other.value();
        other.value = null;
    }

    /** The same weights with a gradient of their own. */
    Parameter shared() {
        var parameter = new Parameter(spec);
        parameter.shareWeights(this);
        return parameter;
    }

    /** Becomes another's weights, without copying them, with a gradient of its own. */
    void shareWeights(Parameter of) {
        trainable = of.trainable;
        matrix = of.matrix;
        if (of.value != null || of.matrix == null) value = Scope.detach(of.value().detach());
        original = of;
        of.replicas.add(this);
    }

    private void free() {
        if (value != null) value.close();
        if (leaf != null) leaf.close();
        copy.close();
        leaf = null;
        value = null;
    }

    void close() {
        lowRank.ifPresent(LowRankPair::close);
        lowRank = Optional.empty();
        if (below != null) below.close();
        below = null;
        free();
        original.replicas.remove(this);
        matrix = null;
        vector = null;
    }
}
