package dev.parley.data.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Structures in Thrift's compact protocol, by the fields' numbers: whole numbers are Long, strings byte[], lists and structures nest. */
final class CompactThrift {

    private static final int DEEPEST = 40;

    private final ByteBuffer in;

    CompactThrift(ByteBuffer in) {
        this.in = in;
    }

    /** The fields of a structure. */
    record Fields(Map<Integer, Object> byNumber) {

        boolean has(int number) {
            return byNumber.containsKey(number);
        }

        long number(int number, long otherwise) {
            return byNumber.get(number) instanceof Long l ? l : otherwise;
        }

        int small(int number, int otherwise) {
            return Math.toIntExact(number(number, otherwise));
        }

        boolean truth(int number, boolean otherwise) {
            return byNumber.get(number) instanceof Boolean b ? b : otherwise;
        }

        String text(int number) {
            return byNumber.get(number) instanceof byte[] b ? new String(b, StandardCharsets.UTF_8) : "";
        }

        Fields fields(int number) {
            return byNumber.get(number) instanceof Fields f ? f : new Fields(Map.of());
        }

        List<Fields> list(int number) {
            return byNumber.get(number) instanceof List<?> l ? l.stream().map(Fields.class::cast).toList() : List.of();
        }
    }

    Fields structure() {
        return structure(0);
    }

    private Fields structure(int depth) {
        if (depth > DEEPEST) throw new ParquetException("its footer is nested too deep");
        var fields = new HashMap<Integer, Object>();
        var number = 0;
        while (true) {
            var head = in.get() & 0xff;
            if (head == 0) return new Fields(fields);
            number = head >>> 4 == 0 ? (int) zigzag() : number + (head >>> 4);
            var type = head & 15;
            fields.put(number, type == 1 || type == 2 ? (Object) (type == 1) : value(type, depth));
        }
    }

    private Object value(int type, int depth) {
        return switch (type) {
            case 1, 2 -> in.get() == 1; // in lists
            case 3 -> (long) in.get();
            case 4, 5, 6 -> zigzag();
            case 7 -> in.order(ByteOrder.LITTLE_ENDIAN).getDouble();
            case 8 -> bytes();
            case 9, 10 -> list(depth);
            case 12 -> structure(depth + 1);
            default -> throw new ParquetException("its footer holds a field of the unknown type " + type);
        };
    }

    private byte[] bytes() {
        var n = varint();
        if (n < 0 || n > in.remaining()) throw new ParquetException("its footer is cut off");
        var bytes = new byte[(int) n];
        in.get(bytes);
        return bytes;
    }

    private List<Object> list(int depth) {
        var head = in.get() & 0xff;
        long n = head >>> 4 == 15 ? varint() : head >>> 4;
        if (n < 0 || n > in.remaining()) throw new ParquetException("its footer is cut off");
        var items = new ArrayList<Object>();
        for (int i = 0; i < n; i++) items.add(value(head & 15, depth + 1));
        return items;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            var b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) return value;
        }
        throw new ParquetException("its footer holds a number of more than 64 bits");
    }

    private long zigzag() {
        var n = varint();
        return n >>> 1 ^ -(n & 1);
    }
}
