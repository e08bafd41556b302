package dev.parley.weights;

import dev.parley.kernels.DType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The index of a TensorFlow checkpoint: a {@link SortedTable} of Protocol Buffers messages, the header under the empty key and
 * a BundleEntryProto under each tensor's name. Format: TensorFlow's {@code tensor_bundle.proto} and {@code tensor_shape.proto}.
 *
 * @param shards files that the tensors' bytes lie in
 * @param entries by name
 */
record TensorBundle(int shards, Map<String, Entry> entries) {

    /**
     * Where a tensor lies.
     *
     * @param crc masked checksum of its bytes
     */
    record Entry(DType dtype, long[] shape, int shard, long offset, long size, int crc) {}

    private static final int MOST_SHARDS = 10_000, MOST_DIMENSIONS = 16;

    /** DataType of {@code types.proto}. */
    private static final Map<Long, DType> DTYPES = Map.of(1L, DType.FLOAT32, 2L, DType.FLOAT64, 3L, DType.INT32, 4L, DType.UINT8, 5L,
            DType.INT16,
            6L, DType.INT8, 9L, DType.INT64, 10L, DType.BOOL, 14L, DType.BFLOAT16, 19L, DType.FLOAT16);

    /** @throws IllegalArgumentException saying what is damaged */
    static TensorBundle read(byte[] index) {
        var table = SortedTable.read(index);
        var header = table.remove("");
        if (header == null) throw new IllegalArgumentException("the header is missing");
        var shards = shards(fields(header, "the header"));
        var entries = new LinkedHashMap<String, Entry>();
        table.forEach((name, value) -> entries.put(name, entry(name, fields(value, "tensor \"" + name + "\""))));
        return new TensorBundle(shards, entries);
    }

    private static int shards(Map<Integer, Object> header) {
        if (number(header, 2) != 0) throw new IllegalArgumentException("the tensors were saved on a big-endian machine");
        var shards = number(header, 1);
        if (shards < 1 || shards > MOST_SHARDS) throw new IllegalArgumentException("there are said to be " + shards + " files of tensors");
        return (int) shards;
    }

    private static Entry entry(String name, Map<Integer, Object> fields) {
        var dtype = DTYPES.get(number(fields, 1));
        if (dtype == null) throw new IllegalArgumentException(
                "tensor \"" + name + "\" has TensorFlow's type " + number(fields, 1) + ", which is no number");
        if (fields.containsKey(7)) throw new IllegalArgumentException("tensor \"" + name + "\" lies in slices");
        long shard = number(fields, 3), offset = number(fields, 4), size = number(fields, 5);
        var shape = shape(name, fields.get(2));
        var bytes = (long) dtype.bytes();
        for (var n : shape) {
            if (n < 0 || Math.multiplyHigh(bytes, n) != 0 || bytes * n < 0)
                throw new IllegalArgumentException("tensor \"" + name + "\" has a shape that no file can hold");
            bytes *= n;
        }
        if (size != bytes) throw new IllegalArgumentException("tensor \"" + name + "\" has " + size + " bytes; its shape needs " + bytes);
        if (shard < 0 || shard >= MOST_SHARDS || offset < 0) throw new IllegalArgumentException("tensor \"" + name + "\" lies nowhere");
        return new Entry(dtype, shape, (int) shard, offset, size, (int) number(fields, 6));
    }

    /** TensorShapeProto: a message for each dimension. */
    private static long[] shape(String name, Object shape) {
        if (!(shape instanceof ByteBuffer message)) return new long[0];
        var where = "the shape of tensor \"" + name + "\"";
        var sizes = new long[MOST_DIMENSIONS];
        var rank = 0;
        for (var in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN); in.hasRemaining();) {
            if (!(field(in, where) instanceof Field(int number, ByteBuffer dimension)) || number != 2 || rank == MOST_DIMENSIONS) {
                throw new IllegalArgumentException(where + " is damaged");
            }
            sizes[rank++] = number(fields(dimension, where), 1);
        }
        return Arrays.copyOf(sizes, rank);
    }

    // ---- Protocol Buffers ----

    private record Field(int number, Object value) {}

    /** The fields of a message by their numbers: Long, or the bytes of what is inside. A field given twice counts as its last. */
    private static Map<Integer, Object> fields(ByteBuffer message, String where) {
        var fields = new LinkedHashMap<Integer, Object>();
        for (var in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN); in.hasRemaining();) {
            var field = field(in, where);
            fields.put(field.number(), field.value());
        }
        return fields;
    }

    private static Field field(ByteBuffer in, String where) {
        try {
            var tag = Varint.read(in);
            var value = switch ((int) (tag & 7)) {
                case 0 -> (Object) Varint.read(in);
                case 1 -> in.getLong();
                case 2 -> inside(in, Varint.read(in));
                case 5 -> (long) in.getInt();
                default -> throw new IllegalArgumentException(where + " is damaged");
            };
            return new Field((int) (tag >>> 3), value);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(where + " is cut off");
        }
    }

    private static ByteBuffer inside(ByteBuffer in, long size) {
        if (size < 0 || size > in.remaining()) throw new BufferUnderflowException();
        var inside = in.slice(in.position(), (int) size);
        in.position(in.position() + (int) size);
        return inside;
    }

    private static long number(Map<Integer, Object> fields, int number) {
        return fields.get(number) instanceof Long value ? value : 0; // what is not written is 0
    }
}
