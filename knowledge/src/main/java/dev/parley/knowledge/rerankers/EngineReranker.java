package dev.parley.knowledge.rerankers;

import dev.parley.files.FileFault;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.Passage;
import dev.parley.knowledge.Reranker;
import dev.parley.model.CausalLM;
import dev.parley.model.GgufImport;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A reranker of the hub, such as Qwen3-Reranker, run by Parley's engine: it reads the question with each of the best passages, and its
 * score is the passage's relevance from then on. The passages that it does not read follow in the order that they had.
 *
 * <p>A passage of 240 tokens takes a model of 0.6 billion parameters some tenths of a second on a CPU.
 */
public final class EngineReranker implements Reranker, AutoCloseable {

    /** Passages that are read where nobody says how many. */
    public static final int MOST_READ = 20;

    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final RerankRules rules;
    private final InferenceEngine engine;
    private final int mostRead;

    private EngineReranker(CausalLM model, Tokenizer tokenizer, RerankRules rules, int mostRead) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.rules = rules;
        this.mostRead = mostRead;
        engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT);
    }

    /** Loads a model from its folder, or from a GGUF file. Close it when it is done. */
    public static EngineReranker open(Path folder) {
        return open(folder, MOST_READ);
    }

    /**
     * The same.
     *
     * @param mostRead passages of a search that it reads
     * @throws KnowledgeException if the model is no reranker
     */
    public static EngineReranker open(Path folder, int mostRead) {
        try {
            var tokenizer = GgufImport.isGguf(folder) ? GgufImport.tokenizer(folder) : Tokenizer.load(folder);
            var rules = RerankRules.of(folder, tokenizer)
                    .orElseThrow(() -> new KnowledgeException(folder + " is no reranker; name one, such as Qwen/Qwen3-Reranker-0.6B."));
            return new EngineReranker(CausalLM.fromPretrained(folder), tokenizer, rules, mostRead);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + FileFault.reason(e) + ".", e);
        }
    }

    @Override
    public List<Passage> rerank(String question, List<Passage> passages) {
        var best = Reranker.BY_RELEVANCE.rerank(question, passages);
        var read = new ArrayList<>(best.stream().limit(mostRead).map(passage -> passage.withRelevance(score(question, passage))).toList());
        read.sort(Comparator.comparingDouble(Passage::relevance).reversed());
        // What was not read is held to be no more relevant than what was, and was found less so.
        var least = read.isEmpty() ? 0 : read.getLast().relevance();
        best.stream().skip(mostRead).forEach(passage -> read.add(passage.withRelevance(Math.min(least, passage.relevance()))));
        return List.copyOf(read);
    }

    private double score(String question, Passage passage) {
        var document = passage.title().isEmpty() ? passage.text() : passage.title() + "\n" + passage.text();
        var ids = rules.prompt().ids(tokenizer, Optional.empty(), question, document);
        if (ids.length >= model.config().maxPositionEmbeddings()) return passage.relevance(); // too long to be judged
        return rules.verdict().score(model, engine.embedding("", ids, RerankRules.LAST_STATE).join());
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
