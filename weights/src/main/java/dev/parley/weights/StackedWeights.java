package dev.parley.weights;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Matrices that a file has stacked in larger tensors, one by one: the experts of GPT-OSS. A tensor {@code t} of plain numbers is (slices,
 * in, out); in MXFP4 it is two of bytes, {@code t_blocks} (slices, out, in / 32, 16) and {@code t_scales} (slices, out, in / 32).
 */
public final class StackedWeights implements WeightSource {

    private static final int BLOCK = 32, BLOCK_BYTES = 16, NOT_A_SCALE = 255;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final WeightSource file;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

    /**
     * Where a matrix or a vector lies in a tensor that stacks such.
     *
     * @param tensor of the file
     * @param slice number of the matrix, from 0
     * @param slices how many the tensor stacks
     * @param first output that is the matrix's own; those of another may lie between
     * @param step from one of its outputs to the next
     */
    public record Part(String tensor, int slice, int slices, int first, int step) {

        /** The same place in another tensor. */
        public Part named(String other) {
            return new Part(other, slice, slices, first, step);
        }
    }

    /**
     * Looks into a file's stacks.
     *
     * @param file closed with this
     * @param parts by the model's names; what is a tensor of its own is none of them
     * @throws WeightFileException if a stack has other sizes than its parts need
     */
    public StackedWeights(WeightSource file, Map<String, Part> parts) {
        this.file = file;
        var taken = new LinkedHashSet<String>();
        parts.forEach((name, part) -> {
            var in = tensors(part);
            if (!file.names().containsAll(in)) return; // the loader lists what is missing
            taken.addAll(in);
            this.parts.put(name, part);
        });
        this.parts.forEach(this::check);
        file.names().stream().filter(name -> !taken.contains(name)).forEach(names::add);
        names.addAll(this.parts.keySet());
    }

    private static String blocks(Part part) {
        return part.tensor + "_blocks";
    }

    private static String scales(Part part) {
        return part.tensor + "_scales";
    }

    private boolean inBlocks(Part part) {
        return file.names().contains(blocks(part));
    }

    private List<String> tensors(Part part) {
        return inBlocks(part) ? List.of(blocks(part), scales(part)) : List.of(part.tensor);
    }

    private void check(String name, Part part) {
        var shape = file.info(tensors(part).getFirst()).shape();
        var wrong = shape.length < 2 || shape[0] != part.slices || outputs(part, shape) % part.step != 0;
        if (inBlocks(part)) {
            TensorInfo blocks = file.info(blocks(part)), scales = file.info(scales(part));
            wrong |= blocks.dtype() != DType.UINT8 || scales.dtype() != DType.UINT8 || shape.length != 4 || shape[3] != BLOCK_BYTES
                    || !Arrays.equals(Arrays.copyOf(shape, 3), scales.shape());
        } else {
            wrong |= shape.length > 3;
        }
        if (wrong)
            throw new WeightFileException(file.file(), "tensor \"" + tensors(part).getFirst() + "\" has shape "
                    + file.info(tensors(part).getFirst()).shapeText() + "; " + part.slices + " matrices are to be stacked in it");
    }

    /** Outputs of a slice: the second size in blocks, else the last. */
    private long outputs(Part part, long[] shape) {
        return inBlocks(part) ? shape[1] : shape[shape.length - 1];
    }

