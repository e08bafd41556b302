package dev.parley.weights;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** The tensors of a GGUF file under the names and in the order of rows that Hugging Face gives them; blocks are widened to float32. */
public final class GgufWeights implements WeightSource {

    private final Gguf gguf;
    private final Map<String, View> views = new LinkedHashMap<>();

    /**
     * How a parameter lies in the file.
     *
     * @param tensor of the file
     * @param transposed whether the file has (out, in) where the model wants (in, out)
     * @param rowInFile the file's row that is the model's
     * @param reordered whether any row is another
     * @param offset what the file has added to each number of a vector
     * @param slice number of the matrix among those that the tensor stacks; -1 where the tensor is the parameter
     */
    public record View(Gguf.TensorEntry tensor, boolean transposed, IntUnaryOperator rowInFile, boolean reordered, float offset,
            int slice) {

        /** The tensor's, without the dimension along which it stacks matrices. */
        private long[] shape() {
            var shape = tensor.shape().clone();
            return slice >= 0 && slice < shape[0] ? Arrays.copyOfRange(shape, 1, shape.length) : shape;
        }

        private long elements() {
            return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
        }

        /** Numbers of the tensor before this parameter's. */
        private long before() {
            return slice < 0 ? 0 : slice * elements();
        }
    }

    /**
     * Looks at a file's tensors under the model's names.
     *
     * @param gguf closed with this
     * @param views by the model's names
     */
    public GgufWeights(Gguf gguf, Map<String, View> views) {
        this.gguf = gguf;
        this.views.putAll(views);
    }

    @Override
    public Path file() {
        return gguf.file();
    }

    @Override
    public Set<String> names() {
        return views.keySet();
    }

    private View view(String name) {
        var view = views.get(name);
        if (view == null) throw new WeightFileException(file(), "there is no tensor \"" + name + "\"");
        return view;
    }

    private static boolean plain(View view) {
        return view.tensor.type().blockSize() == 1 && !view.transposed && !view.reordered && view.offset == 0;
    }

    @Override
    public TensorInfo info(String name) {
        var view = view(name);
        var shape = view.shape();
        if (view.transposed) shape = new long[] {shape[1], shape[0]};
        var dtype = !plain(view) ? DType.FLOAT32 : switch (view.tensor.type()) {
            case F16 -> DType.FLOAT16;
            case BF16 -> DType.BFLOAT16;
            default -> DType.FLOAT32;
        };
        return new TensorInfo(name, dtype, shape, file());
    }

    @Override
    public Optional<GgmlType> blockType(String name) {
        var view = view(name);
        return view.tensor.type().blockSize() == 1 || view.shape().length != 2 ? Optional.empty() : Optional.of(view.tensor.type());
    }

    @Override
    public Optional<Blocks> blocks(String name) {
        if (blockType(name).isEmpty()) return Optional.empty();
        var view = view(name);
        var tensor = view.tensor;
        var bytes = tensor.bytes().asSlice(tensor.type().bytes(view.before()), tensor.type().bytes(view.elements()));
        return Optional.of(new Blocks(tensor.type(), bytes, view.rowInFile));
    }

    @Override
    public MemorySegment bytes(String name) {
        return bytes(name, Arena.ofAuto());
    }

    @Override
    public MemorySegment bytes(String name, Arena arena) {
        var view = view(name);
        if (plain(view)) {
            var type = view.tensor.type();
            return view.slice < 0 ? view.tensor.bytes()
                    : view.tensor.bytes().asSlice(type.bytes(view.before()), type.bytes(view.elements()));
        }
        var shape = view.shape();
        int columns = Math.toIntExact(shape[shape.length - 1]), rows = Math.toIntExact(view.elements() / columns);
        var wide = arena.allocate(4L * rows * columns, 8);
        var vector = shape.length == 1;
        ThreadTeam.shared().each(Math.ceilDiv(rows, 16), block -> {
            var row = new float[columns];
            for (int r = 16 * block; r < Math.min(rows, 16 * (block + 1)); r++) {
                view.tensor.type().widen(view.tensor.bytes(), view.before() + (long) (vector ? r : view.rowInFile.applyAsInt(r)) * columns,
                        columns, row,
                        0);
                if (view.offset != 0) for (int i = 0; i < columns; i++) row[i] -= view.offset;
                put(wide, view, row, r, rows);
            }
        });
        return wide;
    }

    private static void put(MemorySegment wide, View view, float[] row, int r, int rows) {
        var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        if (view.tensor.shape().length == 1 && view.reordered) {
            for (int i = 0; i < row.length; i++) wide.set(layout, 4L * i, row[view.rowInFile.applyAsInt(i)]);
        } else if (view.transposed) {
            for (int c = 0; c < row.length; c++) wide.set(layout, 4L * ((long) c * rows + r), row[c]);
        } else {
            MemorySegment.copy(row, 0, wide, layout, 4L * r * row.length, row.length);
        }
    }

    @Override
    public void close() {
        gguf.close();
    }
}
