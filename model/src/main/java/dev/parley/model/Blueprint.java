package dev.parley.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
     * @param scale what tokens' vectors are multiplied by
     */
    public record EmbeddingSpec(WeightSpec tokens, Optional<WeightSpec> positions, double scale) {

        /** One that takes tokens' vectors as they are. */
        public EmbeddingSpec(WeightSpec tokens, Optional<WeightSpec> positions) {
            this(tokens, positions, 1);
        }
    }

    /**
     * A layer: x + mixer(norm(x)), and to that sum y, y + mlp(norm(y)).
     *
     * @param mixerNorms of its first branch
     * @param mixer almost always attention
     * @param mlpNorms of its branch with the MLP
     * @param join how the branches are added to the residual stream
     */
    public record LayerSpec(Norms mixerNorms, Mixer mixer, Norms mlpNorms, FeedForward mlp, Join join) {

        /** A layer of which each branch has a norm before it, and is added as it is. */
        public LayerSpec(NormSpec mixerNorm, Mixer mixer, NormSpec mlpNorm, FeedForward mlp) {
            this(Norms.before(mixerNorm), mixer, Norms.before(mlpNorm), mlp, Join.PLAIN);
        }
    }

    /**
     * The norms of a branch.
     *
     * @param before of what it reads; empty where it reads the residual stream as it is
     * @param after of what it adds to it
     */
    public record Norms(Optional<NormSpec> before, Optional<NormSpec> after) {

        /** Only one before the branch, as most have. */
        public static Norms before(NormSpec norm) {
            return new Norms(Optional.of(norm), Optional.empty());
        }

        /** Only one after it. */
        public static Norms after(NormSpec norm) {
            return new Norms(Optional.empty(), Optional.of(norm));
        }

        /** Both. */
        public static Norms around(NormSpec before, NormSpec after) {
            return new Norms(Optional.of(before), Optional.of(after));
        }
    }

    /**
     * How the branches of a layer are added to the residual stream.
     *
     * @param parallel whether the MLP reads what attention reads, x + attention(norm(x)) + mlp(norm(x)); Wang and Komatsuzaki 2021 (GPT-J)
     * @param scale what a branch is multiplied by before it is added
     */
    public record Join(boolean parallel, double scale) {

        /** One after the other, as they are. */
        public static final Join PLAIN = new Join(false, 1);
    }

    /**
     * A norm over the last dimension.
     *
     * @param shift of a layer norm; a root mean square norm has none
     * @param scaleOffset what is added to the learned scale: 1 where files hold its distance from 1
     */
    public record NormSpec(WeightSpec scale, Optional<WeightSpec> shift, double epsilon, double scaleOffset) {

        /** One whose learned scale is the scale. */
        public NormSpec(WeightSpec scale, Optional<WeightSpec> shift, double epsilon) {
            this(scale, shift, epsilon, 0);
        }
    }

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

    /** A layer's first branch, by which a token learns of those before it. */
    public sealed interface Mixer {

        /** Its last product, which writes to the residual stream. */
        LinearSpec output();
    }

    /**
     * A short convolution between two gates, Liquid AI 2025 (arXiv:2511.23404): b, c and u = h W, each of C numbers; the state s = b · u;
     * and of each token y = c · sum over k of kernel[k] · s[k - (K - 1) tokens on]; then y is multiplied by {@code output}. The state is
     * what a cache keeps of a token.
     *
     * @param input to b, c and u, side by side
     * @param kernel (C, 1, K): of each of the C numbers K factors, the last that of the token itself
     */
    public record ShortConvSpec(LinearSpec input, WeightSpec kernel, LinearSpec output) implements Mixer {

        public ShortConvSpec {
            if (input.bias().isPresent()) throw new IllegalArgumentException("What a short convolution reads has no bias added.");
        }

        /** {@return how many numbers a state has} */
        public int channels() {
            return output.in();
        }

        /** {@return how many tokens the kernel covers, K} */
        public int taps() {
            return kernel.inFeatures();
        }
    }

    /**
     * Masked multi-head attention.
     *
     * @param scale what scores are multiplied by before the softmax
     * @param softcap bound of the scores, cap · tanh(score / cap); 0 for none
     * @param rope how queries and keys are turned by their positions; empty where they are not
     * @param slidingWindow how many tokens back it sees, itself counted; 0 for all
     * @param qkv the projections to queries, keys and values, whose results lie side by side: in one matrix, or in three
     * @param byHead whether the results lie there head by head, each with its query, key and value; else all queries come first
     * @param queryNorm of each query head, or of all together, as its size says; empty where there is none
     * @param keyNorm of each key head, or of all together
     * @param sinks a learned score of each query head that takes its share in the softmax and adds nothing, Xiao et al. 2023
     *     (arXiv:2309.17453); empty where tokens share all
     */
    public record AttentionSpec(int heads, int keyValueHeads, int headDim, double scale, double softcap, Optional<Rope> rope,
            int slidingWindow, List<LinearSpec> qkv, boolean byHead, Optional<NormSpec> queryNorm, Optional<NormSpec> keyNorm,
            Optional<WeightSpec> sinks, LinearSpec output) implements Mixer {

        public AttentionSpec {
            qkv = List.copyOf(qkv);
        }

        /** One whose scores have no bound, and whose queries come first. */
        public AttentionSpec(int heads, int keyValueHeads, int headDim, double scale, Optional<Rope> rope, int slidingWindow,
                List<LinearSpec> qkv, Optional<NormSpec> queryNorm, Optional<NormSpec> keyNorm, LinearSpec output) {
            this(heads, keyValueHeads, headDim, scale, 0, rope, slidingWindow, qkv, false, queryNorm, keyNorm, Optional.empty(), output);
        }

        /** Where the query of a head begins among a token's results. */
        public int queryAt(int head) {
            return byHead ? 3 * head * headDim : head * headDim;
        }

        /** Where the key of a head begins. */
        public int keyAt(int head) {
            return byHead ? (3 * head + 1) * headDim : querySize() + head * headDim;
        }

        /** Where the value of a head begins. */
        public int valueAt(int head) {
            return byHead ? (3 * head + 2) * headDim : querySize() + keyValueSize() + head * headDim;
        }

        /** Whether queries and keys are normed as a whole, and not head by head. */
        public boolean normsAllHeads() {
            return queryNorm.filter(norm -> norm.scale().elements() != headDim).isPresent();
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
        /** down(gelu(up x)), with the error function. */
        GELU_ERF,
        /** down(silu(gate x) · up x), Shazeer 2020 (arXiv:2002.05202). */
        GATED_SILU,
        /** down(gelu(gate x) · up x), with the approximation by tanh. */
        GATED_GELU,
        /** down(g · sigmoid(1.702 g) · (u + 1)) of g = min(gate x, 7) and u = up x within ±7; GPT-OSS. */
        CLAMPED_SWIGLU
    }

    /** A layer's second branch, which reads each token by itself. */
    public sealed interface FeedForward {

        /** Its products, in their order. */
        List<LinearSpec> linears();
    }

    /**
     * A perceptron.
     *
     * @param up the projections into it, whose results lie side by side; a gate comes first
     */
    public record MlpSpec(Activation activation, List<LinearSpec> up, LinearSpec down) implements FeedForward {

        public MlpSpec {
            up = List.copyOf(up);
        }

        @Override
        public List<LinearSpec> linears() {
            return Stream.concat(up.stream(), Stream.of(down)).toList();
        }
    }

    /**
     * Perceptrons of which each token asks a few, Shazeer et al. 2017 (arXiv:1701.06538): the sum of those with the highest scores, each by
     * its share of softmax(scores).
     *
     * @param router gives a score for each expert
     * @param topK experts that a token asks
     * @param normTopKProb whether the shares of those add up to 1; else they are shares among all
     */
    public record ExpertsSpec(LinearSpec router, List<MlpSpec> experts, int topK, boolean normTopKProb) implements FeedForward {

        public ExpertsSpec {
            experts = List.copyOf(experts);
        }

        /**
         * The experts that a token asks, the highest score first.
         *
         * @param scores of the router, one for each expert from {@code at} on
         */
        public int[] chosen(float[] scores, int at) {
            var best = new int[topK];
            for (int i = 0; i < topK; i++) {
                best[i] = -1;
                for (int e = 0; e < experts.size(); e++) {
                    var taken = false;
                    for (int j = 0; j < i; j++) taken |= best[j] == e;
                    if (!taken && (best[i] < 0 || scores[at + e] > scores[at + best[i]])) best[i] = e;
                }
            }
            return best;
        }

        @Override
        public List<LinearSpec> linears() {
            return Stream.concat(Stream.of(router), experts.stream().flatMap(expert -> expert.linears().stream())).toList();
        }
    }

    /**
     * From the last layer to scores.
     *
     * @param weight (V, C); the embedding's where they are tied
     * @param writtenTwice whether GGUF files have a tied head a second time, under {@code output.weight}
     * @param scale what scores are multiplied by
     * @param softcap bound of the scores, cap · tanh(score / cap); 0 for none
     */
    public record HeadSpec(NormSpec norm, WeightSpec weight, boolean writtenTwice, double scale, double softcap) {

        /** One that takes scores as they are. */
        public HeadSpec(NormSpec norm, WeightSpec weight, boolean writtenTwice) {
            this(norm, weight, writtenTwice, 1, 0);
        }
    }

    /** All weights in the order of the network, each once. */
    public List<WeightSpec> weights() {
        var all = new ArrayList<WeightSpec>();
        all.add(embedding.tokens);
        embedding.positions.ifPresent(all::add);
        for (var layer : layers) {
            layer.mixerNorms.before.ifPresent(norm -> add(all, norm));
            switch (layer.mixer) {
                case AttentionSpec attention -> {
                    for (var projection : attention.qkv) add(all, projection);
                    attention.queryNorm.ifPresent(norm -> add(all, norm));
                    attention.keyNorm.ifPresent(norm -> add(all, norm));
                    attention.sinks.ifPresent(all::add);
                }
                case ShortConvSpec convolution -> {
                    add(all, convolution.input);
                    all.add(convolution.kernel);
                }
            }
            add(all, layer.mixer.output());
            layer.mixerNorms.after.ifPresent(norm -> add(all, norm));
            layer.mlpNorms.before.ifPresent(norm -> add(all, norm));
            for (var projection : layer.mlp.linears()) add(all, projection);
            layer.mlpNorms.after.ifPresent(norm -> add(all, norm));
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
