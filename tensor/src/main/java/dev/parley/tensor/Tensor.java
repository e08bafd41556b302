package dev.parley.tensor;

import static dev.parley.tensor.NativeCall.call;

import dev.parley.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * An array of numbers with a shape, in native memory: a typed surface over libtorch's tensor. Operations read as
 * they are written in papers, and record themselves for {@link #backward()} unless a {@link NoGrad} region is open:
 *
 * <pre>{@code
 * var weights = q.matmul(k.transpose(-2, -1)).mul(scale).add(mask).softmax(-1);   // (B, H, T, S)
 * }</pre>
 *
 * Memory belongs to the innermost {@link Scope} of the thread. Dimensions count from 0, or from the end by negative
 * numbers. An operation that does not fit its shapes throws a {@link TensorException} that names both. Operations
 * of neural networks (layer norm, gelu, embedding, dropout, losses) are in {@link Functional}.
 */
public final class Tensor implements AutoCloseable {

    private final org.bytedeco.pytorch.Tensor pointer;

    Tensor(org.bytedeco.pytorch.Tensor pointer) {
        this.pointer = pointer;
    }

    org.bytedeco.pytorch.Tensor pointer() {
        return pointer;
    }

    // ---- making ----

    /** A float32 tensor with these values in row-major order. */
    public static Tensor ofFloats(float[] values, long... shape) {
        checkCount(values.length, shape);
        var tensor = empty(DType.FLOAT32, shape);
        MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    /** An int64 tensor with these values in row-major order. */
    public static Tensor ofLongs(long[] values, long... shape) {
        checkCount(values.length, shape);
        var tensor = empty(DType.INT64, shape);
        MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_LONG, 0, values.length);
        return tensor;
    }

    /** An int64 tensor (the type of ids and labels) with these values in row-major order. */
    public static Tensor ofInts(int[] values, long... shape) {
        return ofLongs(Arrays.stream(values).asLongStream().toArray(), shape);
    }

    /** An int64 tensor (rows, columns) of ids; the rows must be equally long. */
    public static Tensor ofRows(int[][] rows) {
        var columns = rows.length == 0 ? 0 : rows[0].length;
        var values = new long[rows.length * columns];
        for (int r = 0; r < rows.length; r++) {
            if (rows[r].length != columns) {
                throw new TensorException("Row " + r + " has " + rows[r].length + " ids where row 0 has " + columns + ".");
            }
            for (int c = 0; c < columns; c++) values[r * columns + c] = rows[r][c];
        }
        return ofLongs(values, rows.length, columns);
    }

    /** A tensor with a copy of these bytes, which hold the elements in row-major order and native byte order. */
    public static Tensor fromMemory(MemorySegment bytes, DType dtype, long... shape) {
        var tensor = empty(dtype, shape);
        var needed = tensor.elementCount() * dtype.bytes();
        if (bytes.byteSize() != needed) {
            throw new TensorException(bytes.byteSize() + " bytes do not fill a tensor of shape " + text(shape) + " and type "
                    + dtype + ", which takes " + needed + ".");
        }
        tensor.memory().copyFrom(bytes);
        return tensor;
    }

    /**
     * A matrix over memory that others hold, which must outlive it: rows of {@code columns} elements, {@code stride} apart.
     * Nothing is copied.
     */
    public static Tensor overMemory(MemorySegment memory, DType dtype, long rows, long columns, long stride) {
        Natives.load();
        if (rows > 0 && ((rows - 1) * stride + columns) * dtype.bytes() > memory.byteSize()) {
            throw new TensorException(memory.byteSize() + " bytes hold no matrix " + text(rows, columns) + " of " + dtype + ".");
        }
        try (var options = new TensorOptions(ScalarTypes.of(dtype)); var address = new Address(memory.address())) {
            return call("overMemory", () -> torch.from_blob(address, new long[] {rows, columns}, new long[] {stride, 1}, options));
        }
    }

    /** A pointer to a place in memory. */
    private static final class Address extends org.bytedeco.javacpp.Pointer {
        Address(long at) {
            address = at;
        }
    }

    /** A tensor whose elements are not set. */
    public static Tensor empty(DType dtype, long... shape) {
        Natives.load();
        for (var size : shape) {
            if (size < 0) throw new TensorException("A tensor cannot have the shape " + text(shape) + ".");
        }
        try (var options = new TensorOptions(ScalarTypes.of(dtype))) {
            return call("empty " + text(shape), () -> torch.empty(shape, options, null));
        }
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        return empty(dtype, shape).fillInPlace(0);
    }

    /** A tensor whose elements all are one value. */
    public static Tensor full(double value, DType dtype, long... shape) {
        return empty(dtype, shape).fillInPlace(value);
    }

    /** The int64 numbers 0, 1, … n-1. */
    public static Tensor arange(long n) {
        var values = new long[Math.toIntExact(n)];
        Arrays.setAll(values, i -> i);
        return ofLongs(values, n);
    }

    /** Tensors joined along a dimension that they have. */
    public static Tensor cat(long dim, Tensor... parts) {
        try (var vector = new TensorVector(NativeCall.pointers(parts))) {
            return call("cat along " + dim, () -> torch.cat(vector, dim), parts);
        }
    }

    // ---- what it is ----

    /** Sizes of the dimensions; empty for a single number. The array is the caller's own. */
    public long[] shape() {
        check();
        var shape = new long[Math.toIntExact(pointer.dim())];
        for (int i = 0; i < shape.length; i++) shape[i] = pointer.size(i);
        return shape;
    }

    /** Size of one dimension. */
    public long size(long dim) {
        check();
        var dims = pointer.dim();
        if (dim < -dims || dim >= dims) throw new TensorException("Shape " + text(shape()) + " has no dimension " + dim + ".");
        return pointer.size(dim);
    }

    /** Type of the elements. */
    public DType dtype() {
        check();
        return ScalarTypes.of(pointer.scalar_type());
    }

    /** Number of elements. */
    public long elementCount() {
        check();
        return pointer.numel();
    }

    // ---- to Java ----

    /** The elements in native memory, as long as this tensor lives; it must lie contiguous. */
    @SuppressWarnings("restricted") // the size is the tensor's own
    public MemorySegment memory() {
        check();
        if (!pointer.is_contiguous()) throw new TensorException("The elements of shape " + text(shape()) + " do not lie in one piece.");
        if (pointer.numel() == 0) return MemorySegment.NULL;
        try (var data = pointer.data_ptr()) {
            return MemorySegment.ofAddress(data.address()).reinterpret(pointer.nbytes());
        }
    }

    /**
     * A matrix whose rows lie apart, such as some columns of a wider one.
     *
     * @param memory from the first element to the last, with what lies between, as long as the tensor lives
     * @param stride elements from the start of a row to that of the next
     */
    public record Rows(MemorySegment memory, long stride) {}

    /** The elements of a matrix in native memory; those of a row must lie side by side. */
    @SuppressWarnings("restricted") // the size is the tensor's own
    public Rows rowsInMemory() {
        check();
        if (pointer.dim() != 2 || pointer.stride(1) != 1)
            throw new TensorException("The rows of shape " + text(shape()) + " do not lie in one piece each.");
        if (pointer.numel() == 0) return new Rows(MemorySegment.NULL, pointer.size(1));
        try (var data = pointer.data_ptr()) {
            var bytes = ((pointer.size(0) - 1) * pointer.stride(0) + pointer.size(1)) * dtype().bytes();
            return new Rows(MemorySegment.ofAddress(data.address()).reinterpret(bytes), pointer.stride(0));
        }
    }

    /** The elements in row-major order, converted to float. */
    public float[] toFloats() {
        try (var scope = Scope.open()) {
            return detach().to(DType.FLOAT32).contiguous().memory().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** The elements in row-major order, converted to long. */
    public long[] toLongs() {
        try (var scope = Scope.open()) {
            return detach().to(DType.INT64).contiguous().memory().toArray(ValueLayout.JAVA_LONG);
        }
    }

    /** The one element of a tensor that has one. */
    public double item() {
        if (elementCount() != 1)
            throw new TensorException("item() needs one element; shape " + text(shape()) + " has " + elementCount() + ".");
        try (var scope = Scope.open()) {
            return detach().to(DType.FLOAT64).memory().get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    // ---- type and layout ----

    /** The same numbers as another type; this tensor itself if it has that type. */
    public Tensor to(DType dtype) {
        return call("to " + dtype, () -> pointer.to(ScalarTypes.of(dtype)), this);
    }

    /** The same tensor with its elements in one piece, row-major. */
    public Tensor contiguous() {
        return call("contiguous", pointer::contiguous, this);
    }

    /** A copy with memory of its own. */
    public Tensor copy() {
        return call("copy", () -> pointer.clone(), this);
    }

    /** The same elements under another shape; one size may be -1. Fails where the layout does not allow it. */
    public Tensor view(long... shape) {
        return call("view as " + text(shape), () -> pointer.view(shape), this);
    }

    /** The elements under another shape, copied where the layout needs it; one size may be -1. */
    public Tensor reshape(long... shape) {
        return call("reshape to " + text(shape), () -> pointer.reshape(shape), this);
    }

    /** The elements moved along a dimension by so many places; those that leave at its end come in at its beginning. */
    public Tensor roll(long places, long dim) {
        return call("roll along " + dim, () -> torch.roll(pointer, new long[] {places}, dim), this);
    }

    /** Splits a dimension in two, of any strides. */
    public Tensor unflatten(long dim, long... sizes) {
        return call("unflatten", () -> pointer.unflatten(dim, sizes), this);
    }

    /** A view with two dimensions exchanged. */
    public Tensor transpose(long a, long b) {
        return call("transpose", () -> pointer.transpose(a, b), this);
    }

    /** A view with the dimensions in another order: dimension i of the result is {@code dims[i]} of this one. */
    public Tensor permute(long... dims) {
        return call("permute to " + text(dims), () -> pointer.permute(dims), this);
    }

    /** The index-th part along a dimension, without that dimension. */
    public Tensor select(long dim, long index) {
        return call("select " + index + " along " + dim, () -> pointer.select(dim, index), this);
    }

    /** The parts start, … start+length-1 along a dimension. */
    public Tensor narrow(long dim, long start, long length) {
        return call("narrow to " + start + ".." + (start + length) + " along " + dim, () -> pointer.narrow(dim, start, length), this);
    }

    /** Rows (or parts along another dimension) by their numbers, an int64 tensor of one dimension. */
    public Tensor indexSelect(long dim, Tensor indices) {
        return call("indexSelect", () -> pointer.index_select(dim, indices.pointer), this, indices);
    }

    /** A view with one more dimension, of size 1, before {@code dim}. */
    public Tensor unsqueeze(long dim) {
        return call("unsqueeze", () -> pointer.unsqueeze(dim), this);
    }

    /** A view of the same storage with strides of one's own, counted in elements. */
    public Tensor asStrided(long[] shape, long[] strides, long offset) {
        return call("asStrided " + text(shape), () -> {
            try (var start = new LongOptional(offset)) {
                return pointer.as_strided(shape, strides, start);
            }
        }, this);
    }

    // ---- arithmetic ----

    /** Product of matrices over the last two dimensions; those before are batches and are broadcast. */
    public Tensor matmul(Tensor other) {
        return call("matmul", () -> pointer.matmul(other.pointer), this, other);
    }

    /**
     * {@code factor} · this + {@code productFactor} · left · right, over a batch of matrices, in one operation.
     *
     * @param left (B, m, k)
     * @param right (B, k, n)
     */
    public Tensor addProducts(Tensor left, Tensor right, double factor, double productFactor) {
        return call("addProducts", () -> {
            try (var beta = new Scalar(factor); var alpha = new Scalar(productFactor)) {
                return pointer.baddbmm(left.pointer, right.pointer, beta, alpha);
            }
        }, this, left, right);
    }

    /** Sum of elements; shapes are broadcast, types promoted. */
    public Tensor add(Tensor other) {
        return call("add", () -> pointer.add(other.pointer), this, other);
    }

    /** Difference of elements; shapes are broadcast, types promoted. */
    public Tensor sub(Tensor other) {
        return call("sub", () -> pointer.sub(other.pointer), this, other);
    }

    /** Product of elements, not of matrices; shapes are broadcast, types promoted. */
    public Tensor mul(Tensor other) {
        return call("mul", () -> pointer.mul(other.pointer), this, other);
    }

    /** Each element times a number; a tensor of floats keeps its type. */
    public Tensor mul(double factor) {
        return withScalar("mul", factor, pointer::mul);
    }

    /** Each element plus a number; a tensor of floats keeps its type. */
    public Tensor add(double number) {
        return withScalar("add", number, pointer::add);
    }

    /** e to the power of each element. */
    public Tensor exp() {
        return call("exp", pointer::exp, this);
    }

    /** Hyperbolic tangent of each element. */
    public Tensor tanh() {
        return call("tanh", pointer::tanh, this);
    }

    /** exp of each element by the sum of them along a dimension, in this tensor's type. */
    public Tensor softmax(long dim) {
        return call("softmax", () -> pointer.softmax(dim), this);
    }

    /** ln softmax, computed in float32 and of that type. */
    public Tensor logSoftmax(long dim) {
        return call("logSoftmax", () -> {
            try (var type = new ScalarTypeOptional(torch.ScalarType.Float)) {
                return pointer.log_softmax(dim, type);
            }
        }, this);
    }

    /** ln of the sum of exp along a dimension, which is dropped. */
    public Tensor logSumExp(long dim) {
        return call("logSumExp", () -> pointer.logsumexp(dim), this);
    }

    /** Sum of all elements, a tensor with one element. */
    public Tensor sum() {
        return call("sum", () -> pointer.sum(), this);
    }

    /** Sum along a dimension, which is dropped. */
    public Tensor sum(long dim) {
        return call("sum", () -> pointer.sum(dim), this);
    }

    /** Mean of all elements, a tensor with one element. */
    public Tensor mean() {
        return call("mean", () -> pointer.mean(), this);
    }

    /** The square root of the sum of squares of all elements, a tensor with one element. */
    public Tensor norm() {
        return call("norm", () -> torch.linalg_vector_norm(pointer), this);
    }

    /** One divided by each element. */
    public Tensor reciprocal() {
        return call("reciprocal", pointer::reciprocal, this);
    }

    /** The root of each element. */
    public Tensor sqrt() {
        return call("sqrt", pointer::sqrt, this);
    }

    /** The largest element along a dimension, which is dropped. */
    public Tensor max(long dim) {
        return call("max", () -> pointer.amax(new long[] {dim}, false), this);
    }

    /** Natural logarithm of each element. */
    public Tensor log() {
        return call("log", pointer::log, this);
    }

    /** Number of the largest element along a dimension, which is dropped; the first where several are equal. */
    public Tensor argmax(long dim) {
        return call("argmax", () -> {
            try (var along = new LongOptional(dim)) {
                return pointer.argmax(along, false);
            }
        }, this);
    }

    /** Elements picked along a dimension by an int64 tensor of the result's shape. */
    public Tensor gather(long dim, Tensor indices) {
        return call("gather", () -> pointer.gather(dim, indices.pointer), this, indices);
    }

    /** True where no element is infinite or NaN. */
    public boolean isFinite() {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            // Any NaN or infinity makes the sum of x·0 a NaN; one pass, and no mask of the tensor's size is kept.
            return !Double.isNaN(mul(0).sum().item());
        }
    }

    /** True if shape, type and every element are equal. */
    public boolean contentEquals(Tensor other) {
        return dtype() == other.dtype() && Arrays.equals(shape(), other.shape()) && pointer.equal(other.pointer);
    }

    // ---- in place ----

    /** Adds a tensor of a shape that broadcasts to this one, and returns this. */
    public Tensor addInPlace(Tensor other) {
        return inPlace("addInPlace", () -> pointer.add_(other.pointer), other);
    }

    /** Adds factor · other. */
    public Tensor addInPlace(Tensor other, double factor) {
        try (var scalar = new Scalar(factor)) {
            return inPlace("addInPlace", () -> pointer.add_(other.pointer, scalar), other);
        }
    }

    /** Multiplies each element, and returns this. */
    public Tensor mulInPlace(double factor) {
        try (var scalar = new Scalar(factor)) {
            return inPlace("mulInPlace", () -> pointer.mul_(scalar));
        }
    }

    /** Sets each element, and returns this. */
    public Tensor fillInPlace(double value) {
        try (var scalar = new Scalar(value)) {
            return inPlace("fillInPlace", () -> pointer.fill_(scalar));
        }
    }

    /** Takes the elements of a tensor of a shape that broadcasts to this one, converted to this type. */
    public Tensor copyInPlace(Tensor other) {
        return inPlace("copyInPlace", () -> pointer.copy_(other.pointer), other);
    }

    /** Adds row i of {@code rows} to row indices[i] of this matrix; an index may come several times. */
    public Tensor indexAddInPlace(Tensor indices, Tensor rows) {
        return inPlace("indexAddInPlace", () -> pointer.index_add_(0, indices.pointer, rows.pointer), indices, rows);
    }

    /** Adds a number to one element of each row of this matrix, in column columns[row]; columns: (rows, 1). */
    public Tensor scatterAddInPlace(Tensor columns, double number) {
        try (var scope = Scope.open()) {
            var numbers = full(number, dtype(), columns.shape());
            return inPlace("scatterAddInPlace", () -> pointer.scatter_add_(1, columns.pointer, numbers.pointer), columns);
        }
    }

    /** Draws every element from a normal distribution, by the generator of {@link RandomState}. */
    public Tensor normalInPlace(double mean, double standardDeviation) {
        return inPlace("normalInPlace", () -> torch.normal_(pointer, mean, standardDeviation));
    }

    /** Draws every element evenly from between two numbers, by the generator of {@link RandomState}. */
    public Tensor uniformInPlace(double least, double most) {
        return inPlace("uniformInPlace", () -> {
            try (var shared = new GeneratorOptional()) {
                return pointer.uniform_(least, most, shared);
            }
        });
    }

    // ---- gradients ----

    /** Makes this a leaf whose gradient {@link #backward()} collects, or no longer one. */
    public Tensor requiresGrad(boolean wanted) {
        check();
        pointer.set_requires_grad(wanted);
        return this;
    }

    /** Whether operations on this tensor are recorded for {@link #backward()}. */
    public boolean requiresGrad() {
        check();
        return pointer.requires_grad();
    }

    /** The same elements without their history. */
    public Tensor detach() {
        return call("detach", pointer::detach, this);
    }

    /** The gradient collected so far; throws if there is none. */
    public Tensor grad() {
        check();
        var grad = pointer.grad();
        if (!grad.defined())
            throw new TensorException("The tensor of shape " + text(shape()) + " has no gradient: no backward reached it.");
        return new Tensor(grad);
    }

    /** Whether {@link #backward()} or {@link #accumulateGrad} left a gradient here that was not cleared. */
    public boolean hasGrad() {
        check();
        try (var grad = pointer.grad()) {
            return grad.defined();
        }
    }

    /** The gradient of this leaf, of zeros if it has none yet. */
    public Tensor gradOrZeros() {
        if (!hasGrad()) accumulateGrad(zeros(dtype(), shape()));
        return grad();
    }

    /** Adds to the gradient of this leaf one that was computed elsewhere, of the same shape and type. */
    public Tensor accumulateGrad(Tensor gradient) {
        if (!Arrays.equals(shape(), gradient.shape()) || dtype() != gradient.dtype()) {
            throw new TensorException("A gradient " + gradient + " does not belong to " + this + ".");
        }
        if (hasGrad()) return grad().addInPlace(gradient);
        pointer.mutable_grad().put(gradient.pointer);
        return gradient;
    }

    /** Counts the operations that changed the elements in place, so that whoever keeps something made of them sees that it is old. */
    public long version() {
        check();
        return pointer._version();
    }

    /** Forgets the gradient and frees its memory. */
    public void clearGrad() {
        check();
        try (var grad = pointer.mutable_grad()) {
            if (grad.defined()) grad.reset();
        }
    }

    /** Adds to every leaf's gradient the derivative of this one number. */
    public void backward() {
        call("backward", () -> {
            pointer.backward();
            return null;
        }, this);
    }

    /** Continues the chain rule from a gradient, of this tensor's shape and type, that was computed elsewhere. */
    public void backward(Tensor gradient) {
        call("backward", () -> {
            pointer.backward(gradient.pointer, new BoolOptional(), false, new TensorArrayRefOptional());
            return null;
        }, this, gradient);
    }

    /** Frees the native memory now, unless a view of it lives on. */
    @Override
    public void close() {
        pointer.close();
    }

    @Override
    public String toString() {
        return pointer.isNull() ? "Tensor(freed)" : dtype() + text(shape());
    }

    private Tensor withScalar(String op, double number, Function<Scalar, org.bytedeco.pytorch.Tensor> body) {
        try (var scalar = new Scalar(number)) {
            return call(op, () -> body.apply(scalar), this);
        }
    }

    private Tensor inPlace(String op, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... others) {
        NativeCall.inPlace(op, body, Stream.concat(Stream.of(this), Stream.of(others)).toArray(Tensor[]::new));
        return this;
    }

    /** @throws TensorException if the native memory is gone */
    void check() {
        if (pointer.isNull()) throw new TensorException("A tensor was used after it was freed with its scope.");
    }

    private static void checkCount(long count, long[] shape) {
        var needed = 1L;
        for (var size : shape) needed = Math.multiplyExact(needed, size);
        if (needed != count) throw new TensorException(count + " values do not fill the shape " + text(shape) + ".");
    }

    /** A shape, for messages. */
    private static String text(long... shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
