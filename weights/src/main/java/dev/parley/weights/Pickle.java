package dev.parley.weights;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the pickle of a state dict. A pickle is a program for a stack machine that may name any Python function to call;
 * this machine knows the few names that tensors need and refuses all others, so that no code is ever run from a file.
 * Opcodes: Python's {@code pickletools}.
 */
final class Pickle {

    /** A storage that the pickle refers to: elements of one type in an entry of the archive. */
    record Storage(String type, String key, long elements) {}

    /** A tensor as a view of a storage; offset and strides in elements. */
    record StridedTensor(Storage storage, long offset, long[] shape, long[] strides) {

        /** True if the elements lie one after the other in row-major order. */
        boolean isRowMajor() {
            var expected = 1L;
            for (int i = shape.length - 1; i >= 0; i--) {
                if (shape[i] != 1 && strides[i] != expected) return false;
                expected *= shape[i];
            }
            return true;
        }
    }

    /** The name of a Python class or function. */
    private record Global(String module, String name) {

        String path() {
            return module + "." + name;
        }
    }

    private static final int MOST_VALUES = 4_000_000;
    private static final Object MARK = new Object();

    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(byte[] bytes) {
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * What the pickle holds: maps, lists, strings, numbers, and {@link StridedTensor}s.
     *
     * @throws IllegalArgumentException if it asks for anything else, or is damaged
     */
    static Object read(byte[] bytes) {
        try {
            return new Pickle(bytes).run();
        } catch (BufferUnderflowException | NoSuchElementException | IndexOutOfBoundsException | ClassCastException | ArithmeticException
                | UnsupportedOperationException e) {
            throw new IllegalArgumentException("the pickle is damaged");
        }
    }

    private Object run() {
        while (true) {
            if (stack.size() > MOST_VALUES || memo.size() > MOST_VALUES)
                throw new IllegalArgumentException("the pickle holds too many values");
            var opcode = in.get() & 0xff;
            switch (opcode) {
                case 0x80 -> protocol(in.get()); // PROTO
                case 0x95 -> in.getLong(); // FRAME
                case '.' -> { // STOP
                    return pop();
                }
                case '(' -> stack.add(MARK);
                case '0' -> pop(); // POP
                case '1' -> popToMark(); // POP_MARK
                case 'N' -> stack.add(new Object[0]); // NONE, as something that is no value of ours
                case 0x88 -> stack.add(true); // NEWTRUE
                case 0x89 -> stack.add(false); // NEWFALSE
                case 'K' -> stack.add((long) (in.get() & 0xff)); // BININT1
                case 'M' -> stack.add((long) (in.getShort() & 0xffff)); // BININT2
                case 'J' -> stack.add((long) in.getInt()); // BININT
                case 0x8a -> stack.add(longInteger(in.get() & 0xff)); // LONG1
                case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // BINFLOAT
                case 'X' -> stack.add(text(in.getInt())); // BINUNICODE
                case 0x8c -> stack.add(text(in.get() & 0xff)); // SHORT_BINUNICODE
                case '}' -> stack.add(new LinkedHashMap<Object, Object>()); // EMPTY_DICT
                case ']' -> stack.add(new ArrayList<>()); // EMPTY_LIST
                case ')' -> stack.add(List.of()); // EMPTY_TUPLE
                case 't' -> stack.add(popToMark()); // TUPLE
                case 0x85 -> stack.add(popLast(1)); // TUPLE1
                case 0x86 -> stack.add(popLast(2)); // TUPLE2
                case 0x87 -> stack.add(popLast(3)); // TUPLE3
                case 'q' -> memo.put(in.get() & 0xff, top()); // BINPUT
                case 'r' -> memo.put(in.getInt(), top()); // LONG_BINPUT
                case 0x94 -> memo.put(memo.size(), top()); // MEMOIZE
                case 'h' -> stack.add(remembered(in.get() & 0xff)); // BINGET
                case 'j' -> stack.add(remembered(in.getInt())); // LONG_BINGET
                case 'c' -> stack.add(global(line(), line())); // GLOBAL
                case 0x93 -> { // STACK_GLOBAL
                    var names = popLast(2);
                    stack.add(global((String) names.get(0), (String) names.get(1)));
                }
                case 'Q' -> stack.add(storage((List<?>) pop())); // BINPERSID
                case 'R' -> { // REDUCE
                    var arguments = (List<?>) pop();
                    stack.add(call((Global) pop(), arguments));
                }
                case 'b' -> pop(); // BUILD: attributes of the dict (_metadata), which hold no tensor
                case 's' -> { // SETITEM
                    var item = popLast(2);
                    put(item.get(0), item.get(1));
                }
                case 'u' -> setItems(popToMark()); // SETITEMS
                case 'a' -> { // APPEND
                    var item = pop();
                    list(top()).add(item);
                }
                case 'e' -> { // APPENDS
                    var items = popToMark();
                    list(top()).addAll(items);
                }
                default -> throw new IllegalArgumentException(
                        "the pickle has the operation 0x" + Integer.toHexString(opcode) + ", which no state dict needs");
            }
        }
    }

    private static void protocol(byte version) {
        if (version < 2 || version > 5)
            throw new IllegalArgumentException("the pickle has the protocol " + version + "; 2 to 5 can be read");
    }

    private Object pop() {
        var value = stack.removeLast();
        if (value == MARK) throw new IllegalArgumentException("the pickle is damaged");
        return value;
    }

    private Object top() {
        return stack.getLast();
    }

    private List<Object> popLast(int n) {
        var tail = stack.subList(stack.size() - n, stack.size());
        var values = List.copyOf(tail);
        tail.clear();
        return values;
    }

    private List<Object> popToMark() {
        var at = stack.lastIndexOf(MARK);
        if (at < 0) throw new IllegalArgumentException("the pickle is damaged");
        var values = List.copyOf(stack.subList(at + 1, stack.size()));
        stack.subList(at, stack.size()).clear();
        return values;
    }

    private Object remembered(int index) {
        var value = memo.get(index);
        if (value == null) throw new IllegalArgumentException("the pickle is damaged");
        return value;
    }

    private String text(int length) {
        if (length < 0 || length > in.remaining()) throw new IllegalArgumentException("the pickle is damaged");
        var bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        var start = in.position();
        while (in.get() != '\n') continue;
        return new String(Arrays.copyOfRange(in.array(), start, in.position() - 1), StandardCharsets.UTF_8);
    }

    private long longInteger(int bytes) {
        if (bytes > 8) throw new IllegalArgumentException("the pickle has a whole number of " + bytes + " bytes");
        var value = 0L;
        for (int i = 0; i < bytes; i++) value |= (in.get() & 0xffL) << (8 * i);
        return bytes == 0 || bytes == 8 ? value : value << (64 - 8 * bytes) >> (64 - 8 * bytes);
    }

    private static Global global(String module, String name) {
        var global = new Global(module, name);
        var known = module.equals("torch") && name.endsWith("Storage") || List.of("collections.OrderedDict",
                "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter").contains(global.path());
        if (!known) throw new IllegalArgumentException("the pickle asks to run " + global.path() + ", and only tensors may be made");
        return global;
    }

    private static Object call(Global function, List<?> arguments) {
        return switch (function.path()) {
            case "collections.OrderedDict" -> {
                if (!arguments.isEmpty()) throw new IllegalArgumentException("the pickle fills an OrderedDict in an unknown way");
                yield new LinkedHashMap<>();
            }
            case "torch._utils._rebuild_tensor_v2" -> new StridedTensor((Storage) arguments.get(0), (Long) arguments.get(1),
                    longs((List<?>) arguments.get(2)), longs((List<?>) arguments.get(3)));
            case "torch._utils._rebuild_parameter" -> arguments.get(0);
            default -> throw new IllegalArgumentException("the pickle calls " + function.path() + ", which is no function");
        };
    }

    /** A reference to a storage: ("storage", type, key, device, elements). */
    private static Storage storage(List<?> id) {
        if (!"storage".equals(id.get(0))) throw new IllegalArgumentException("the pickle refers to something that is no storage");
        return new Storage(((Global) id.get(1)).name(), (String) id.get(2), (Long) id.get(4));
    }

    private static long[] longs(List<?> values) {
        return values.stream().mapToLong(v -> (Long) v).toArray();
    }

    private void setItems(List<Object> items) {
        for (int i = 0; i + 1 < items.size(); i += 2) put(items.get(i), items.get(i + 1));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** Keys are strings: a container as its own key would hash itself for ever. */
    @SuppressWarnings("unchecked")
    private void put(Object key, Object value) {
        if (!(key instanceof String)) throw new IllegalArgumentException("the pickle has a key that is no string");
        ((Map<Object, Object>) top()).put(key, value);
    }
}
