package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.GgufImport;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelFiles;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.TokenizerException;
import dev.parley.weights.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a model's files say of it, without its weights being read.
 *
 * @param modified when its newest file was written
 * @param format {@code gguf} or {@code safetensors}
 * @param family such as {@code llama}
 * @param parameters that were learned; 0 where that is not known
 * @param quantization how most of its numbers are kept, such as {@code Q4_K_M} or {@code BF16}
 * @param template of its conversations
 * @param info as {@code /api/show} gives it
 * @param defaults that its files recommend
 */
record ModelFacts(Instant modified, String format, String family, long parameters, String quantization, Optional<ChatTemplate> template,
        ObjectNode info, GenerationConfig defaults) {

    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final int LONGEST_LIST = 5; // of values that are shown
    /** {@code general.file_type} of GGUF files, as ggml numbers it. */
    private static final Map<Long, String> FILE_TYPES = Map.ofEntries(Map.entry(0L, "F32"), Map.entry(1L, "F16"), Map.entry(2L, "Q4_0"),
            Map.entry(3L, "Q4_1"), Map.entry(7L, "Q8_0"), Map.entry(8L, "Q5_0"), Map.entry(9L, "Q5_1"), Map.entry(10L, "Q2_K"),
            Map.entry(11L, "Q3_K_S"), Map.entry(12L, "Q3_K_M"), Map.entry(13L, "Q3_K_L"), Map.entry(14L, "Q4_K_S"),
            Map.entry(15L, "Q4_K_M"), Map.entry(16L, "Q5_K_S"), Map.entry(17L, "Q5_K_M"), Map.entry(18L, "Q6_K"), Map.entry(25L, "IQ4_NL"),
            Map.entry(30L, "IQ4_XS"), Map.entry(32L, "BF16"), Map.entry(38L, "MXFP4_MOE"));

    /** Of a model whose files are not known. */
    private static ModelFacts unknown() {
        return new ModelFacts(Instant.EPOCH, "", "", 0, "", Optional.empty(), JsonNodeFactory.instance.objectNode(),
                GenerationConfig.DEFAULT);
    }

    /** Reads the files; what cannot be read, or is no model, says nothing, as the model's loading will say why. */
    static ModelFacts of(ModelSource source) {
        if (source.folder().isEmpty()) return unknown();
        var path = source.folder().get();
        try {
            return GgufImport.isGguf(path) ? ofGguf(path) : ofFolder(path);
        } catch (IOException | RuntimeException e) {
            return unknown();
        }
    }

    private static ModelFacts ofFolder(Path folder) throws IOException {
        try (var files = ModelFiles.open(folder)) {
            var weights = files.weights();
            var sizes = new HashMap<String, Long>();
            for (var name : weights.names()) {
                var info = weights.info(name);
                sizes.merge(info.dtype().name(), info.elements(), Long::sum);
            }
            var family = files.config().family().modelType();
            return new ModelFacts(modified(folder), "safetensors", family, files.config().parameterCount(), shortName(most(sizes)),
                    template(folder), info(files.config(), family), GenerationConfig.read(folder));
        }
    }

    private static Optional<ChatTemplate> template(Path folder) {
        try {
            return Optional.of(ChatTemplate.load(folder));
        } catch (TokenizerException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static ModelFacts ofGguf(Path file) throws IOException {
        try (var gguf = Gguf.open(file)) {
            var metadata = gguf.metadata();
            var sizes = new HashMap<String, Long>();
            for (var tensor : gguf.tensors().values()) sizes.merge(tensor.type().name(), tensor.elements(), Long::sum);
            var template = Optional.ofNullable(metadata.get(TEMPLATE)).map(String::valueOf)
                    .map(source -> ChatTemplate.parse(source, file.getFileName().toString()));
            var parameters = sizes.values().stream().mapToLong(n -> n).sum();
            var kept = metadata.get("general.file_type") instanceof Long type && FILE_TYPES.containsKey(type) ? FILE_TYPES.get(type)
                    : most(sizes);
            return new ModelFacts(modified(file), "gguf", String.valueOf(metadata.getOrDefault("general.architecture", "")), parameters,
                    kept, template, info(metadata, parameters), GenerationConfig.DEFAULT);
        }
    }

    private static String most(Map<String, Long> sizes) {
        return sizes.entrySet().stream().max(Comparator.comparingLong(Map.Entry::getValue)).map(Map.Entry::getKey).orElse("");
    }

    private static String shortName(String dtype) {
        return switch (dtype) {
            case "FLOAT32" -> "F32";
            case "FLOAT16" -> "F16";
            case "BFLOAT16" -> "BF16";
            default -> dtype;
        };
    }

    private static Instant modified(Path path) throws IOException {
        if (!Files.isDirectory(path)) return Files.getLastModifiedTime(path).toInstant();
        try (var files = Files.list(path)) {
            return files.map(file -> file.toFile().lastModified()).max(Long::compare).map(Instant::ofEpochMilli).orElse(Instant.EPOCH);
        }
    }

    /** A config in GGUF's words, which Ollama's clients read. */
    private static ObjectNode info(ModelConfig config, String family) {
        return JsonNodeFactory.instance.objectNode().put("general.architecture", family)
                .put("general.parameter_count", config.parameterCount()).put(family + ".context_length", config.maxPositionEmbeddings())
                .put(family + ".embedding_length", config.hiddenSize()).put(family + ".block_count", config.numHiddenLayers())
                .put(family + ".feed_forward_length", config.intermediateSize())
                .put(family + ".attention.head_count", config.numAttentionHeads())
                .put(family + ".attention.head_count_kv", config.numKeyValueHeads()).put(family + ".vocab_size", config.vocabSize());
    }

    private static ObjectNode info(Map<String, Object> metadata, long parameters) {
        var info = JsonNodeFactory.instance.objectNode().put("general.parameter_count", parameters);
        metadata.forEach((key, value) -> {
            if (key.equals(TEMPLATE) || key.equals("general.parameter_count")) return;
            if (value instanceof List<?> list) {
                var shown = info.putArray(key);
                if (list.size() <= LONGEST_LIST) list.forEach(one -> shown.addPOJO(one));
            } else {
                info.putPOJO(key, value);
            }
        });
        return info;
    }

    /** As lists of models have it, such as {@code 134.52M}. */
    String parameterSize() {
        if (parameters == 0) return "";
        if (parameters >= 1_000_000_000) return String.format(Locale.ROOT, "%.1fB", parameters / 1e9);
        if (parameters >= 1_000_000) return String.format(Locale.ROOT, "%.2fM", parameters / 1e6);
        return String.format(Locale.ROOT, "%.2fK", parameters / 1e3);
    }
}
