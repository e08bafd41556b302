package dev.parley.weights;

import dev.parley.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The datasets of an HDF5 file in the classic layout that h5py and Keras write: superblock 0 or 1, object headers of version
 * 1, groups as B-trees of symbol tables. Each part of the file is visited once, so that no file takes longer to read than
 * its size allows, and nothing of it is copied but names. Format: The HDF Group, "HDF5 File Format Specification 3.0",
 * sections II.A, III.A to III.D, IV.A.
 */
final class Hdf5 {

    /** A contiguous array of floating-point numbers. */
    record Dataset(String path, DType dtype, long[] shape, long address, long size) {}

    private static final long SIGNATURE = 0x0a1a0a0d46444889L; // "\x89HDF\r\n\x1a\n"
    private static final int TREE = 0x45455254, SYMBOLS = 0x444f4e53, HEAP = 0x50414548, HEADER_2 = 0x5244484f;
    private static final int SYMBOL_BYTES = 40, DEEPEST = 32, LONGEST_NAME = 1024, MOST_DIMENSIONS = 16;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private final Set<Long> visited = new HashSet<>();
    private final Map<String, Dataset> datasets = new LinkedHashMap<>();
    private long headerBytes;

    /** A message of an object header: its kind, and where it lies. */
    private record Message(int type, boolean shared, MemorySegment data) {}

