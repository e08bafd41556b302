package dev.parley.model;

import dev.parley.model.families.Gpt2;
import dev.parley.model.families.Llama;
import dev.parley.model.families.Qwen3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The sizes and settings of a decoder-only Transformer, under the names of Hugging Face's {@code config.json}. What network they
 * make, the {@link Family} says: {@link #blueprint()}.
 *
 * @param family which parts it has, and under what names files hold them
 * @param vocabSize number of token ids
 * @param hiddenSize width of the residual stream
 * @param positions how many there are, and how they enter
 * @param layers what differs between the layers; as many as there are
 * @param attention sizes of its heads
 * @param mlp sizes of the MLP
 * @param normEpsilon added to the variance
 * @param tieWordEmbeddings whether the head is the table of token embeddings (Press and Wolf 2017, arXiv:1608.05859)
 * @param training what only training asks for
 * @param specialTokens ids that begin and end a text
 * @param scales numbers that some families multiply by, or bound scores with
 * @param experts of layers that have such in place of an MLP
 */
public record ModelConfig(Family family, int vocabSize, int hiddenSize, Positions positions, List<Layer> layers, AttentionShape attention,
        MlpShape mlp,
        double normEpsilon, boolean tieWordEmbeddings, Training training, SpecialTokens specialTokens, Scales scales,
        Optional<ExpertsShape> experts) {

    /** One of a family without {@link Scales}. */
    public ModelConfig(Family family, int vocabSize, int hiddenSize, Positions positions, List<Layer> layers, AttentionShape attention,
            MlpShape mlp, double normEpsilon, boolean tieWordEmbeddings, Training training, SpecialTokens specialTokens) {
        this(family, vocabSize, hiddenSize, positions, layers, attention, mlp, normEpsilon, tieWordEmbeddings, training, specialTokens,
                Scales.NONE, Optional.empty());
    }

    /**
     * Numbers that some families multiply by, or bound scores with.
     *
     * @param embedding what token embeddings are multiplied by
     * @param branch what attention and MLP are multiplied by before they are added to the residual stream
     * @param logits what the scores of the next token are multiplied by
     * @param attentionSoftcap bound of attention's scores, cap · tanh(score / cap); 0 for none
     * @param logitSoftcap bound of the scores of the next token; 0 for none
     */
    public record Scales(double embedding, double branch, double logits, double attentionSoftcap, double logitSoftcap) {

        /** Nothing is multiplied or bound. */
        public static final Scales NONE = new Scales(1, 1, 1, 0, 0);
    }

    /**
     * Positions of tokens.
     *
     * @param max longest context, in tokens
     * @param rope rotary positions; empty where they are learned
     */
    public record Positions(int max, Optional<Rope> rope) {

        /** Each position has a learned vector, which is added to the token's. */
        public static Positions learned(int max) {
            return new Positions(max, Optional.empty());
        }

        /** Queries and keys are rotated by their positions. */
        public static Positions rotary(int max, Rope rope) {
            return new Positions(max, Optional.of(rope));
        }
    }

    /**
     * What a layer has of its own.
     *
     * @param rotary whether positions are rotated in, where the model does so at all
     * @param slidingWindow how many tokens back attention sees, itself counted; 0 for all
     * @param rope of its own; empty for the model's
     * @param convolved how many tokens the short convolution covers that it has in place of attention; 0 for attention
     */
    public record Layer(boolean rotary, int slidingWindow, Optional<Rope> rope, int convolved) {

        /** One with attention. */
        public Layer(boolean rotary, int slidingWindow, Optional<Rope> rope) {
            this(rotary, slidingWindow, rope, 0);
        }

        /** One with attention that turns by the model's angles. */
        public Layer(boolean rotary, int slidingWindow) {
            this(rotary, slidingWindow, Optional.empty());
        }

        /** One with a convolution over so many tokens. */
        public static Layer convolution(int tokens) {
            return new Layer(false, 0, Optional.empty(), tokens);
        }

        /** With positions, where the model rotates them in, and attention over the whole context. */
        public static final Layer PLAIN = new Layer(true, 0);
    }

    /**
     * The heads of attention.
     *
     * @param heads query heads
     * @param keyValueHeads each shared by several query heads (Ainslie et al. 2023, arXiv:2305.13245)
     * @param headDim width of one head
     * @param qkvBias whether the projections to queries, keys and values add a bias
     * @param outputBias whether the output projection does
     * @param scaling what scores are divided by
     */
    public record AttentionShape(int heads, int keyValueHeads, int headDim, boolean qkvBias, boolean outputBias, ScoreScaling scaling) {

        /** Scores divided by the square root of a head's size, as almost all do. */
        public AttentionShape(int heads, int keyValueHeads, int headDim, boolean qkvBias, boolean outputBias) {
            this(heads, keyValueHeads, headDim, qkvBias, outputBias, ScoreScaling.BY_SIZE);
        }
    }

    /**
     * What the scores of attention are multiplied by.
     *
     * @param by a number of its own; empty for 1 / sqrt(head's size)
     * @param byLayer whether they are divided by the number of the layer, from 1
     */
    public record ScoreScaling(OptionalDouble by, boolean byLayer) {

        /** By 1 / sqrt(head's size), as almost all do. */
        public static final ScoreScaling BY_SIZE = new ScoreScaling(OptionalDouble.empty(), false);

        /** By a number. */
        public static ScoreScaling by(double number) {
            return new ScoreScaling(OptionalDouble.of(number), false);
        }
    }

    /**
     * The MLP.
     *
     * @param intermediateSize its inner width
     * @param bias whether its projections add one
     * @param parallel whether it reads what attention reads, where it else reads what attention has added to
     */
    public record MlpShape(int intermediateSize, boolean bias, boolean parallel) {

        /** One after attention, as in almost all. */
        public MlpShape(int intermediateSize, boolean bias) {
            this(intermediateSize, bias, false);
        }
    }

    /**
     * Experts in place of an MLP.
     *
     * @param count in a layer
     * @param topK that a token asks
     * @param intermediateSize the inner width of one
     * @param normTopKProb whether the shares of those that are asked add up to 1
     * @param layers that have them
     */
    public record ExpertsShape(int count, int topK, int intermediateSize, boolean normTopKProb, List<Integer> layers) {

        /** @throws IllegalArgumentException if a token is to ask more experts than there are */
        public ExpertsShape {
            layers = List.copyOf(layers);
            if ((long) layers.size() * count > 1 << 17) // the largest that are published have 25,000
                throw new IllegalArgumentException(
                        "These values make no model: " + count + " experts in each of " + layers.size() + " layers.");
            if (!layers.isEmpty() && (count < 1 || count > 1 << 12 || topK < 1 || topK > count || intermediateSize < 1
                    || intermediateSize > 1 << 20)) {
                throw new IllegalArgumentException(
                        "These values make no model: " + count + " experts of width " + intermediateSize + ", of which a "
                                + "token asks " + topK + ".");
            }
        }
    }

    /**
     * What only training asks for.
     *
     * @param initializerRange standard deviation of fresh weights
     */
    public record Training(Dropout dropout, double initializerRange) {

        /** Without dropout, and with the spread that most begin with. */
        public static final Training PLAIN = new Training(Dropout.NONE, 0.02);
    }

    /**
     * Dropout in training.
     *
     * @param residual on what a layer adds to the residual stream
     * @param embedding on the embeddings
     * @param attention on the attention weights
     */
    public record Dropout(double residual, double embedding, double attention) {

        static final Dropout NONE = new Dropout(0, 0, 0);

        /** Whether nothing is dropped anywhere. */
        public boolean isNone() {
            return equals(NONE);
        }
    }

    /**
     * Ids that begin and end a text.
     *
     * @param bos -1 if none begins one
     */
    public record SpecialTokens(int bos, List<Integer> eos) {

        public SpecialTokens {
            eos = List.copyOf(eos);
        }

        /** One that does both. */
        public static SpecialTokens one(int id) {
            return new SpecialTokens(id, List.of(id));
        }
    }

    /** @throws IllegalArgumentException naming every value that cannot be */
    public ModelConfig {
        layers = List.copyOf(layers);
        var faults = new ArrayList<String>();
        inRange(faults, "vocab_size", vocabSize, 1 << 24);
        inRange(faults, family.settingName("max_position_embeddings"), positions.max, 1 << 24);
        inRange(faults, family.settingName("hidden_size"), hiddenSize, 1 << 17);
        inRange(faults, family.settingName("num_hidden_layers"), layers.size(), 1 << 12);
        inRange(faults, family.settingName("num_attention_heads"), attention.heads, 1 << 12);
        inRange(faults, "num_key_value_heads", attention.keyValueHeads, 1 << 12);
        inRange(faults, "head_dim", attention.headDim, 1 << 12);
        inRange(faults, family.settingName("intermediate_size"), mlp.intermediateSize, 1 << 20);
        if (attention.keyValueHeads > 0 && attention.heads % attention.keyValueHeads != 0) {
            faults.add("num_attention_heads " + attention.heads + " is not a multiple of num_key_value_heads " + attention.keyValueHeads);
        }
        positions.rope.map(Rope::scaling).ifPresent(scaling -> {
            if (!(scaling instanceof Rope.LongRope s)) return;
            var pairs = positions.rope.get().rotaryDim(attention.headDim) / 2;
            if (s.shortFactors().size() != pairs || s.longFactors().size() != pairs)
                faults.add(
                        "short_factor and long_factor have " + s.shortFactors().size() + " and " + s.longFactors().size() + " numbers for "
                                + pairs + " pairs of dimensions");
        });
        if (positions.rope.map(rope -> rope.rotaryDim(attention.headDim)).filter(dim -> dim % 2 != 0 || dim == 0).isPresent())
            faults.add("head_dim " + attention.headDim + " is odd, or so is the part of it that positions rotate in pairs");
        for (var p : List.of(training.dropout.residual, training.dropout.embedding, training.dropout.attention)) {
            if (!(p >= 0 && p < 1)) faults.add("a dropout of " + p + " is not in [0, 1)");
        }
        if (!(normEpsilon > 0)) faults.add("an epsilon of " + normEpsilon + " is not above 0");
        if (!(training.initializerRange > 0)) faults.add("initializer_range " + training.initializerRange + " is not above 0");
        if (!faults.isEmpty()) throw new IllegalArgumentException("These values make no model: " + String.join("; ", faults) + ".");
    }

    private static void inRange(List<String> faults, String name, int value, int most) {
        if (value < 1 || value > most) faults.add(name + " " + value + " is not in 1.." + most);
    }

    /** A new GPT-2 without dropout, the end of text being token 0. */
    public static ModelConfig gpt2(int vocabSize, int nPositions, int nEmbd, int nLayer, int nHead) {
        return Gpt2.config(vocabSize, nPositions, nEmbd, nLayer, nHead);
    }

    /** The 124 million parameters of the smallest published GPT-2, without dropout. */
    public static ModelConfig gpt2Small() {
        return gpt2(50_257, 1024, 768, 12, 12).withSpecialTokens(50_256, 50_256);
    }

    /**
     * A new model in Qwen3's shape, which is the default: rotary positions, root mean square norms also on each head's queries
     * and keys, a gated MLP, no biases, tied embeddings. transformers, vLLM, llama.cpp and Ollama run it unchanged.
     */
    public static ModelConfig qwen3(int vocabSize, int maxPositionEmbeddings, int hiddenSize, int layers, int heads, int kvHeads,
            int intermediateSize) {
        return Qwen3.config(vocabSize, maxPositionEmbeddings, hiddenSize, layers, heads, kvHeads, intermediateSize);
    }

    /** A new model in Llama's shape: Qwen3's without the norms on queries and keys. */
    public static ModelConfig llama(int vocabSize, int maxPositionEmbeddings, int hiddenSize, int layers, int heads, int kvHeads,
            int intermediateSize) {
        return Llama.config(vocabSize, maxPositionEmbeddings, hiddenSize, layers, heads, kvHeads, intermediateSize);
    }

    /** The same model with other tokens that begin (-1 for none) and end a text. */
    public ModelConfig withSpecialTokens(int bosTokenId, int eosTokenId) {
        return new ModelConfig(family, vocabSize, hiddenSize, positions, layers, attention, mlp, normEpsilon, tieWordEmbeddings, training,
                new SpecialTokens(bosTokenId, List.of(eosTokenId)), scales, experts);
    }

    /** The same model with so many tokens. */
    public ModelConfig withVocabSize(int tokens) {
        return new ModelConfig(family, tokens, hiddenSize, positions, layers, attention, mlp, normEpsilon, tieWordEmbeddings, training,
                specialTokens, scales, experts);
    }

    /** The same dropout in all three places. */
    public ModelConfig withDropout(double p) {
        return new ModelConfig(family, vocabSize, hiddenSize, positions, layers, attention, mlp, normEpsilon, tieWordEmbeddings,
                new Training(new Dropout(p, p, p), training.initializerRange), specialTokens, scales, experts);
    }

    // ---- under the names of config.json ----

    /** {@return the number of layers} */
    public int numHiddenLayers() {
        return layers.size();
    }

    /** {@return the longest context, in tokens} */
    public int maxPositionEmbeddings() {
        return positions.max;
    }

    /** {@return the number of query heads in a layer} */
    public int numAttentionHeads() {
        return attention.heads;
    }

    /** {@return the number of key and value heads in a layer; each serves as many query heads as there are more of those} */
    public int numKeyValueHeads() {
        return attention.keyValueHeads;
    }

    /** {@return the width of a head} */
    public int headDim() {
        return attention.headDim;
    }

    /** {@return the width inside the MLP} */
    public int intermediateSize() {
        return mlp.intermediateSize;
    }

    /** {@return the standard deviation that new weights are drawn with} */
    public double initializerRange() {
        return training.initializerRange;
    }

    /** {@return the id that begins a text; -1 for none} */
    public int bosTokenId() {
        return specialTokens.bos;
    }

    /** {@return the ids that end a text; any of them does} */
    public List<Integer> eosTokenIds() {
        return specialTokens.eos;
    }

    /** {@return the rotation of queries and keys; empty where positions are learned} */
    public Optional<Rope> rope() {
        return positions.rope;
    }

    /** {@return what training sets to zero at random} */
    public Dropout dropout() {
        return training.dropout;
    }

    // ---- what follows from them ----

    /** Width of all queries together. */
    public int querySize() {
        return attention.heads * attention.headDim;
    }

    /** Width of all keys together, and of all values. */
    public int keyValueSize() {
        return attention.keyValueHeads * attention.headDim;
    }

    /** What the scores of a layer are multiplied by. */
    public double attentionScale(int layer) {
        return attention.scaling.by.orElse(1 / Math.sqrt(attention.headDim)) / (attention.scaling.byLayer ? layer + 1 : 1);
    }

    /** How a layer turns queries and keys by their positions; empty where it does not. */
    public Optional<Rope> rope(int layer) {
        return layers.get(layer).rotary ? layers.get(layer).rope.or(() -> positions.rope) : Optional.empty();
    }

    /** The network: its parts and their weights. */
    public Blueprint blueprint() {
        return family.blueprint(this);
    }

    /** Numbers that are learned. */
    public long parameterCount() {
        return blueprint().weights().stream().mapToLong(WeightSpec::elements).sum();
    }

    /**
     * Checks tokens that are to follow others.
     *
     * @throws ModelException if the text leaves the context, or an id the vocabulary
     */
    public void checkFits(int[] ids, int past) {
        if (past + ids.length > positions.max) {
            throw new ModelException(
                    "A text of " + (past + ids.length) + " tokens does not fit the model's context of " + positions.max + " tokens.");
        }
        for (var id : ids) {
            if (id < 0 || id >= vocabSize)
                throw new ModelException("Token id " + id + " is not in the model's vocabulary of " + vocabSize + " tokens.");
        }
    }

    /**
     * Reads a {@code config.json}.
     *
     * @throws ModelException if it is of no known family, or holds a setting that this code does not honour
     */
    public static ModelConfig read(Path file) {
        return ConfigFile.read(file);
    }

    /** What a {@code config.json} says of the model, in one line: equal for equal models, whatever records describe them here. */
    public String toJson() {
        return ConfigFile.json(this).toString();
    }

    /** Writes a {@code config.json} that transformers reads, replacing a file of that name. */
    public void write(Path file) throws IOException {
        ConfigFile.write(this, file);
    }
}
