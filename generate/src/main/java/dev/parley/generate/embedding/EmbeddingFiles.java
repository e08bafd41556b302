package dev.parley.generate.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.model.GgufImport;
import dev.parley.model.GgufSettings;
import dev.parley.weights.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Rules from the files of sentence-transformers, {@link SentenceFiles}, or from a GGUF file. What changes a vector and is not honoured is
 * refused by name.
 */
final class EmbeddingFiles {

    /** Steps that are taken, by the ends of their names; of LogitScore, a reranker's, vectors are none. */
    private static final Set<String> KNOWN = Set.of("Transformer", "Pooling", "Normalize", "LogitScore", "CausalScoreHead");

    private EmbeddingFiles() {}

    static EmbeddingRules read(Path model) {
        if (GgufImport.isGguf(model)) return ofGguf(model);
        var files = SentenceFiles.of(model);
        for (var name : files.steps().keySet()) {
            if (!KNOWN.contains(name))
                throw new IllegalArgumentException(
                        model.resolve("modules.json") + " asks for " + name + ", which Parley does not have; it has "
                                + "Transformer, Pooling and Normalize.");
        }
        var pooling = files.step("Pooling").orElse("1_Pooling") + "/config.json";
        var config = files.json(pooling);
        var dimensions = files.settings().path("truncate_dim");
        return new EmbeddingRules(poolings(model.resolve(pooling), config), files.prompts(), files.defaultPromptName(),
                dimensions.isInt() && dimensions.intValue() > 0 ? OptionalInt.of(dimensions.intValue()) : OptionalInt.empty(),
                !config.isMissingNode() || files.areThere());
    }

    /** llama.cpp's numbers: 0 none, 1 mean, 2 the first token, 3 the last, 4 a reranker's, of which vectors are none. */
    private static EmbeddingRules ofGguf(Path file) {
        try (var gguf = Gguf.open(file)) {
            var settings = new GgufSettings(gguf);
            var type = settings.whole("pooling_type");
            if (type.isEmpty()) return EmbeddingRules.MEAN;
            return switch (type.get().intValue()) {
                case 0, 4 -> EmbeddingRules.MEAN;
                case 1 -> alone(Pooling.MEAN);
                case 2 -> alone(Pooling.CLS_TOKEN);
                case 3 -> alone(Pooling.LAST_TOKEN);
                default -> throw settings.fault("pooling_type", "1 (mean), 2 (first token) or 3 (last token)");
            };
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static EmbeddingRules alone(Pooling pooling) {
        return new EmbeddingRules(List.of(pooling), Map.of(), Optional.empty(), OptionalInt.empty(), true);
    }

    /** In the order in which sentence-transformers joins them; newer files name them, older ones say yes or no of each. */
    private static List<Pooling> poolings(Path file, JsonNode config) {
        if (config.isMissingNode()) return List.of(Pooling.MEAN);
        if (!config.path("include_prompt").asBoolean(true))
            throw new IllegalArgumentException(file + " leaves prompts out of the pooling (include_prompt), which Parley does not do.");
        var asked = new LinkedHashSet<String>();
        var named = config.path("pooling_mode");
        if (named.isTextual()) asked.addAll(List.of(named.textValue().split("\\+")));
        for (var one : named) asked.add(one.asText());
        var known = new LinkedHashSet<Pooling>();
        for (var pooling : Pooling.values()) {
            if (asked.remove(pooling.mode()) || named.isMissingNode() && config.path(pooling.flag()).asBoolean(false)) known.add(pooling);
        }
        if (!asked.isEmpty() || known.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " asks for " + (asked.isEmpty() ? "no pooling" : "the pooling " + asked.iterator().next())
                            + " that Parley has; it has " + String.join(", ", modes()) + ".");
        }
        return new ArrayList<>(known);
    }

    private static List<String> modes() {
        return List.of(Pooling.values()).stream().map(Pooling::mode).toList();
    }
}
