package dev.parley.weights;

import dev.parley.weights.TensorBundle.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * GPT-2 as OpenAI published it: a TensorFlow checkpoint, {@code NAME.index} with the tensors' places and
 * {@code NAME.data-00000-of-00001} with their bytes, mapped. The tensors have the names of the PyTorch model.
 */
final class CheckpointWeights implements WeightSource {

    private static final long LARGEST_INDEX = 16L << 20, LARGEST_POINTER = 1 << 20;
    private static final int CRC_PIECE = 1 << 30;
    private static final String POINTER = "checkpoint", USUAL = "model.ckpt.index", ENDING = ".index";

    /** The line of the file {@code checkpoint} that names the latest; a path is of the machine that wrote it, its last part is ours. */
    private static final Pattern LATEST = Pattern.compile("(?m)^model_checkpoint_path: \"(?:[^\"\\n]*[/\\\\])?([A-Za-z0-9_.-]{1,200})\"");

    private final Path index;
    private final Arena arena;
    private final Map<String, Tensor> tensors;

    private record Tensor(TensorInfo info, MemorySegment bytes, int crc) {}

    private CheckpointWeights(Path index, Arena arena, Map<String, Tensor> tensors) {
        this.index = index;
        this.arena = arena;
        this.tensors = tensors;
    }

    /** The index of a folder's checkpoint: that which the file {@code checkpoint} names, else {@code model.ckpt.index}. */
    static Optional<Path> find(Path folder) throws IOException {
        var pointer = folder.resolve(POINTER);
        if (Files.isRegularFile(pointer) && Files.size(pointer) < LARGEST_POINTER) {
            var latest = LATEST.matcher(new String(Files.readAllBytes(pointer), StandardCharsets.UTF_8));
            if (latest.find() && Files.isRegularFile(folder.resolve(latest.group(1) + ENDING)))
                return Optional.of(folder.resolve(latest.group(1) + ENDING));
        }
        return Optional.of(folder.resolve(USUAL)).filter(Files::isRegularFile);
    }

    static CheckpointWeights open(Path index) throws IOException {
        if (Files.size(index) > LARGEST_INDEX)
            throw new WeightFileException(index, "the file is larger than a checkpoint's index can be (16 MiB)");
        var arena = Arena.ofShared();
        try {
            var bundle = TensorBundle.read(Files.readAllBytes(index));
            return new CheckpointWeights(index, arena, tensors(index, bundle, arena));
        } catch (IllegalArgumentException e) {
            arena.close();
            throw new WeightFileException(index, e.getMessage());
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static Map<String, Tensor> tensors(Path index, TensorBundle bundle, Arena arena) throws IOException {
        checkNoOverlap(index, bundle.entries());
        var shards = new MemorySegment[bundle.shards()];
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var named : bundle.entries().entrySet()) {
            var entry = named.getValue();
            if (entry.shard() >= shards.length)
                throw fault(index, named.getKey(), "lies in file " + entry.shard() + " of " + shards.length);
            if (shards[entry.shard()] == null) shards[entry.shard()] = map(index, entry.shard(), shards.length, arena);
            var shard = shards[entry.shard()];
            if (entry.offset() > shard.byteSize() - entry.size()) {
                throw fault(index, named.getKey(), "ends beyond the " + shard.byteSize() + " bytes of its file");
            }
            var name = TensorFlowNames.ofOpenAi(named.getKey());
            var info = new TensorInfo(name, entry.dtype(), TensorFlowNames.shape(name, entry.shape()), index);
            var tensor = new Tensor(info, shard.asSlice(entry.offset(), entry.size()), entry.crc());
            if (tensors.put(name, tensor) != null) throw fault(index, named.getKey(), "is there under two names");
        }
        return tensors;
    }

    private static void checkNoOverlap(Path index, Map<String, Entry> entries) {
        var sorted = new ArrayList<>(List.copyOf(entries.entrySet()));
        sorted.removeIf(e -> e.getValue().size() == 0);
        sorted.sort(Comparator.comparingInt((Map.Entry<String, Entry> e) -> e.getValue().shard())
                .thenComparingLong(e -> e.getValue().offset()));
        for (int i = 1; i < sorted.size(); i++) {
            Entry before = sorted.get(i - 1).getValue(), entry = sorted.get(i).getValue();
            if (before.shard() == entry.shard() && entry.offset() - before.offset() < before.size()) {
                throw fault(index, sorted.get(i).getKey(), "overlaps tensor \"" + sorted.get(i - 1).getKey() + "\"");
            }
        }
    }

    private static MemorySegment map(Path index, int shard, int shards, Arena arena) throws IOException {
        var prefix = index.getFileName().toString().substring(0, index.getFileName().toString().length() - ENDING.length());
        var file = index.resolveSibling(prefix + String.format(Locale.ROOT, ".data-%05d-of-%05d", shard, shards));
        if (!Files.isRegularFile(file))
            throw new WeightFileException(index, "the file of its tensors, " + file.getFileName() + ", is missing");
        try (var channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static WeightFileException fault(Path index, String tensor, String fault) {
        return new WeightFileException(index, "tensor \"" + tensor + "\" " + fault);
    }

    @Override
    public Path file() {
        return index;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return tensor(name).info();
    }

    /** The bytes, whose checksum is right. */
    @Override
    public MemorySegment bytes(String name) {
        var tensor = tensor(name);
        var crc = new CRC32C();
        for (long at = 0; at < tensor.bytes().byteSize(); at += CRC_PIECE) {
            crc.update(tensor.bytes().asSlice(at, Math.min(CRC_PIECE, tensor.bytes().byteSize() - at)).asByteBuffer());
        }
        if (SortedTable.masked(crc.getValue()) != tensor.crc()) throw fault(index, name, "is damaged: its checksum is wrong");
        return tensor.bytes();
    }

    private Tensor tensor(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) throw new WeightFileException(index, "there is no tensor \"" + name + "\"");
        return tensor;
    }

    @Override
    public void close() {
        arena.close();
    }
}
