package dev.parley.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.kernels.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file: eight bytes with the length of a header, the header in JSON, the tensors' bytes. The file is mapped,
 * and checked whole before a tensor is read: every tensor's bytes lie in the file, fit its type and shape, and do
 * not overlap another's. Format: https://github.com/huggingface/safetensors.
 */
final class Safetensors implements WeightSource {

    static final Map<String, DType> DTYPES = Map.of("F32", DType.FLOAT32, "F64", DType.FLOAT64, "F16", DType.FLOAT16,
            "BF16", DType.BFLOAT16, "I64", DType.INT64, "I32", DType.INT32, "I16", DType.INT16, "I8", DType.INT8,
            "U8", DType.UINT8, "BOOL", DType.BOOL);

    private static final long LARGEST_HEADER = 100_000_000;
    private static final int MOST_DIMENSIONS = 16;
    private static final ValueLayout.OfLong LITTLE_ENDIAN = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ObjectMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final Map<String, Entry> entries;

    /** A tensor and where its bytes lie after the header. */
    private record Entry(TensorInfo info, long begin, long end) {}

    private Safetensors(Path file, Arena arena, MemorySegment data, Map<String, Entry> entries) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.entries = entries;
    }

    static Safetensors open(Path file) throws IOException {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file)) {
            var size = channel.size();
            if (size < 8) throw new WeightFileException(file, "the file has " + size + " bytes, too few for a header");
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            var headerLength = headerLength(file, bytes.get(LITTLE_ENDIAN, 0), size);
            var header = header(file, bytes.asSlice(8, headerLength).toArray(ValueLayout.JAVA_BYTE));
            var data = bytes.asSlice(8 + headerLength);
            return new Safetensors(file, arena, data, entries(file, header, data.byteSize()));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Checks what a file says of its header's length. */
    static long headerLength(Path file, long said, long size) {
        if (said < 0 || said > LARGEST_HEADER || said > size - 8)
            throw new WeightFileException(file,
                    "the header is said to have " + Long.toUnsignedString(said) + " bytes, the file has " + size);
        return said;
    }

    private static JsonNode header(Path file, byte[] bytes) {
        try {
            var header = JSON.readTree(bytes);
            if (header == null || !header.isObject()) throw new WeightFileException(file, "the header is not a JSON object");
            return header;
        } catch (JsonProcessingException e) {
            throw new WeightFileException(file, "the header is not JSON (" + e.getOriginalMessage() + ")");
        } catch (IOException e) { // bytes that are no characters
            throw new WeightFileException(file, "the header is not JSON (" + e.getMessage() + ")");
        }
    }

    private static Map<String, Entry> entries(Path file, JsonNode header, long size) {
        var entries = new LinkedHashMap<String, Entry>();
        for (var property : header.properties()) {
            if (!property.getKey().equals("__metadata__"))
                entries.put(property.getKey(), entry(file, property.getKey(), property.getValue(), size));
        }
        checkNoOverlap(file, entries);
        return entries;
    }

    private static Entry entry(Path file, String name, JsonNode json, long size) {
        var dtype = DTYPES.get(json.path("dtype").asText());
        if (dtype == null) throw fault(file, name, "has the unknown dtype " + json.path("dtype"));
        var shape = json.path("shape");
        if (!shape.isArray() || shape.size() > MOST_DIMENSIONS) throw fault(file, name, "has no shape that could be");
        var sizes = new long[shape.size()];
        var bytes = (long) dtype.bytes();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = wholeNumber(file, name, shape.get(i));
            var product = Math.multiplyHigh(bytes, sizes[i]) == 0 ? bytes * sizes[i] : -1;
            if (product < 0) throw fault(file, name, "has the shape " + shape + ", which no file can hold");
            bytes = product;
        }
        var offsets = json.path("data_offsets");
        if (!offsets.isArray() || offsets.size() != 2) throw fault(file, name, "has no data_offsets [begin, end]");
        var begin = wholeNumber(file, name, offsets.get(0));
        var end = wholeNumber(file, name, offsets.get(1));
        if (begin > end || end > size) {
            throw fault(file, name, "lies at bytes " + begin + ".." + end + ", the file has " + size + " bytes of data");
        }
        if (end - begin != bytes) {
            throw fault(file, name, "has " + (end - begin) + " bytes; " + dtype + " of shape " + shape + " needs " + bytes);
        }
        return new Entry(new TensorInfo(name, dtype, sizes, file), begin, end);
    }

    private static long wholeNumber(Path file, String name, JsonNode json) {
        if (!json.isIntegralNumber() || !json.canConvertToLong() || json.longValue() < 0) {
            throw fault(file, name, "has the number " + json + " where a size or an offset belongs");
        }
        return json.longValue();
    }

    private static void checkNoOverlap(Path file, Map<String, Entry> entries) {
        var sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).begin() < sorted.get(i - 1).end()) {
                throw fault(file, sorted.get(i).info().name(), "overlaps tensor \"" + sorted.get(i - 1).info().name() + "\"");
            }
        }
    }

    private static WeightFileException fault(Path file, String tensor, String fault) {
        return new WeightFileException(file, "tensor \"" + tensor + "\" " + fault);
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return entry(name).info();
    }

    @Override
    public MemorySegment bytes(String name) {
        var entry = entry(name);
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    private Entry entry(String name) {
        var entry = entries.get(name);
        if (entry == null) throw new WeightFileException(file, "there is no tensor \"" + name + "\"");
        return entry;
    }

    @Override
    public void close() {
        arena.close();
    }
}
