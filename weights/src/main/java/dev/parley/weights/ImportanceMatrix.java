package dev.parley.weights;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much the errors of a matrix count when it is rounded, column by column: the mean square of the number that the column is multiplied
 * by, over the tokens of a text. It is computed by a model, or read from a file of llama.cpp's {@code llama-imatrix}.
 *
 * @param source the text's or the file's name
 * @param chunks pieces of text that were read
 * @param means by the names of GGUF's tensors; where a tensor stacks matrices, for each in turn
 */
public record ImportanceMatrix(String source, int chunks, Map<String, float[]> means) {

    /** Nothing is known: every column counts the same. */
    public static final ImportanceMatrix NONE = new ImportanceMatrix("", 0, Map.of());

    private static final String SUMS = ".in_sum2";
    private static final String COUNTS = ".counts";
    private static final int GGUF = 0x46554747;
    private static final int LONGEST_NAME = 1024;

    public ImportanceMatrix {
        means = Map.copyOf(means);
    }

    /** Whether nothing is known. */
    public boolean isEmpty() {
        return means.isEmpty();
    }

    /**
     * What is known of a tensor; empty if nothing is.
     *
     * @throws WeightFileException if it is of another size than the tensor
     */
    public float[] of(String tensor, int columns, int matrices) {
        var found = means.get(tensor);
        if (found == null) return new float[0];
        if (found.length != (long) columns * matrices) {
            throw new WeightFileException(Path.of(source), "it says of \"" + tensor + "\" " + found.length + " numbers where the model has "
                    + (long) columns * matrices + " columns; it is another model's");
        }
        return found;
    }

    /** True of a file that llama.cpp wrote, in its form of today or in the older one that is called {@code .dat}; else it is a text. */
    public static boolean isIn(Path file) throws IOException {
        if (file.toString().endsWith(".dat")) return true;
        try (var channel = FileChannel.open(file)) {
            var first = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            return channel.read(first) == 4 && first.getInt(0) == GGUF;
        }
    }

    /**
     * Reads a file of llama.cpp's.
     *
     * @throws WeightFileException naming what is wrong with it
     * @throws IOException if it cannot be read
     */
    public static ImportanceMatrix read(Path file) throws IOException {
        var read = file.toString().endsWith(".dat") ? readOld(file) : readGguf(file);
        for (var each : read.means.entrySet()) {
            for (var mean : each.getValue()) {
                if (!(mean >= 0) || mean == Float.POSITIVE_INFINITY)
                    throw new WeightFileException(file, "\"" + each.getKey() + "\" has the mean square " + mean);
            }
        }
        if (read.isEmpty()) throw new WeightFileException(file, "it holds no mean squares");
        return read;
    }

    /** Sums of squares and numbers of tokens. */
    private static ImportanceMatrix readGguf(Path file) throws IOException {
        try (var gguf = Gguf.open(file)) {
            if (!"imatrix".equals(gguf.metadata().get("general.type")))
                throw new WeightFileException(file, "this is no importance matrix: general.type is " + gguf.metadata().get("general.type"));
            var means = new LinkedHashMap<String, float[]>();
            for (var entry : gguf.tensors().values()) {
                if (!entry.name().endsWith(SUMS)) continue;
                var name = entry.name().substring(0, entry.name().length() - SUMS.length());
                var counts = gguf.tensors().get(name + COUNTS);
                if (counts == null || entry.elements() % counts.elements() != 0)
                    throw new WeightFileException(file, "\"" + name + "\" has sums without the numbers of tokens that belong to them");
                means.put(name, means(numbers(file, entry), numbers(file, counts)));
            }
            var chunks = gguf.metadata().get("imatrix.chunk_count") instanceof Long n ? n.intValue() : 0;
            return new ImportanceMatrix(file.toString(), chunks, means);
        }
    }

    private static float[] numbers(Path file, Gguf.TensorEntry tensor) {
        if (tensor.type() != GgmlType.F32)
            throw new WeightFileException(file, "\"" + tensor.name() + "\" is in " + tensor.type() + ", not F32");
        return tensor.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
    }

    /** @param counts of tokens, one for each matrix; of one that none has asked nothing is known, and its columns count the same */
    private static float[] means(float[] sums, float[] counts) {
        var means = new float[sums.length];
        var size = sums.length / counts.length;
        for (int i = 0; i < sums.length; i++) means[i] = counts[i / size] > 0 ? sums[i] / counts[i / size] : 1;
        return means;
    }

    /** Numbers of entries, then of each its name, how often it was added to, and mean squares times that. */
    private static ImportanceMatrix readOld(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(Integer.MAX_VALUE, channel.size()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            var means = new LinkedHashMap<String, float[]>();
            int entries = bytes.getInt(), chunks = 0;
            if (entries < 1 || entries > bytes.remaining() / 16)
                throw new WeightFileException(file, "it is said to hold " + entries + " entries");
            for (int e = 0; e < entries; e++) {
                var name = new byte[checked(file, bytes, bytes.getInt(), 1, LONGEST_NAME)];
                bytes.get(name);
                var calls = bytes.getInt();
                var sums = new float[checked(file, bytes, bytes.getInt(), 4, Integer.MAX_VALUE)];
                for (int i = 0; i < sums.length; i++) sums[i] = bytes.getFloat() / Math.max(1, calls);
                means.put(new String(name, StandardCharsets.UTF_8), sums);
            }
            if (bytes.remaining() >= 4) chunks = bytes.getInt();
            return new ImportanceMatrix(file.toString(), chunks, means);
        } catch (java.nio.BufferUnderflowException e) {
            throw new WeightFileException(file, "the file ends early");
        }
    }

    private static int checked(Path file, ByteBuffer bytes, int count, int size, int most) {
        if (count < 1 || count > most || count > bytes.remaining() / size)
            throw new WeightFileException(file, "an entry is said to have " + count + " parts, more than fit");
        return count;
    }
}
