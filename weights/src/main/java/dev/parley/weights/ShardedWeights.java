package dev.parley.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Weights in several files, joined by an index that says which file holds which tensor. */
final class ShardedWeights implements WeightSource {

    private static final long LARGEST_INDEX = 100_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path index;
    private final Map<String, WeightSource> shardOf;
    private final Map<String, WeightSource> shards;

    private ShardedWeights(Path index, Map<String, WeightSource> shardOf, Map<String, WeightSource> shards) {
        this.index = index;
        this.shardOf = shardOf;
        this.shards = shards;
    }

    static ShardedWeights open(Path index) throws IOException {
        if (Files.size(index) > LARGEST_INDEX) throw new WeightFileException(index, "the file is larger than an index can be (100 MB)");
        var shards = new LinkedHashMap<String, WeightSource>();
        var shardOf = new LinkedHashMap<String, WeightSource>();
        var sharded = new ShardedWeights(index, shardOf, shards);
        try {
            var map = json(index).path("weight_map");
            if (!map.isObject() || map.isEmpty()) throw new WeightFileException(index, "there is no weight_map");
            for (var entry : map.properties()) {
                var shard = sharded.shard(entry.getValue().asText());
                if (!shard.names().contains(entry.getKey())) {
                    throw new WeightFileException(index,
                            "tensor \"" + entry.getKey() + "\" is not in " + shard.file().getFileName() + ", where the index says it is");
                }
                shardOf.put(entry.getKey(), shard);
            }
            return sharded;
        } catch (IOException | RuntimeException e) {
            sharded.close();
            throw e;
        }
    }

    private static JsonNode json(Path index) throws IOException {
        var bytes = Files.readAllBytes(index);
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new WeightFileException(index, "this is not JSON (" + e.getOriginalMessage() + ")");
        } catch (IOException e) { // bytes that are no characters
            throw new WeightFileException(index, "this is not JSON (" + e.getMessage() + ")");
        }
    }

    private WeightSource shard(String name) throws IOException {
        var open = shards.get(name);
        if (open != null) return open;
        if (!name.matches("[A-Za-z0-9_.-]{1,200}") || name.endsWith(".index.json")) {
            throw new WeightFileException(index, "a shard is called \"" + name + "\", which is no file of this folder");
        }
        var file = index.resolveSibling(name);
        if (!Files.exists(file)) throw new WeightFileException(index, "the shard " + name + " is missing");
        var shard = WeightFiles.openFile(file);
        shards.put(name, shard);
        return shard;
    }

    @Override
    public Path file() {
        return index;
    }

    @Override
    public Set<String> names() {
        return shardOf.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return shard(name, shardOf).info(name);
    }

    @Override
    public MemorySegment bytes(String name) {
        return shard(name, shardOf).bytes(name);
    }

    private WeightSource shard(String tensor, Map<String, WeightSource> shardOf) {
        var shard = shardOf.get(tensor);
        if (shard == null) throw new WeightFileException(index, "there is no tensor \"" + tensor + "\"");
        return shard;
    }

    @Override
    public void close() throws IOException {
        for (var shard : shards.values()) shard.close();
    }
}
