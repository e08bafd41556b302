package dev.parley.generate;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.LogitsProcessor;
import dev.parley.generate.sampling.Sampler;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Decoding as it is explained on a first page, for comparison: each token is chosen after the whole text was read anew, by itself. */
public final class NaiveDecoder {

    private NaiveDecoder() {}

    /** The new tokens. @param index of the text among those of its prompt */
    public static int[] decode(CausalLM model, int[] prompt, GenerationConfig config, int index) {
        var limit = Math.min(config.maxNewTokens(), model.config().maxPositionEmbeddings() - prompt.length);
        var sampler = new Sampler(config, LogitsProcessor.of(config, prompt.length, limit, Optional.empty()), index);
        var ids = prompt;
        try (var session = model.openSession(0)) {
            for (int made = 0; made < limit; made++) {
                try (var text = session.open()) {
                    var scores = session.feed(List.of(Feed.of(text, ids))).getFirst().scores()[0];
                    var next = sampler.choose(sampler.processed(ids, scores));
                    ids = Arrays.copyOf(ids, ids.length + 1);
                    ids[ids.length - 1] = next;
                    if (!config.ignoreEos() && config.eosTokenIds().contains(next)) break;
                }
            }
        }
        return Arrays.copyOfRange(ids, prompt.length, ids.length);
    }
}