    @Override
    public Path file() {
        return file.file();
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public TensorInfo info(String name) {
        var part = parts.get(name);
        if (part == null) return file.info(name);
        var info = file.info(tensors(part).getFirst());
        long rows = outputs(part, info.shape()) / part.step;
        if (inBlocks(part)) return new TensorInfo(name, DType.BFLOAT16, new long[] {rows, info.shape()[2] * BLOCK}, file());
        return new TensorInfo(name, info.dtype(), info.shape().length == 2 ? new long[] {rows} : new long[] {rows, info.shape()[1]},
                file());
    }

    @Override
    public MemorySegment bytes(String name) {
        return bytes(name, Arena.ofAuto());
    }

    @Override
    public MemorySegment bytes(String name, Arena arena) {
        var part = parts.get(name);
        if (part == null) return file.bytes(name, arena);
        var info = info(name);
        int rows = Math.toIntExact(info.shape()[0]), columns = Math.toIntExact(info.elements() / rows), width = info.dtype().bytes();
        var gathered = arena.allocate((long) rows * columns * width, 8);
        if (inBlocks(part)) widen(blocksOf(name, part, arena), gathered, rows, columns);
        else gather(file.bytes(part.tensor), part, gathered, rows, columns, width);
        return gathered;
    }

    /** From (slices, in, out) to (out, in). */
    private static void gather(MemorySegment from, Part part, MemorySegment into, int rows, int columns, int width) {
        var wide = (long) rows * part.step;
        ThreadTeam.shared().each(columns, c -> {
            var at = ((long) part.slice * columns + c) * wide + part.first;
            for (int r = 0; r < rows; r++)
                MemorySegment.copy(from, (at + (long) r * part.step) * width, into, ((long) r * columns + c) * width, width);
        });
    }

    // ---- MXFP4 ----

    @Override
    public Optional<GgmlType> blockType(String name) {
        return Optional.ofNullable(parts.get(name)).filter(this::inBlocks).map(_ -> GgmlType.MXFP4);
    }

    /** The blocks in GGUF's order: each with its scale before it, and the first half of its numbers in the low bits. */
    @Override
    public Optional<Blocks> blocks(String name) {
        return blockType(name).map(_ -> blocksOf(name, parts.get(name), Arena.ofAuto()));
    }

    private Blocks blocksOf(String name, Part part, Arena arena) {
        var shape = file.info(blocks(part)).shape();
        int rows = Math.toIntExact(shape[1] / part.step), across = Math.toIntExact(shape[2]);
        MemorySegment blocks = file.bytes(blocks(part)), scales = file.bytes(scales(part));
        var rowBytes = (long) across * (BLOCK_BYTES + 1);
        var packed = arena.allocate(rows * rowBytes, 8);
        ThreadTeam.shared().each(rows, r -> {
            var from = (part.slice * shape[1] + part.first + (long) r * part.step) * across;
            for (int b = 0; b < across; b++) pack(name, blocks, scales, from + b, packed, r * rowBytes + (long) b * (BLOCK_BYTES + 1));
        });
        return new Blocks(GgmlType.MXFP4, packed, row -> row);
    }

    private void pack(String name, MemorySegment blocks, MemorySegment scales, long block, MemorySegment into, long at) {
        var scale = scales.get(ValueLayout.JAVA_BYTE, block);
        if ((scale & 0xff) == NOT_A_SCALE)
            throw new WeightFileException(file(), "tensor \"" + name + "\" has a block without a scale: the file is damaged");
        into.set(ValueLayout.JAVA_BYTE, at, scale);
        for (int i = 0; i < BLOCK_BYTES; i += 2) { // numbers 2i and 2i + 1 in the low and high bits, to i and i + 16
            int first = blocks.get(ValueLayout.JAVA_BYTE, block * BLOCK_BYTES + i / 2) & 0xff,
                    second = blocks.get(ValueLayout.JAVA_BYTE, block * BLOCK_BYTES + BLOCK_BYTES / 2 + i / 2) & 0xff;
            into.set(ValueLayout.JAVA_BYTE, at + 1 + i, (byte) (first & 15 | second << 4));
            into.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) (first >>> 4 | second & 0xf0));
        }
    }

    /** To bfloat16, which holds them all exactly. */
    private static void widen(Blocks blocks, MemorySegment into, int rows, int columns) {
        ThreadTeam.shared().each(rows, r -> {
            var row = new float[columns];
            blocks.type().widen(blocks.bytes(), (long) r * columns, columns, row, 0);
            for (int c = 0; c < columns; c++)
                into.set(SHORT, 2 * ((long) r * columns + c), (short) (Float.floatToRawIntBits(row[c]) >>> 16));
        });
    }

    // ---- writing ----

    /**
     * The tensor that stacks others.
     *
     * @param pieces by their places in one tensor, all of one type and shape, (out, in) or (out)
     * @return a tensor of plain numbers, (slices, in, out) or (slices, out), made slice by slice
     */
    public static TensorData stacked(Map<Part, TensorData> pieces) {
        var place = pieces.keySet().iterator().next();
        var one = pieces.get(place);
        var outs = one.shape()[0] * place.step;
        var shape = one.shape().length == 1 ? new long[] {place.slices, outs} : new long[] {place.slices, one.shape()[1], outs};
        return new TensorData(place.tensor, one.dtype(), shape, sink -> {
            for (int slice = 0; slice < place.slices; slice++) {
                try (var arena = Arena.ofConfined()) {
                    var whole = arena.allocate(one.bytes() * place.step, 8);
                    for (var piece : pieces.entrySet())
                        if (piece.getKey().slice == slice) scatter(piece.getValue(), arena, piece.getKey(), whole);
                    sink.write(whole);
                }
            }
        });
    }

    private static void scatter(TensorData piece, Arena arena, Part place, MemorySegment into) throws IOException {
        var from = piece.bytesIn(arena);
        long rows = piece.shape()[0], columns = piece.shape().length == 1 ? 1 : piece.shape()[1], wide = rows * place.step;
        var width = piece.dtype().bytes();
        for (long c = 0; c < columns; c++) {
            for (long r = 0; r < rows; r++)
                MemorySegment.copy(from, (r * columns + c) * width, into, (c * wide + place.first + r * place.step) * width, width);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
