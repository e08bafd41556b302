package dev.parley.serve.models;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.model.CausalLM;
import dev.parley.serve.http.ApiError;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.time.Duration;
import java.time.Instant;

/** A model in memory, with the engine that answers by it. */
public final class ServedModel {

    private final String id;
    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final GenerationConfig defaults;
    private final EmbeddingRules embeddingRules;
    private final InferenceEngine engine;
    private final Instant loadedAt = Instant.now();

    ServedModel(String id, ModelSource.Parts parts, InferenceEngine.Limits limits) {
        this.id = id;
        model = parts.model();
        tokenizer = parts.tokenizer();
        defaults = parts.defaults();
        embeddingRules = parts.embeddingRules();
        engine = new InferenceEngine(model, tokenizer, limits);
    }

    public String id() {
        return id;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Of its answers, where a request says nothing else. */
    public GenerationConfig defaults() {
        return defaults;
    }

    /** How it makes vectors of texts. */
    public EmbeddingRules embeddingRules() {
        return embeddingRules;
    }

    public InferenceEngine engine() {
        return engine;
    }

    public Instant loadedAt() {
        return loadedAt;
    }

    /** In tokens, prompt and answer together. */
    public int contextLength() {
        return model.config().maxPositionEmbeddings();
    }

    /** Of its weights. */
    public long weightBytes() {
        return model.weightBytes();
    }

    /** The model itself, whose inside can be looked at; it belongs to the engine while that runs. */
    public CausalLM model() {
        return model;
    }

    /** @throws ApiError if it has none */
    public ChatTemplate requireChatTemplate() {
        return tokenizer.chatTemplate().orElseThrow(() -> ApiError.badRequest("messages",
                "The model " + id + " has no chat template; use /v1/completions, or fine-tune it for chat."));
    }

    /** Finishes its answers, those that take longer end as they are, and frees it. */
    void close(Duration patience) {
        engine.close(patience);
        model.close();
    }
}
