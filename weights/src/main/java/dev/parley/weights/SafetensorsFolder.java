package dev.parley.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes the weights of a model folder as transformers does: {@code model.safetensors}, or, beyond a size,
 * {@code model-00001-of-0000N.safetensors} with {@code model.safetensors.index.json}. What an earlier save left is removed.
 *
 * <p>At any moment the folder holds the earlier weights whole, the new ones whole, or none that can be opened: the index is
 * written last, and shards that take the names of earlier ones are written when the earlier index is gone.
 */
public final class SafetensorsFolder {

    private static final String SINGLE = "model.safetensors", INDEX = "model.safetensors.index.json";
    private static final String SHARD = "model-%05d-of-%05d.safetensors", ANY_SHARD = "model-\\d{5}-of-\\d{5}\\.safetensors";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsFolder() {}

    /**
     * Writes the tensors in the order of the list; a tensor larger than a file may be has a file of its own.
     *
     * @param folder made if there is none
     * @param tensors of the model, each name once
     * @param largest size of a file; several files have an index beside them
     * @throws IOException if writing fails
     */
    public static void write(Path folder, List<TensorData> tensors, ShardSize largest) throws IOException {
        Files.createDirectories(folder);
        var shards = shards(tensors, largest);
        if (shards.size() == 1) {
            SafetensorsWriter.write(folder.resolve(SINGLE), shards.getFirst());
            removeAllBut(folder, Set.of(SINGLE));
            return;
        }
        var names = new ArrayList<String>();
        for (int i = 1; i <= shards.size(); i++) names.add(String.format(Locale.ROOT, SHARD, i, shards.size()));
        if (names.stream().anyMatch(name -> Files.exists(folder.resolve(name)))) Files.deleteIfExists(folder.resolve(INDEX));
        for (int i = 0; i < names.size(); i++) SafetensorsWriter.write(folder.resolve(names.get(i)), shards.get(i));
        DurableFile.write(folder.resolve(INDEX), index(names, shards));
        var written = new HashSet<>(names);
        written.add(INDEX);
        removeAllBut(folder, written);
    }

    /** Which tensors go into which file. */
    static List<List<TensorData>> shards(List<TensorData> tensors, ShardSize largest) {
        var shards = new ArrayList<List<TensorData>>();
        var shard = new ArrayList<TensorData>();
        var size = 0L;
        for (var tensor : tensors) {
            if (tensor.bytes() > largest.bytes()) {
                shards.add(List.of(tensor));
                continue;
            }
            if (size + tensor.bytes() > largest.bytes()) {
                shards.add(List.copyOf(shard));
                shard.clear();
                size = 0;
            }
            shard.add(tensor);
            size += tensor.bytes();
        }
        if (!shard.isEmpty() || shards.isEmpty()) shards.add(List.copyOf(shard));
        return shards;
    }

    private static String index(List<String> names, List<List<TensorData>> shards) throws IOException {
        var shardOf = new TreeMap<String, String>();
        for (int i = 0; i < names.size(); i++) for (var tensor : shards.get(i)) shardOf.put(tensor.name(), names.get(i));
        var json = JSON.createObjectNode();
        json.putObject("metadata").put("total_size", shards.stream().flatMap(List::stream).mapToLong(TensorData::bytes).sum());
        var map = json.putObject("weight_map");
        shardOf.forEach(map::put);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    /** Removes what earlier saves left: the index first, so that no index names a file that is gone. */
    private static void removeAllBut(Path folder, Set<String> kept) throws IOException {
        if (!kept.contains(INDEX)) Files.deleteIfExists(folder.resolve(INDEX));
        if (!kept.contains(SINGLE)) Files.deleteIfExists(folder.resolve(SINGLE));
        try (var files = Files.newDirectoryStream(folder, file -> file.getFileName().toString().matches(ANY_SHARD))) {
            for (var file : files) if (!kept.contains(file.getFileName().toString())) Files.delete(file);
        }
    }
}
