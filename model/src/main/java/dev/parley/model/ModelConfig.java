package dev.parley.model;

import dev.parley.model.families.Gpt2;
import dev.parley.model.families.Llama;
import dev.parley.model.families.Qwen3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 */
public record ModelConfig(Family family, int vocabSize, int hiddenSize, Positions positions, List<Layer> layers, AttentionShape attention,
        MlpShape mlp,
        double normEpsilon, boolean tieWordEmbeddings, Training training, SpecialTokens specialTokens) {

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
     */
    public record Layer(boolean rotary, int slidingWindow) {

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
            this(heads, keyValueHeads, headDim, qkvBias, outputBias, new ScoreScaling(true, false));
        }
    }

    /**
     * What the scores of attention are divided by.
     *
     * @param bySize by the square root of the head's size
     * @param byLayer by the number of the layer, from 1
     */
    public record ScoreScaling(boolean bySize, boolean byLayer) {}

    /**
     * The MLP.
     *
     * @param intermediateSize its inner width
     * @param bias whether its projections add one
     */
    public record MlpShape(int intermediateSize, boolean bias) {}

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
        if (positions.rope.isPresent() && attention.headDim % 2 != 0)
            faults.add("head_dim " + attention.headDim + " is odd, and positions rotate pairs");
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
                new SpecialTokens(bosTokenId, List.of(eosTokenId)));
    }

    /** The same dropout in all three places. */
    public ModelConfig withDropout(double p) {
        return new ModelConfig(family, vocabSize, hiddenSize, positions, layers, attention, mlp, normEpsilon, tieWordEmbeddings,
                new Training(new Dropout(p, p, p), training.initializerRange), specialTokens);
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
        return (attention.scaling.bySize ? 1 / Math.sqrt(attention.headDim) : 1) / (attention.scaling.byLayer ? layer + 1 : 1);
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
