package dev.parley.serve.chat.explaining;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.explain.Analysis;
import dev.parley.explain.NearestPassages.Comparison;
import dev.parley.explain.TrainingPassages;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/** The training data of the models that are in memory, with the vectors made of them: the first search takes long, the next does not. */
final class TrainingSearches {

    private static final long MOST_BYTES = 64L << 20; // of text, which is held as tokens

    private final ModelPool models;
    private final boolean allowed;
    private final Map<ServedModel, Comparison> comparisons = new WeakHashMap<>();

    TrainingSearches(ModelPool models, boolean allowed) {
        this.models = models;
        this.allowed = allowed;
    }

    /** Why there is no search in a model's data; empty where there is one. */
    ObjectNode impossible(ServedModel model) {
        var json = JsonNodeFactory.instance.objectNode();
        reason(model).ifPresent(reason -> json.put(Analysis.TRAINING_PASSAGES.label(), reason));
        return json;
    }

    private Optional<String> reason(ServedModel model) {
        if (!allowed) return Optional.of("training_private");
        var bytes = folder(model).map(TrainingSearches::bytes).orElse(OptionalLong.empty());
        if (bytes.isEmpty()) return Optional.of("training_unknown");
        return bytes.getAsLong() > MOST_BYTES ? Optional.of("training_large") : Optional.empty();
    }

    private Optional<Path> folder(ServedModel model) {
        return models.info(model.id()).source().folder();
    }

    private static OptionalLong bytes(Path folder) {
        try {
            return TrainingPassages.bytes(folder);
        } catch (IOException | IllegalArgumentException e) {
            return OptionalLong.empty(); // what cannot be read names nothing
        }
    }

    /** @throws ApiError if there is none */
    Comparison of(ServedModel model) {
        reason(model).ifPresent(reason -> {
            throw ApiError.of(400, reason, "There is no training data of " + model.id() + " to look in.");
        });
        synchronized (comparisons) {
            return comparisons.computeIfAbsent(model, m -> read(m, folder(m).orElseThrow()));
        }
    }

    private static Comparison read(ServedModel model, Path folder) {
        try {
            return Comparison.of(TrainingPassages.of(folder, model.tokenizer()));
        } catch (IOException e) {
            throw ApiError.of(503, "training_unreadable", "The training data of " + model.id() + " cannot be read.");
        }
    }

    /** One search at a time in a model's data: it keeps vectors. */
    <T> T alone(ServedModel model, Supplier<T> search) {
        synchronized (of(model)) {
            return search.get();
        }
    }
}
