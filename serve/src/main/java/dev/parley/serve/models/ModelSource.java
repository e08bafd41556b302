package dev.parley.serve.models;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model that can be loaded.
 *
 * @param id its name in the API
 * @param aliases other names of it
 * @param bytes that it is thought to need in memory with its draft model, caches of keys and values not counted
 * @param contextLength in tokens; 0 where that is known only once it is loaded
 * @param suggestions questions that it can answer; may be empty
 * @param folder or file that it is loaded from, where that is known
 * @param adapters that it can be asked with
 */
public record ModelSource(String id, List<String> aliases, long bytes, int contextLength, List<Suggestion> suggestions,
        Optional<Path> folder, AdapterShelf adapters, Loader loader) {

    /** Reads a model into memory. */
    @FunctionalInterface
    public interface Loader {
        /** Reads the model; may take minutes. */
        Parts load();
    }

    /**
     * What was loaded.
     *
     * @param defaults of its answers, with the tokens that end them
     * @param embeddingRules how it makes vectors of texts
     * @param rerankRules how it judges documents, if it is a reranker
     * @param draft a smaller model of the same vocabulary that drafts tokens, if there is one
     */
    public record Parts(CausalLM model, Tokenizer tokenizer, GenerationConfig defaults, EmbeddingRules embeddingRules,
            Optional<RerankRules> rerankRules, Optional<CausalLM> draft) {

        /** Of a model that says nothing of vectors, without a draft model. */
        public Parts(CausalLM model, Tokenizer tokenizer, GenerationConfig defaults) {
            this(model, tokenizer, defaults, EmbeddingRules.MEAN, Optional.empty(), Optional.empty());
        }
    }

    public ModelSource {
        aliases = List.copyOf(aliases);
        suggestions = List.copyOf(suggestions);
    }

    /** A model that suggests nothing, from nowhere in particular. */
    public ModelSource(String id, List<String> aliases, long bytes, int contextLength, Loader loader) {
        this(id, aliases, bytes, contextLength, List.of(), Optional.empty(), AdapterShelf.EMPTY, loader);
    }

    /** The same with adapters that it was taught. */
    public ModelSource withTaught(TaughtAdapters taught) {
        return new ModelSource(id, aliases, bytes, contextLength, suggestions, folder,
                new AdapterShelf(adapters.named(), adapters.folder(), taught), loader);
    }

    /** The names of its adapters for everybody with its own before them, as requests have them. */
    public List<String> adaptedNames() {
        return adaptedNames(TaughtAdapters.NOBODY);
    }

    /** The same of those that a user is offered. */
    public List<String> adaptedNames(String user) {
        return adapters.names(user).stream().map(this::adaptedName).toList();
    }

    /** Its name with an adapter's behind it. */
    public String adaptedName(String adapter) {
        return id + ":" + adapter;
    }

    /** The adapter that a name means, {@code MODEL:ADAPTER}; empty where it is another model's, or is not there for everybody. */
    public Optional<Path> adapterCalled(String name) {
        return adapterCalled(name, TaughtAdapters.NOBODY);
    }

    /** The same for a user. */
    Optional<Path> adapterCalled(String name, String user) {
        var colon = name.lastIndexOf(':');
        return colon > 0 && isCalled(name.substring(0, colon)) ? adapters.find(name.substring(colon + 1), user) : Optional.empty();
    }

    /** Whether that is its name or an alias. */
    public boolean isCalled(String name) {
        return id.equals(name) || aliases.contains(name);
    }
}