    private Hdf5(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * All datasets by their paths, in the order of the file's groups.
     *
     * @throws WeightFileException if the file is damaged, or a dataset is no contiguous array of little-endian floats
     */
    static Map<String, Dataset> datasets(Path file, MemorySegment bytes) {
        var reader = new Hdf5(file, bytes);
        try {
            reader.object("", reader.root(), 0);
        } catch (IndexOutOfBoundsException e) {
            throw new WeightFileException(file, "the file is damaged: a part of it points beyond its end");
        }
        reader.checkNoOverlap();
        return reader.datasets;
    }

    private WeightFileException fault(String fault) {
        return new WeightFileException(file, fault);
    }

    private WeightFileException fault(String path, String fault) {
        return fault("dataset \"" + path + "\" " + fault);
    }

    /** The address of the root group's header. */
    private long root() {
        if (bytes.byteSize() < 96 || bytes.get(LONG, 0) != SIGNATURE) throw fault("this is no HDF5 file");
        var version = bytes.get(ValueLayout.JAVA_BYTE, 8);
        if (version != 0 && version != 1) {
            throw fault("the file has HDF5's superblock " + version + "; save it again with h5py's libver=\"earliest\", or as safetensors");
        }
        if (bytes.get(ValueLayout.JAVA_BYTE, 13) != 8 || bytes.get(ValueLayout.JAVA_BYTE, 14) != 8)
            throw fault("its addresses have not 8 bytes");
        var addresses = version == 0 ? 24 : 28;
        if (bytes.get(LONG, addresses) != 0) throw fault("its addresses do not count from the beginning of the file");
        return bytes.get(LONG, addresses + 32 + 8);
    }

    /** A part of the file that has not been looked at before: what is reached twice would be reached for ever. */
    private MemorySegment part(long address, long size) {
        if (!visited.add(address)) throw fault("the file is damaged: two parts of it point to the same place");
        return bytes.asSlice(address, size);
    }

    private void object(String path, long address, int depth) {
        if (depth > DEEPEST) throw fault("the groups are nested too deep");
        var messages = header(address);
        if (message(messages, 0x11) != null) {
            group(path, message(messages, 0x11), depth);
        } else if (message(messages, 0x08) != null) {
            datasets.put(path, dataset(path, messages));
        } else {
            throw fault("the object \"" + path
                    + "\" is neither an old-style group nor a dataset; save the file again with h5py's libver=\"earliest\", or as "
                    + "safetensors");
        }
    }

    // ---- object headers (IV.A.1.a) ----

    private List<Message> header(long address) {
        if (bytes.get(INT, address) == HEADER_2)
            throw fault("the file has HDF5's newer object headers; save it again with h5py's libver=\"earliest\", or as safetensors");
        var prefix = part(address, 16);
        if (prefix.get(ValueLayout.JAVA_BYTE, 0) != 1) throw fault("the file is damaged: there is no object header where one should be");
        var messages = new ArrayList<Message>();
        messages(bytes.asSlice(address + 16, Integer.toUnsignedLong(prefix.get(INT, 8))), messages, 0);
        return messages;
    }

    private void messages(MemorySegment block, List<Message> messages, int depth) {
        headerBytes += block.byteSize();
        if (depth > DEEPEST || headerBytes > bytes.byteSize()) throw fault("the file is damaged: its object headers overlap");
        for (long at = 0; at + 8 <= block.byteSize();) {
            var size = Short.toUnsignedInt(block.get(SHORT, at + 2));
            var message = new Message(Short.toUnsignedInt(block.get(SHORT, at)), (block.get(ValueLayout.JAVA_BYTE, at + 4) & 2) != 0,
                    block.asSlice(at + 8, size));
            if (message.type() == 0x10) messages(part(message.data().get(LONG, 0), message.data().get(LONG, 8)), messages, depth + 1);
            else if (message.type() != 0) messages.add(message); // 0 fills gaps
            at += 8 + size;
        }
    }

    /** The message of a kind; null if there is none. */
    private static MemorySegment message(List<Message> messages, int type) {
        for (var message : messages) if (message.type() == type) return message.data();
        return null;
    }

    // ---- groups (III.A.1, III.B, III.D) ----

    private void group(String path, MemorySegment symbolTable, int depth) {
        var heap = part(symbolTable.get(LONG, 8), 32);
        if (heap.get(INT, 0) != HEAP) throw fault("the file is damaged: the group \"" + path + "\" has no names");
        var names = bytes.asSlice(heap.get(LONG, 24), heap.get(LONG, 8));
        tree(path, symbolTable.get(LONG, 0), names, depth, 0);
    }

    private void tree(String path, long address, MemorySegment names, int depth, int treeDepth) {
        if (treeDepth > DEEPEST) throw fault("the tree of the group \"" + path + "\" is too deep");
        var node = part(address, 24);
        if (node.get(INT, 0) != TREE || node.get(ValueLayout.JAVA_BYTE, 4) != 0)
            throw fault("the file is damaged: the group \"" + path + "\" has no tree");
        var entries = Short.toUnsignedInt(node.get(SHORT, 6));
        for (int i = 0; i < entries; i++) {
            var child = bytes.get(LONG, address + 24 + 16L * i + 8); // keys and children take turns
            if (node.get(ValueLayout.JAVA_BYTE, 5) == 0) symbols(path, child, names, depth);
            else tree(path, child, names, depth, treeDepth + 1);
        }
    }

    private void symbols(String path, long address, MemorySegment names, int depth) {
        var node = part(address, 8);
        if (node.get(INT, 0) != SYMBOLS) throw fault("the file is damaged: the group \"" + path + "\" has no symbol table");
        var entries = Short.toUnsignedInt(node.get(SHORT, 6));
        for (int i = 0; i < entries; i++) {
            var entry = bytes.asSlice(address + 8 + (long) SYMBOL_BYTES * i, SYMBOL_BYTES);
            var name = path.isEmpty() ? name(names, entry.get(LONG, 0)) : path + "/" + name(names, entry.get(LONG, 0));
            if (entry.get(INT, 16) == 2) throw fault("\"" + name + "\" is a link");
            if (name.length() > LONGEST_NAME) throw fault("the file is damaged: a path has " + name.length() + " characters");
            object(name, entry.get(LONG, 8), depth + 1);
        }
    }

    private String name(MemorySegment names, long offset) {
        for (long end = offset; end < Math.min(names.byteSize(), offset + LONGEST_NAME); end++) {
            if (names.get(ValueLayout.JAVA_BYTE, end) == 0) {
                return new String(names.asSlice(offset, end - offset).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            }
        }
        throw fault("the file is damaged: a name does not end");
    }

    // ---- datasets (IV.A.2.b, d, i) ----

    private Dataset dataset(String path, List<Message> messages) {
        MemorySegment space = message(messages, 0x01), type = message(messages, 0x03), layout = message(messages, 0x08);
        if (space == null || type == null || messages.stream().anyMatch(m -> m.shared() && m.type() == 0x03))
            throw fault(path, "has no shape or no type of its own");
        var dtype = dtype(path, type);
        var shape = shape(path, space);
        var size = (long) dtype.bytes();
        for (var n : shape) {
            if (n < 0 || Math.multiplyHigh(size, n) != 0 || size * n < 0) throw fault(path, "has a shape that no file can hold");
            size *= n;
        }
        var version = layout.get(ValueLayout.JAVA_BYTE, 0);
        var kind = layout.get(ValueLayout.JAVA_BYTE, 1);
        if (version != 3 && version != 4 || kind != 1) {
            throw fault(path, "does not lie in one piece (it may be compressed); write it again without chunks, or as safetensors");
        }
        long address = layout.get(LONG, 2), stored = layout.get(LONG, 10);
        if (stored != size) throw fault(path, "has " + Long.toUnsignedString(stored) + " bytes; its shape needs " + size);
        if (address < 0 || address > bytes.byteSize() - size) throw fault(path, "reaches beyond the end of the file");
        return new Dataset(path, dtype, shape, address, size);
    }

    private long[] shape(String path, MemorySegment space) {
        var version = space.get(ValueLayout.JAVA_BYTE, 0);
        var rank = Byte.toUnsignedInt(space.get(ValueLayout.JAVA_BYTE, 1));
        if (version != 1 && version != 2 || rank > MOST_DIMENSIONS) throw fault(path, "has no shape that could be");
        var shape = new long[rank];
        for (int i = 0; i < rank; i++) shape[i] = space.get(LONG, (version == 1 ? 8 : 4) + 8L * i);
        return shape;
    }

    /** A floating-point number is told by its size, the place of its parts and the bias of its exponent. */
    private DType dtype(String path, MemorySegment type) {
        var kind = type.get(ValueLayout.JAVA_BYTE, 0) & 15;
        var bigEndian = (type.get(ValueLayout.JAVA_BYTE, 1) & 0x41) != 0;
        if (kind != 1 || bigEndian) throw fault(path, "does not hold little-endian floating-point numbers");
        var size = type.get(INT, 4);
        var parts = type.get(INT, 12); // exponent location and size, mantissa location and size
        var bias = type.get(INT, 16);
        if (size == 4 && parts == 0x17000817 && bias == 127) return DType.FLOAT32;
        if (size == 2 && parts == 0x0a00050a && bias == 15) return DType.FLOAT16;
        if (size == 8 && parts == 0x34000b34 && bias == 1023) return DType.FLOAT64;
        throw fault(path, "holds floating-point numbers of an unknown form (" + size + " bytes)");
    }

    private void checkNoOverlap() {
        var sorted = new ArrayList<>(datasets.values());
        sorted.removeIf(d -> d.size() == 0);
        sorted.sort(Comparator.comparingLong(Dataset::address));
        for (int i = 1; i < sorted.size(); i++) {
            var before = sorted.get(i - 1);
            if (sorted.get(i).address() < before.address() + before.size())
                throw fault(sorted.get(i).path(), "overlaps \"" + before.path() + "\"");
        }
    }
}
