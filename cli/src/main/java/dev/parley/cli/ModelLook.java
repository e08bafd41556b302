package dev.parley.cli;

import dev.parley.hub.Outline;
import dev.parley.model.GgufImport;
import dev.parley.model.MemoryNeeds;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.ModelFiles;
import dev.parley.model.WeightLoader;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.TokenizerException;
import dev.parley.weights.Gguf;
import dev.parley.weights.WeightFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a model is and needs, as far as its settings and the headers of its weights tell: the same of one that is here and of one that is
 * still at the hub.
 *
 * @param config empty where the model cannot be run
 * @param type that its matrices would be held in
 * @param template of its conversations, where it has one that can be read
 * @param fault why it cannot be run, in a sentence
 */
public record ModelLook(Optional<ModelConfig> config, Optional<WeightType> type, Optional<MemoryNeeds> needs,
        Optional<ChatTemplate> template, Optional<String> fault) {

    /** Of Java itself with a tokenizer and its work space, measured with a small model. */
    private static final long JAVA_BYTES = 250_000_000;

    /** Looks at a model of the hub. */
    public static ModelLook of(Outline outline, EngineOptions engine) {
        return outline.path().map(path -> of(outline.model().toString(), path, engine))
                .orElseGet(() -> failed(Optional.empty(), outline.refusal().orElse(outline.model() + " cannot be looked at.")));
    }

    /**
     * Looks at a folder or a GGUF file.
     *
     * @param name that it is called by in messages
     */
    public static ModelLook of(String name, Path path, EngineOptions engine) {
        var template = Optional.<ChatTemplate>empty();
        try {
            template = template(path);
            AdapterFolder.refuse(path);
            var type = engine.weightType(path);
            if (GgufImport.isGguf(path) || hasHeaders(path)) {
                try (var files = ModelFiles.open(path)) {
                    new WeightLoader(files.weights(), files.config().blueprint()).check();
                    return found(files.config(), type, MemoryNeeds.of(files.config(), Optional.of(files.weights()), type), template);
                }
            }
            var config = ModelConfig.read(path.resolve("config.json"));
            return found(config, type, MemoryNeeds.of(config, Optional.empty(), type), template);
        } catch (IOException | ModelException | WeightFileException | TokenizerException | IllegalArgumentException e) {
            return failed(template, Failures.sentence(e).replace(path + "/", name + ": ").replace(path.toString(), name));
        }
    }

    private static ModelLook found(ModelConfig config, WeightType type, MemoryNeeds needs, Optional<ChatTemplate> template) {
        return new ModelLook(Optional.of(config), Optional.of(type), Optional.of(needs), template, Optional.empty());
    }

    private static ModelLook failed(Optional<ChatTemplate> template, String fault) {
        return new ModelLook(Optional.empty(), Optional.empty(), Optional.empty(), template, Optional.of(fault));
    }

    /** Whether a folder's weights are of a kind whose beginnings tell all but their numbers. */
    private static boolean hasHeaders(Path folder) {
        return Stream.of("model.safetensors", "model.safetensors.index.json").anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    private static Optional<ChatTemplate> template(Path path) throws IOException {
        if (GgufImport.isGguf(path)) {
            try (var gguf = Gguf.open(path)) {
                return Optional.ofNullable(gguf.metadata().get("tokenizer.chat_template")).map(String::valueOf)
                        .map(source -> ChatTemplate.parse(source, path.getFileName().toString()));
            }
        }
        var isThere = Stream.of("chat_template.jinja", "tokenizer_config.json").anyMatch(name -> Files.isRegularFile(path.resolve(name)));
        return isThere ? ChatTemplate.find(path) : Optional.empty();
    }

    /** Bytes of memory with the keys and values of so many tokens; 0 where the model cannot be run. */
    public long bytes(int context) {
        return needs.map(n -> n.weights() + n.cachePerToken() * context + JAVA_BYTES).orElse(0L);
    }
}
