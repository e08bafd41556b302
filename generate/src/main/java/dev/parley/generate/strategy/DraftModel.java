package dev.parley.generate.strategy;

import dev.parley.generate.sampling.Sampler;
import dev.parley.kernels.vectors.LogSumExp;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.LanguageModel;
import dev.parley.model.ModelException;
import dev.parley.model.SequenceCache;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A smaller model with the same vocabulary, which drafts tokens greedily. */
public final class DraftModel implements AutoCloseable {

    private final CausalLM model;
    private final InferenceSession session;

    /**
     * @param cacheBytes of its keys and values; one context at least, which is enough: only a sequence that runs alone is drafted for, and
     *     those that have left have given theirs back
     * @throws ModelException if it has another vocabulary than the model
     */
    public DraftModel(CausalLM draft, LanguageModel model, long cacheBytes) {
        check(draft, model);
        this.model = draft;
        session = draft.openSession(cacheBytes);
    }

    /** @throws ModelException if the draft model has another vocabulary than the model */
    public static void check(CausalLM draft, LanguageModel model) {
        if (draft.config().vocabSize() == model.config().vocabSize()) return;
        throw new ModelException("The draft model has " + draft.config().vocabSize() + " tokens and the model " + model.config().vocabSize()
                + "; a draft model needs the same tokenizer.");
    }

    /** @param leastProbable how likely a token must be for the draft to go on after it */
    Speculation.Drafter newDrafter(double leastProbable) {
        return new SequenceDrafter(leastProbable);
    }

    /** Drafts for one sequence. It keeps the keys and values of what it has read, and drops those of rejected tokens. */
    private final class SequenceDrafter implements Speculation.Drafter {

        private final double leastProbable;
        private Optional<SequenceCache> cache = Optional.empty();
        private int[] read = {};

        private SequenceDrafter(double leastProbable) {
            this.leastProbable = leastProbable;
        }

        @Override
        public int[] draft(int[] ids, int most) {
            var wanted = Math.min(most, model.config().maxPositionEmbeddings() - ids.length); // its context may be the shorter one
            if (wanted <= 0) return new int[0];
            var sequence = cache.orElseGet(session::open);
            cache = Optional.of(sequence);
            var common = Arrays.mismatch(read, ids);
            if (common < 0 || common == ids.length) common = ids.length - 1; // its last token is read again, for the scores after it
            sequence.truncate(common);
            var drafted = Arrays.copyOf(ids, ids.length + wanted);
            var scores = scores(sequence, Arrays.copyOfRange(ids, common, ids.length));
            var end = ids.length;
            while (true) {
                drafted[end] = Sampler.argmax(scores);
                var goesOn = probability(scores, drafted[end]) >= leastProbable;
                end++;
                if (!goesOn || end == drafted.length) break;
                scores = scores(sequence, drafted[end - 1]);
            }
            read = Arrays.copyOf(drafted, end - 1);
            return Arrays.copyOfRange(drafted, ids.length, end);
        }

        /** Of the likeliest token. */
        private double probability(float[] scores, int token) {
            return Math.exp(scores[token] - LogSumExp.of(scores, scores.length, scores[token]));
        }

        private float[] scores(SequenceCache sequence, int... ids) {
            return session.feed(List.of(Feed.of(sequence, ids))).getFirst().scores()[0];
        }

        @Override
        public void close() {
            cache.ifPresent(SequenceCache::close);
            cache = Optional.empty();
            read = new int[0];
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
