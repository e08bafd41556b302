package dev.parley.model;

import dev.parley.model.RunnerWeights.SideBySide;
import java.util.stream.IntStream;

/**
 * What the adapters of a pass's texts add to its products. It is done beside the products, in their phases: while the vectors are
 * arranged they are shrunk as well, and who multiplies a part of a matrix expands that part of the sums. Texts without an adapter are left
 * alone, and each text's sums are its own.
 *
 * @param tokens of texts with an adapter
 * @param adapters of these
 * @param lowSize numbers kept of a token and a product
 * @param low what they are shrunk to
 */
record AdapterPass(int[] tokens, Adapter[] adapters, int lowSize, float[] low) {

    /** No text has an adapter. */
    static final AdapterPass NONE = new AdapterPass(new int[0], new Adapter[0], 0, new float[0]);

    private static final int MOST_SIDE_BY_SIDE = 3; // queries, keys and values

    static AdapterPass of(ForwardBatch pass) {
        var tokens = IntStream.range(0, pass.tokens()).filter(t -> pass.adapter(t).isPresent()).toArray();
        if (tokens.length == 0) return NONE;
        var adapters = IntStream.of(tokens).mapToObj(t -> pass.adapter(t).orElseThrow()).toArray(Adapter[]::new);
        var lowSize = 0;
        for (var adapter : adapters) lowSize = Math.max(lowSize, adapter.lowSize());
        return new AdapterPass(tokens, adapters, lowSize, new float[tokens.length * MOST_SIDE_BY_SIDE * lowSize]);
    }

    /** Units of work beside arranging the input of products. */
    int units(SideBySide products) {
        return tokens.length * products.projections().size();
    }

    /** Does such a unit. @param x the input, a token's at so many times {@code stride} */
    void shrink(int unit, SideBySide products, float[] x, int stride) {
        int token = unit / products.projections().size(), product = unit % products.projections().size();
        var update = adapters[token].of(products.projections().get(product));
        if (update.isPresent()) update.get().shrink(x, tokens[token] * stride, low, lowAt(token, product));
    }

    /**
     * Adds to some rows of one of the products side by side, of all tokens.
     *
     * @param y where a token's row r is at {@code yAt + r}, and the next token's {@code products.size()} on
     */
    void expand(SideBySide products, int product, int from, int to, float[] y, int yAt) {
        for (int i = 0; i < tokens.length; i++) {
            var update = adapters[i].of(products.projections().get(product));
            if (update.isPresent()) update.get().expand(low, lowAt(i, product), from, to, y, yAt + tokens[i] * products.size());
        }
    }

    private int lowAt(int token, int product) {
        return (token * MOST_SIDE_BY_SIDE + product) * lowSize;
    }
}
