package dev.parley.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code config.json}, in and out: what all families have is here, the rest is the {@link Family}'s. A setting that changes what
 * a model computes is honoured or refused by name, so that a model is never silently another.
 */
final class ConfigFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_FILE = 1 << 20;

    private ConfigFile() {}

    /** The config of a model folder: its config.json, else the file that a family publishes in place of it. */
    static ModelConfig ofFolder(Path folder) {
        var file = folder.resolve("config.json");
        if (Files.exists(file)) return read(file);
        for (var family : Family.all()) {
            var other = family.otherConfigFile().map(folder::resolve).filter(Files::exists);
            if (other.isPresent()) {
                var where = other.get().toString();
                var json = family.readOtherConfigFile(new ConfigSettings(where, json(other.get())));
                return of(where, json.put("model_type", family.modelType()));
            }
        }
        throw new ModelException(folder + " has no config.json, so that it is no model folder.");
    }

    static ModelConfig read(Path file) {
        return of(file.toString(), json(file));
    }

    /** Whether it says that weights lie in blocks. */
    static boolean isQuantized(Path file) {
        return json(file).hasNonNull("quantization_config");
    }

    private static JsonNode json(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE)
                throw new ModelException(file + " is larger than a " + file.getFileName() + " can be (1 MiB).");
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** The config that a JSON object says. @param where to name in messages */
    static ModelConfig of(String where, JsonNode json) {
        var settings = new ConfigSettings(where, json);
        var type = settings.text("model_type", "");
        var family = Family.of(type).orElseThrow(() -> new ModelException(where + ": model_type "
                + (type.isEmpty() ? "is missing" : "\"" + type + "\" is not known") + "; Parley runs " + Family.known() + "."));
        try {
            var config = family.read(settings);
            settings.refuseUnread();
            return config;
        } catch (IllegalArgumentException e) {
            throw new ModelException(where + ": " + e.getMessage());
        }
    }

    static void write(ModelConfig config, Path file) throws IOException {
        DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(config)) + "\n");
    }

    /** What {@code config.json} says of a model. */
    static ObjectNode json(ModelConfig c) {
        var json = JSON.createObjectNode();
        json.put("model_type", c.family().modelType()).putArray("architectures").add(c.family().architecture());
        c.family().write(c, json);
        json.put("vocab_size", c.vocabSize()).put("initializer_range", c.initializerRange());
        if (c.bosTokenId() >= 0) json.put("bos_token_id", c.bosTokenId());
        if (c.eosTokenIds().size() == 1) json.put("eos_token_id", c.eosTokenIds().getFirst());
        else if (!c.eosTokenIds().isEmpty()) c.eosTokenIds().forEach(json.putArray("eos_token_id")::add);
        return json.put("tie_word_embeddings", c.tieWordEmbeddings()).put("torch_dtype", "float32");
    }
}
