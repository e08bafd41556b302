package dev.parley.weights;

import dev.parley.kernels.DType;
import dev.parley.weights.Pickle.Storage;
import dev.parley.weights.Pickle.StridedTensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A {@code pytorch_model.bin} in its zip form: {@code data.pkl} says which tensors there are, {@code data/KEY} hold the
 * bytes of their storages. Several tensors may be views of one storage, with strides of their own.
 */
final class PickledWeights implements WeightSource {

    private static final long LARGEST_PICKLE = 64L << 20;
    private static final int MOST_DIMENSIONS = 16;
    private static final int MOST_VIEWED = 3; // tied weights are there twice
    private static final Map<String, DType> DTYPES = Map.of("FloatStorage", DType.FLOAT32, "DoubleStorage", DType.FLOAT64,
            "HalfStorage", DType.FLOAT16, "BFloat16Storage", DType.BFLOAT16, "LongStorage", DType.INT64, "IntStorage", DType.INT32,
            "ShortStorage", DType.INT16, "CharStorage", DType.INT8, "ByteStorage", DType.UINT8, "BoolStorage", DType.BOOL);

    private final Path file;
    private final ZipFile zip;
    private final String prefix;
    private final Map<String, StridedTensor> tensors = new LinkedHashMap<>();
    private final Map<Storage, MemorySegment> storages = new HashMap<>();
    private final Arena arena = Arena.ofShared();

    private PickledWeights(Path file, ZipFile zip, String prefix) {
        this.file = file;
        this.zip = zip;
        this.prefix = prefix;
    }

    static PickledWeights open(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException | EOFException e) {
            throw new WeightFileException(file, "this is not the zip form of a PyTorch file (" + e.getMessage()
                    + "); save it again by torch.save of PyTorch 1.6 or later, or as safetensors");
        }
        try {
            var pickle = zip.stream().filter(e -> e.getName().matches("[^/]+/data\\.pkl")).findFirst()
                    .orElseThrow(() -> new WeightFileException(file, "there is no data.pkl in the archive"));
            var prefix = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
            var weights = new PickledWeights(file, zip, prefix);
            weights.checkByteOrder();
            weights.collect(Pickle.read(weights.small(pickle)));
            return weights;
        } catch (ZipException | EOFException e) {
            zip.close();
            throw damaged(file, e);
        } catch (IllegalArgumentException e) {
            zip.close();
            throw new WeightFileException(file, e.getMessage());
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static WeightFileException damaged(Path file, IOException fault) {
        return new WeightFileException(file,
                "the archive is damaged" + (fault.getMessage() == null ? "" : " (" + fault.getMessage() + ")"));
    }

    private void checkByteOrder() throws IOException {
        var marker = zip.getEntry(prefix + "byteorder");
        if (marker != null && !new String(small(marker), StandardCharsets.US_ASCII).strip().equals("little")) {
            throw new WeightFileException(file, "the tensors were saved on a big-endian machine");
        }
    }

    private byte[] small(ZipEntry entry) throws IOException {
        if (storedSize(entry) > LARGEST_PICKLE) throw new WeightFileException(file, entry.getName() + " is larger than it can be (64 MiB)");
        try (var in = zip.getInputStream(entry)) {
            return in.readNBytes((int) storedSize(entry));
        }
    }

    /** PyTorch never compresses; a compressed entry could unpack to far more than the file's own size. */
    private long storedSize(ZipEntry entry) throws IOException {
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize() || entry.getSize() > Files.size(file)) {
            throw new WeightFileException(file, "the entry " + entry.getName() + " is compressed, or its size is wrong");
        }
        return entry.getSize();
    }

    private void collect(Object root) throws IOException {
        if (!(root instanceof Map<?, ?> map)) throw new WeightFileException(file, "the pickle holds no state dict");
        for (var entry : map.entrySet()) {
            if (!(entry.getValue() instanceof StridedTensor tensor)) {
                throw new WeightFileException(file, "the pickle's entry \"" + entry.getKey() + "\" is no tensor");
            }
            check(entry.getKey().toString(), tensor);
            tensors.put(entry.getKey().toString(), tensor);
        }
        checkTotals();
    }

    /** Many views of one storage, or many storages in the same bytes, must not need far more memory than the file has. */
    private void checkTotals() throws IOException {
        var views = tensors.values().stream().mapToDouble(t -> (double) elements(t) * width(t.storage())).sum();
        var stored = tensors.values().stream().map(StridedTensor::storage).distinct().mapToDouble(s -> (double) s.elements() * width(s))
                .sum();
        if (stored > Files.size(file) || views > MOST_VIEWED * Files.size(file))
            throw new WeightFileException(file, "the tensors are larger than the file");
    }

