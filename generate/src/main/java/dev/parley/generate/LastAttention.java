package dev.parley.generate;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.SharedPasses;
import dev.parley.model.SharedPasses.Feed;
import dev.parley.model.SharedPasses.Scored;
import java.util.List;

/** What each head sees of each token of a text when it reads the last: (L, H, S). */
final class LastAttention extends Reading<float[][][]> {

    private float[][][] weights = {};

    LastAttention(String owner, int[] ids) {
        super(owner, ids);
    }

    @Override
    void begin(KvBlocks empty, PrefixCache prefixes) {
        empty.share(prefixes.find(owner(), ids()));
    }

    /** The last token is a piece of its own. */
    @Override
    int end(int from, int most) {
        var last = ids().length - 1;
        return from == last ? ids().length : Math.min(last, from + most);
    }

    @Override
    void read(SharedPasses passes, KvBlocks cache, int[] piece) {
        if (cache.length() < ids().length - 1) passes.feed(List.of(new Feed(cache, piece, Scored.NONE)));
        else weights = passes.attention(cache, piece[0]);
    }

    @Override
    float[][][] found() {
        return weights;
    }
}
