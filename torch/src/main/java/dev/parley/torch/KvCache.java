package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Arrays;

/**
 * The keys and values, or states, of the tokens seen so far, layer by layer, so that each new token costs one row of work and not
 * a whole sequence. It lives in no scope: close it when the text is done.
 */
final class KvCache implements AutoCloseable {

    private static final int BLOCK = 64;

    private final Layer[] layers;
    private final int capacity;
    private int length;

    /** An empty cache, for as many tokens as the model's context holds; memory is taken as it is needed. */
    static KvCache of(ModelConfig config) {
        return new KvCache(config.numHiddenLayers(), config.maxPositionEmbeddings());
    }

    private KvCache(int nLayer, int capacity) {
        this.capacity = capacity;
        layers = new Layer[nLayer];
        Arrays.setAll(layers, i -> new Layer());
    }

    /** Tokens whose keys and values are held. */
    int length() {
        return length;
    }

    /** Forgets the tokens from {@code length} on. */
    void truncate(int length) {
        if (length < 0 || length > this.length)
            throw new IllegalArgumentException("The cache holds " + this.length + " tokens, not " + length + ".");
        this.length = length;
    }

    /** The same tokens in memory of their own. */
    KvCache copy() {
        var copy = new KvCache(layers.length, capacity);
        copy.length = length;
        for (int i = 0; i < layers.length; i++) copy.layers[i].copyOf(layers[i]);
        return copy;
    }

    /** The states of a layer that has those in place of keys and values, (B, S, C). */
    Tensor states(int layer) {
        return layers[layer].keys.narrow(2, 0, length).select(1, 0);
    }

    /** The keys and values of a layer, (B, H, S, D). */
    KeysAndValues all(int layer) {
        return new KeysAndValues(layers[layer].keys.narrow(2, 0, length), layers[layer].values.narrow(2, 0, length));
    }

    /** Counts the tokens that every layer has appended. */
    void advance(int tokens) {
        length += tokens;
    }

    Layer layer(int index) {
        return layers[index];
    }

    @Override
    public void close() {
        for (var layer : layers) layer.close();
        length = 0;
    }

    /** What attention looks at: keys and values of all tokens, each (B, H, S, D). */
    record KeysAndValues(Tensor keys, Tensor values) {}

    /** One layer's part. */
    final class Layer {

        private Tensor keys; // (B, H, room, D); or states, of one head
        private Tensor values; // (B, H, room, D)

        /** Appends the keys and values of new tokens, each (B, H, T, D), and gives those of all. */
        KeysAndValues append(Tensor newKeys, Tensor newValues) {
            var tokens = newKeys.size(2);
            var total = length + tokens;
            try (var noGrad = NoGrad.open()) {
                keys = withRoom(keys, newKeys, total);
                values = withRoom(values, newValues, total);
                keys.narrow(2, length, tokens).copyInPlace(newKeys);
                values.narrow(2, length, tokens).copyInPlace(newValues);
            }
            return new KeysAndValues(keys.narrow(2, 0, total), values.narrow(2, 0, total)); // (B, H, S, D)
        }

        /** Appends the states of new tokens, (B, T, C), in a layer without keys and values, and gives those of all, (B, S, C). */
        Tensor append(Tensor states) {
            var total = length + states.size(1);
            try (var noGrad = NoGrad.open()) {
                var oneHead = states.unsqueeze(1);
                keys = withRoom(keys, oneHead, total);
                keys.narrow(2, length, states.size(1)).copyInPlace(oneHead);
            }
            return keys.narrow(2, 0, total).select(1, 0);
        }

        private Tensor withRoom(Tensor held, Tensor like, long total) {
            if (held != null && held.size(2) >= total) return held;
            var room = Math.min(capacity, Math.max(BLOCK, Math.ceilDiv(total + total / 2, BLOCK) * BLOCK));
            DType dtype = like.dtype();
            var larger = Scope.detach(Tensor.zeros(dtype, like.size(0), like.size(1), room, like.size(3)));
            if (held != null) {
                larger.narrow(2, 0, length).copyInPlace(held.narrow(2, 0, length));
                held.close();
            }
            return larger;
        }

        private void copyOf(Layer other) {
            if (other.keys == null) return;
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var row = Tensor.ofInts(new int[1], 1);
                keys = Scope.detach(other.keys.indexSelect(0, row));
                if (other.values != null) values = Scope.detach(other.values.indexSelect(0, row));
            }
        }

        private void close() {
            if (keys != null) keys.close();
            if (values != null) values.close();
            keys = null;
            values = null;
        }
    }
}
