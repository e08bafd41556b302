package dev.parley.data.shards;

import java.util.Arrays;
import java.util.List;

/** A corpus that is small enough for memory. */
public final class TokensInMemory implements TokenCorpus {

    private final int[] ids;
    private final int[] starts;

    private TokensInMemory(int[] ids, int[] starts) {
        this.ids = ids;
        this.starts = starts;
    }

    /**
     * Documents without the tokens that begin and end them; empty ones are left out.
     *
     * @throws IllegalArgumentException if they have more tokens than an array can
     */
    public static TokensInMemory of(List<int[]> documents) {
        var all = documents.stream().filter(d -> d.length > 0).toList();
        var tokens = all.stream().mapToLong(d -> d.length).sum();
        if (tokens > Integer.MAX_VALUE - 8)
            throw new IllegalArgumentException("The texts have " + tokens + " tokens, too many for memory: prepare shards of them first.");
        var ids = new int[(int) tokens];
        var starts = new int[all.size() + 1];
        for (int d = 0; d < all.size(); d++) {
            System.arraycopy(all.get(d), 0, ids, starts[d], all.get(d).length);
            starts[d + 1] = starts[d] + all.get(d).length;
        }
        return new TokensInMemory(ids, starts);
    }

    /**
     * The tokens before a place, or from it on: of the document that lies there each has a part.
     *
     * @param isBefore whether the first part is meant
     */
    public TokensInMemory part(long place, boolean isBefore) {
        int from = isBefore ? 0 : (int) place, to = isBefore ? (int) place : ids.length;
        var inner = Arrays.stream(starts).filter(start -> start > from && start < to).map(start -> start - from).toArray();
        var cut = new int[inner.length + 2];
        System.arraycopy(inner, 0, cut, 1, inner.length);
        cut[cut.length - 1] = to - from;
        return new TokensInMemory(Arrays.copyOfRange(ids, from, to), cut);
    }

    @Override
    public long documents() {
        return starts.length - 1L;
    }

    @Override
    public long tokens() {
        return ids.length;
    }

    @Override
    public long start(long document) {
        return starts[(int) document];
    }

    @Override
    public void copy(long from, int count, int[] target, int at) {
        System.arraycopy(ids, (int) from, target, at, count);
    }

    @Override
    public long fingerprint() {
        var hash = (long) ids.length;
        for (var id : ids) hash = Split.mix(hash ^ id) + 1;
        for (var start : starts) hash = Split.mix(hash ^ start) + 1;
        return hash;
    }
}
