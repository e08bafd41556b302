package dev.parley.knowledge.embedders;

import dev.parley.files.FileFault;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.knowledge.Embedder;
import dev.parley.model.CausalLM;
import dev.parley.model.GgufImport;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * An embedding model of the hub, such as Qwen3-Embedding, run by Parley's engine: pooled, and questions prompted, as the files in its
 * folder say ({@link EmbeddingRules}).
 *
 * <pre>{@code
 * try (var embedder = EngineEmbedder.open(Path.of("Qwen3-Embedding-0.6B"))) {
 *     var vectors = embedder.embed(List.of("How long may I return it?"), Embedder.Purpose.QUERY);
 * }
 * }</pre>
 *
 * A model that was not trained for vectors gives poor ones.
 */
public final class EngineEmbedder implements Embedder {

    /** What ids begin with; the model's name follows. */
    public static final String ENGINE = "engine:";

    private final String id;
    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final EmbeddingRules rules;
    private final InferenceEngine engine;

    private EngineEmbedder(String id, CausalLM model, Tokenizer tokenizer, EmbeddingRules rules) {
        this.id = id;
        this.model = model;
        this.tokenizer = tokenizer;
        this.rules = rules;
        engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT);
    }

    /** Loads a model from its folder, or from a GGUF file. Close it when it is done. */
    public static EngineEmbedder open(Path folder) {
        return open(folder.toAbsolutePath().normalize().toString(), folder);
    }

    /** The same under a name by which it can be found again, such as that of the hub. */
    public static EngineEmbedder open(String name, Path folder) {
        var model = CausalLM.fromPretrained(folder);
        try {
            var tokenizer = GgufImport.isGguf(folder) ? GgufImport.tokenizer(folder) : Tokenizer.load(folder);
            return new EngineEmbedder(ENGINE + name, model, tokenizer, EmbeddingRules.of(folder));
        } catch (IOException e) {
            model.close();
            throw new UncheckedIOException(folder + " cannot be read: " + FileFault.reason(e) + ".", e);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int dimensions() {
        return rules.defaultDimensions().orElse(rules.width(model.config().hiddenSize()));
    }

    @Override
    public float[][] embed(List<String> texts, Purpose purpose) {
        var prompt = purpose == Purpose.QUERY ? rules.queryPrompt() : rules.passagePrompt();
        var vectors = texts.stream().map(text -> engine.embedding("", ids(prompt + text), rules.poolings())).toList();
        return vectors.stream().map(CompletableFuture::join).map(pooled -> rules.vector(pooled, OptionalInt.empty()))
                .toArray(float[][]::new);
    }

    /** A text's tokens; of one that is too long its beginning, and the token that ends each text. */
    private int[] ids(String text) {
        var ids = tokenizer.encodeForModel(text);
        var most = model.config().maxPositionEmbeddings() - 1;
        if (ids.length <= most) return ids;
        var cut = Arrays.copyOf(ids, most);
        cut[most - 1] = ids[ids.length - 1];
        return cut;
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
