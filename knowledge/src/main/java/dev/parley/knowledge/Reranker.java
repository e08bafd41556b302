package dev.parley.knowledge;

import java.util.Comparator;
import java.util.List;

/** Puts the passages that a search has found into their final order. */
@FunctionalInterface
public interface Reranker {

    /** Leaves them in the order of the fused rankings. */
    Reranker NONE = (question, passages) -> passages;

    /** By relevance, which looks at how near a passage is and not only at its ranks. */
    Reranker BY_RELEVANCE = (question, passages) -> passages.stream().sorted(Comparator.comparingDouble(Passage::relevance).reversed())
            .toList();

    /**
     * Orders passages.
     *
     * @param passages the best of the fused rankings first; some dozens
     * @return the same ones, the best first
     */
    List<Passage> rerank(String question, List<Passage> passages);
}
