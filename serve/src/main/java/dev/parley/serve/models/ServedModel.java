package dev.parley.serve.models;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.model.Adapter;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelException;
import dev.parley.serve.http.ApiError;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A model in memory, with its draft model, if it has one, and the engine that answers by them. */
public final class ServedModel {

    private final String id;
    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final GenerationConfig defaults;
    private final EmbeddingRules embeddingRules;
    private final Optional<RerankRules> rerankRules;
    private final Optional<CausalLM> draft;
    private final InferenceEngine engine;
    private final Instant loadedAt;
    private final LoadedAdapters adapters;
    private final Optional<Adapter> adapter;
    private final Optional<ServedModel> base; // that the adapter changes

    /** @throws ModelException if its draft model has another vocabulary; both are freed then */
    ServedModel(String id, ModelSource.Parts parts, InferenceEngine.Limits limits) {
        this.id = id;
        model = parts.model();
        tokenizer = parts.tokenizer();
        defaults = parts.defaults();
        embeddingRules = parts.embeddingRules();
        rerankRules = parts.rerankRules();
        draft = parts.draft();
        loadedAt = Instant.now();
        adapters = new LoadedAdapters(model);
        adapter = Optional.empty();
        base = Optional.empty();
        try {
            engine = new InferenceEngine(model, tokenizer, draft, limits);
        } catch (RuntimeException | Error e) {
            free();
            throw e;
        }
    }

    private ServedModel(ServedModel base, String id, Adapter adapter) {
        this.id = id;
        this.adapter = Optional.of(adapter);
        this.base = Optional.of(base);
        model = base.model;
        tokenizer = base.tokenizer;
        defaults = base.defaults;
        embeddingRules = base.embeddingRules;
        rerankRules = base.rerankRules;
        draft = base.draft;
        engine = base.engine;
        loadedAt = base.loadedAt;
        adapters = base.adapters;
    }

    /**
     * The same model as an adapter changes it, in the same engine.
     *
     * @param id the name of both together
     * @throws ModelException if it is no adapter of this model
     */
    ServedModel adapted(String id, Path adapter) {
        return new ServedModel(this, id, adapters.get(adapter));
    }

    /** The name that requests use. */
    public String id() {
        return id;
    }

    /** The model without its adapter; it itself where it has none. */
    public ServedModel base() {
        return base.orElse(this);
    }

    /** The model's tokenizer; threads may share it. */
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

    /** How it judges documents; empty of a model that is no reranker. */
    public Optional<RerankRules> rerankRules() {
        return rerankRules;
    }

    /**
     * Submits a request for this model, or for what its adapter makes of it; see {@link InferenceEngine#submit}.
     *
     * @return what cancels it, and tells of its end
     */
    public InferenceEngine.Ticket submit(TextRequest request, InferenceEngine.Listener listener) {
        return engine.submit(adapter.map(request::with).orElse(request), listener);
    }

    /** The engine that runs all requests for the model. */
    public InferenceEngine engine() {
        return engine;
    }

    /** When the model was loaded. */
    public Instant loadedAt() {
        return loadedAt;
    }

    /** In tokens, prompt and answer together. */
    public int contextLength() {
        return model.config().maxPositionEmbeddings();
    }

    /** Of its weights, its draft model's and its adapters'. */
    public long weightBytes() {
        return model.weightBytes() + draft.map(CausalLM::weightBytes).orElse(0L) + adapters.bytes();
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
        free();
    }

    private void free() {
        model.close();
        draft.ifPresent(CausalLM::close);
    }
}
