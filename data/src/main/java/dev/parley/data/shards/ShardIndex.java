package dev.parley.data.shards;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The file {@value #FILE} of a folder of shards: which files there are. It is written last, so that it names whole ones. */
record ShardIndex(TokenizerIdentity tokenizer, Map<Split, List<Entry>> splits) {

    static final String FILE = "index.json";

    private static final long LARGEST = 64 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A file. @param checksum of its header, which has those of its blocks */
    record Entry(String file, long tokens, long documents, String checksum) {}

    void write(Path folder) throws IOException {
        var json = JSON.createObjectNode().put("version", ShardFile.VERSION);
        json.putObject("tokenizer").put("sha256", tokenizer.sha256()).put("vocab_size", tokenizer.vocabSize());
        var all = json.putObject("splits");
        for (var split : Split.values()) {
            var files = all.putArray(split.label());
            for (var entry : splits.getOrDefault(split, List.of())) {
                files.addObject().put("file", entry.file).put("tokens", entry.tokens).put("documents", entry.documents)
                        .put("crc32c", entry.checksum);
            }
        }
        DurableFile.write(folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    /** @throws IllegalArgumentException if the file is none of ours */
    static ShardIndex read(Path folder) {
        var file = folder.resolve(FILE);
        try {
            if (Files.size(file) > LARGEST) throw new IllegalArgumentException(file + " is larger than an index can be (64 MiB).");
            var json = JSON.readTree(file.toFile());
            if (json == null || json.path("version").asInt() != ShardFile.VERSION)
                throw new IllegalArgumentException(file + " is no index of token shards of version " + ShardFile.VERSION + ".");
            var tokenizer = new TokenizerIdentity(json.path("tokenizer").path("sha256").asText(),
                    json.path("tokenizer").path("vocab_size").asInt());
            var splits = new EnumMap<Split, List<Entry>>(Split.class);
            for (var split : Split.values()) splits.put(split, entries(file, json.path("splits").path(split.label())));
            return new ShardIndex(tokenizer, splits);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": this is not JSON (" + e.getOriginalMessage() + ").", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + FileFault.reason(e)
                    + "; a folder of shards is made by `parley data prepare`.", e);
        }
    }

    private static List<Entry> entries(Path file, JsonNode json) {
        var entries = new ArrayList<Entry>();
        for (var entry : json) {
            var name = entry.path("file").asText();
            if (!name.matches("[a-z]+-\\d{5}-of-\\d{5}\\.tokens"))
                throw new IllegalArgumentException(file + ": \"" + name + "\" is no name of a shard.");
            entries.add(new Entry(name, entry.path("tokens").asLong(), entry.path("documents").asLong(), entry.path("crc32c").asText()));
        }
        return List.copyOf(entries);
    }
}
