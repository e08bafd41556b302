package dev.parley.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network on paper: its parts from the embedding to the head, and every weight of each. A {@link Family} draws it from a
 * config; the runners, the loader, the exports and the quantisation all work from it, so that none of them knows a family.
 *
 * <pre>
 *   token ids ─► embedding ─► x ──┬──────────────► + ──┬────────► + ──►  …  ──► norm ─► head ─► scores
 *                                 └► norm ► attention ─┘► norm ► MLP ┘
 *                                 └──────────── a layer ─────────────┘
 * </pre>
 *
 * @param prefix of all names but the head's, which some files leave out
 * @param passedOver names of tensors that files may hold and that are no weights; those that begin with a dot are ends of names
 */
public record Blueprint(String prefix, List<String> passedOver, EmbeddingSpec embedding, List<LayerSpec> layers, HeadSpec head) {

    public Blueprint {
        passedOver = List.copyOf(passedOver);
        layers = List.copyOf(layers);
    }

    /**
     * What turns a token into a vector.
     *
     * @param positions learned ones, (positions, C); empty where queries and keys are rotated
     */
    public record EmbeddingSpec(WeightSpec tokens, Optional<WeightSpec> positions) {}

    /** A layer: x + attention(norm(x)), and to that sum y, y + mlp(norm(y)). */
    public record LayerSpec(NormSpec attentionNorm, AttentionSpec attention, NormSpec mlpNorm, MlpSpec mlp) {}

    /**
     * A norm over the last dimension.
     *
     * @param shift of a layer norm; a root mean square norm has none
     */
    public record NormSpec(WeightSpec scale, Optional<WeightSpec> shift, double epsilon) {}

    /**
     * y = x W + b.
     *
     * @param bias b, where one is added
     */
    public record LinearSpec(WeightSpec weight, Optional<WeightSpec> bias) {

        /** {@return numbers in a vector that it takes} */
        public int in() {
            return weight.inFeatures();
        }

        /** {@return numbers in a vector that it gives} */
        public int out() {
            return weight.outFeatures();
        }
    }

    /**
     * Masked multi-head attention.
     *
     * @param scale what scores are multiplied by before the softmax
     * @param rotary whether queries and keys are turned by their positions
     * @param slidingWindow how many tokens back it sees, itself counted; 0 for all
     * @param qkv the projections to queries, keys and values, whose results lie side by side: in one matrix, or in three
     * @param queryNorm of each query head; empty where there is none
     * @param keyNorm of each key head
     */
    public record AttentionSpec(int heads, int keyValueHeads, int headDim, double scale, boolean rotary, int slidingWindow,
            List<LinearSpec> qkv, Optional<NormSpec> queryNorm, Optional<NormSpec> keyNorm, LinearSpec output) {

        public AttentionSpec {
            qkv = List.copyOf(qkv);
        }

        /** Width of all queries together. */
        public int querySize() {
            return heads * headDim;
        }

        /** Width of all keys together, and of all values. */
        public int keyValueSize() {
            return keyValueHeads * headDim;
        }
    }

    /** What stands between the two products of an MLP. */
    public enum Activation {
        /** down(gelu(up x)), with GPT-2's approximation of gelu by tanh. */
        GELU,
        /** down(silu(gate x) · up x), Shazeer 2020 (arXiv:2002.05202). */
        GATED_SILU
    }

    /**
     * The perceptron of a layer.
     *
     * @param up the projections into it, whose results lie side by side; a gate comes first
     */
    public record MlpSpec(Activation activation, List<LinearSpec> up, LinearSpec down) {

        public MlpSpec {
            up = List.copyOf(up);
        }
    }

    /**
     * From the last layer to scores.
     *
     * @param weight (V, C); the embedding's where they are tied
     * @param writtenTwice whether GGUF files have a tied head a second time, under {@code output.weight}
     */
    public record HeadSpec(NormSpec norm, WeightSpec weight, boolean writtenTwice) {}

    /** All weights in the order of the network, each once. */
    public List<WeightSpec> weights() {
        var all = new ArrayList<WeightSpec>();
        all.add(embedding.tokens);
        embedding.positions.ifPresent(all::add);
        for (var layer : layers) {
            add(all, layer.attentionNorm);
            for (var projection : layer.attention.qkv) add(all, projection);
            layer.attention.queryNorm.ifPresent(norm -> add(all, norm));
            layer.attention.keyNorm.ifPresent(norm -> add(all, norm));
            add(all, layer.attention.output);
            add(all, layer.mlpNorm);
            for (var projection : layer.mlp.up) add(all, projection);
            add(all, layer.mlp.down);
        }
        add(all, head.norm);
        if (!tied()) all.add(head.weight);
        return all;
    }

    private static void add(List<WeightSpec> all, NormSpec norm) {
        all.add(norm.scale);
        norm.shift.ifPresent(all::add);
    }

    private static void add(List<WeightSpec> all, LinearSpec linear) {
        all.add(linear.weight);
        linear.bias.ifPresent(all::add);
    }

    /** Whether the head is the table of token embeddings. */
    public boolean tied() {
        return head.weight.equals(embedding.tokens);
    }
}