    private static int width(Storage storage) {
        return DTYPES.get(storage.type()).bytes();
    }

    private static long elements(StridedTensor tensor) {
        return Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b);
    }

    private void check(String name, StridedTensor tensor) throws IOException {
        var storage = tensor.storage();
        var dtype = DTYPES.get(storage.type());
        if (dtype == null) throw fault(name, "has the unknown type " + storage.type());
        var entry = entry(name, storage);
        if (storage.elements() < 0 || storage.elements() > storedSize(entry) / dtype.bytes()) {
            throw fault(name,
                    "needs a storage of " + storage.elements() + " elements; " + entry.getName() + " has " + entry.getSize() + " bytes");
        }
        var last = tensor.offset();
        var elements = 1L;
        if (tensor.shape().length > MOST_DIMENSIONS || tensor.shape().length != tensor.strides().length || tensor.offset() < 0)
            throw fault(name, "has no shape that could be");
        for (int i = 0; i < tensor.shape().length; i++) {
            var size = tensor.shape()[i];
            var stride = tensor.strides()[i];
            if (size < 0 || stride < 0 || size > Integer.MAX_VALUE || stride > Integer.MAX_VALUE)
                throw fault(name, "has no shape that could be");
            if (Math.multiplyHigh(elements, size) != 0 || elements * size < 0) throw fault(name, "has no shape that could be");
            elements *= size;
            last += Math.max(0, size - 1) * stride;
            if (last < 0) throw fault(name, "reaches beyond its storage");
        }
        if (elements > 0 && last >= storage.elements()) throw fault(name, "reaches beyond its storage");
        if (elements > Files.size(file) / dtype.bytes()) throw fault(name, "is larger than the file");
    }

    private ZipEntry entry(String name, Storage storage) {
        var entry = zip.getEntry(prefix + "data/" + storage.key());
        if (entry == null) throw fault(name, "needs the storage " + storage.key() + ", which is missing");
        return entry;
    }

    private WeightFileException fault(String tensor, String fault) {
        return new WeightFileException(file, "tensor \"" + tensor + "\" " + fault);
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        var tensor = tensor(name);
        return new TensorInfo(name, DTYPES.get(tensor.storage().type()), tensor.shape(), file);
    }

    @Override
    public MemorySegment bytes(String name) {
        var tensor = tensor(name);
        var width = DTYPES.get(tensor.storage().type()).bytes();
        var storage = storage(name, tensor.storage(), width);
        var elements = info(name).elements();
        if (tensor.isRowMajor()) return storage.asSlice(tensor.offset() * width, elements * width);
        var rowMajor = arena.allocate(Math.max(1, elements * width), width);
        copy(tensor, 0, tensor.offset(), storage, rowMajor, 0, width);
        return rowMajor.asSlice(0, elements * width);
    }

    /** Copies what lies under one dimension, in row-major order; gives the number of elements copied up to there. */
    private static long copy(StridedTensor tensor, int dim, long from, MemorySegment storage, MemorySegment into, long at, int width) {
        if (dim == tensor.shape().length) {
            MemorySegment.copy(storage, from * width, into, at * width, width);
            return at + 1;
        }
        for (long i = 0; i < tensor.shape()[dim]; i++)
            at = copy(tensor, dim + 1, from + i * tensor.strides()[dim], storage, into, at, width);
        return at;
    }

    /** The bytes of a storage; tensors that share one share the memory. */
    private MemorySegment storage(String name, Storage storage, int width) {
        var known = storages.get(storage);
        if (known != null) return known;
        var bytes = arena.allocate(Math.max(1, storage.elements() * width), 8).asSlice(0, storage.elements() * width);
        try {
            fill(bytes, entry(name, storage));
        } catch (ZipException | EOFException e) {
            throw damaged(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
        storages.put(storage, bytes);
        return bytes;
    }

    private void fill(MemorySegment bytes, ZipEntry entry) throws IOException {
        var piece = new byte[1 << 16];
        try (var in = zip.getInputStream(entry)) {
            for (long at = 0; at < bytes.byteSize();) {
                var n = in.read(piece, 0, (int) Math.min(piece.length, bytes.byteSize() - at));
                if (n < 0) throw new WeightFileException(file, "the entry " + entry.getName() + " ends early");
                MemorySegment.copy(MemorySegment.ofArray(piece), 0, bytes, at, n);
                at += n;
            }
        }
    }

    private StridedTensor tensor(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) throw new WeightFileException(file, "there is no tensor \"" + name + "\"");
        return tensor;
    }

    @Override
    public void close() throws IOException {
        arena.close();
        zip.close();
    }
}
