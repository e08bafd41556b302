package dev.parley.model;

import java.nio.file.Path;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The shape of a decoder-only Transformer, under the names of Hugging Face's {@code config.json}. There is one Transformer;
 * a {@link Family} is a choice of its parts, and the rest of the choice is here.
 *
 * @param family whose parts, and whose names in files
 * @param vocabSize number of token ids
 * @param maxPositionEmbeddings longest context, in tokens
 * @param hiddenSize width of the residual stream
 * @param layers what differs between the layers; as many as there are
 * @param numAttentionHeads heads that ask
 * @param numKeyValueHeads heads that answer, each shared by several that ask (Ainslie et al. 2023, arXiv:2305.13245)
 * @param headDim width of one head
 * @param intermediateSize width of the MLP
 * @param normEpsilon added to the variance
 * @param rope rotary positions; empty where positions are learned
 * @param qkvBias whether the projections to queries, keys and values add a bias
 * @param outputBias whether attention's output projection does
 * @param mlpBias whether the MLP's layers do
 * @param tieWordEmbeddings whether the head is the table of token embeddings (Press and Wolf 2017, arXiv:1608.05859)
 * @param dropout in training
 * @param initializerRange standard deviation of fresh weights
 * @param scaleAttnWeights divide the scores by the square root of the head's size
 * @param scaleAttnByInverseLayerIdx divide them by the number of the layer, from 1, too
 * @param bosTokenId id that begins a text; -1 if none does
 * @param eosTokenIds ids that end a text
 */
public record ModelConfig(Family family, int vocabSize, int maxPositionEmbeddings, int hiddenSize, List<Layer> layers,
        int numAttentionHeads, int numKeyValueHeads, int headDim, int intermediateSize, double normEpsilon, Optional<Rope> rope,
        boolean qkvBias, boolean outputBias, boolean mlpBias, boolean tieWordEmbeddings, Dropout dropout, double initializerRange,
        boolean scaleAttnWeights, boolean scaleAttnByInverseLayerIdx, int bosTokenId, List<Integer> eosTokenIds) {

    /**
     * What a layer has of its own.
     *
     * @param rotary whether positions are rotated in, where the model does so at all
     * @param slidingWindow how many tokens back attention sees, itself counted; 0 for all
     */
    public record Layer(boolean rotary, int slidingWindow) {

        static final Layer PLAIN = new Layer(true, 0);
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

        boolean isNone() {
            return equals(NONE);
        }
    }

    /** @throws IllegalArgumentException naming every value that cannot be */
    public ModelConfig {
        layers = List.copyOf(layers);
        eosTokenIds = List.copyOf(eosTokenIds);
        var faults = new ArrayList<String>();
        inRange(faults, "vocab_size", vocabSize, 1, 1 << 24);
        inRange(faults, family.nameOf("max_position_embeddings"), maxPositionEmbeddings, 1, 1 << 24);
        inRange(faults, family.nameOf("hidden_size"), hiddenSize, 1, 1 << 17);
        inRange(faults, family.nameOf("num_hidden_layers"), layers.size(), 1, 1 << 12);
        inRange(faults, family.nameOf("num_attention_heads"), numAttentionHeads, 1, 1 << 12);
        inRange(faults, "num_key_value_heads", numKeyValueHeads, 1, 1 << 12);
        inRange(faults, "head_dim", headDim, 1, 1 << 12);
        inRange(faults, family.nameOf("intermediate_size"), intermediateSize, 1, 1 << 20);
        if (family == Family.GPT2 && headDim * numAttentionHeads != hiddenSize) {
            faults.add("n_embd " + hiddenSize + " is not a multiple of n_head " + numAttentionHeads);
        }
        if (numKeyValueHeads > 0 && numAttentionHeads % numKeyValueHeads != 0) {
            faults.add("num_attention_heads " + numAttentionHeads + " is not a multiple of num_key_value_heads " + numKeyValueHeads);
        }
        if (rope.isPresent() && headDim % 2 != 0) faults.add("head_dim " + headDim + " is odd, and positions rotate pairs");
        if (family.rotary() != rope.isPresent()) faults.add(family.modelType() + (rope.isPresent() ? " has no" : " needs") + " rotary positions");
        for (var p : List.of(dropout.residual, dropout.embedding, dropout.attention)) {
            if (!(p >= 0 && p < 1)) faults.add("a dropout of " + p + " is not in [0, 1)");
        }
        if (!(normEpsilon > 0)) faults.add("an epsilon of " + normEpsilon + " is not above 0");
        if (!(initializerRange > 0)) faults.add("initializer_range " + initializerRange + " is not above 0");
        if (!faults.isEmpty()) throw new IllegalArgumentException("These values make no model: " + String.join("; ", faults) + ".");
    }

    private static void inRange(List<String> faults, String name, int value, int least, int most) {
        if (value < least || value > most) faults.add(name + " " + value + " is not in " + least + ".." + most);
    }

    /** A new GPT-2 without dropout, the end of text being token 0. */
    public static ModelConfig gpt2(int vocabSize, int nPositions, int nEmbd, int nLayer, int nHead) {
        return new ModelConfig(Family.GPT2, vocabSize, nPositions, nEmbd, Collections.nCopies(nLayer, Layer.PLAIN), nHead, nHead,
                nEmbd / Math.max(1, nHead), 4 * nEmbd, 1e-5, Optional.empty(), true, true, true, true, Dropout.NONE, 0.02, true, false, 0, List.of(0));
    }

    /** The 124 million parameters of the smallest published GPT-2, without dropout. */
    public static ModelConfig gpt2Small() {
        return gpt2(50_257, 1024, 768, 12, 12).withSpecialTokens(50_256, 50_256);
    }

    /**
     * A new model in Qwen3's shape, which is the default: rotary positions, root mean square norms also on each head's queries
     * and keys, a gated MLP, no biases, tied embeddings. transformers, vLLM, llama.cpp and Ollama run it unchanged.
     */
    public static ModelConfig qwen3(int vocabSize, int maxPositionEmbeddings, int hiddenSize, int layers, int heads, int kvHeads, int intermediateSize) {
        return new ModelConfig(Family.QWEN3, vocabSize, maxPositionEmbeddings, hiddenSize, Collections.nCopies(layers, Layer.PLAIN), heads, kvHeads,
                hiddenSize / Math.max(1, heads), intermediateSize, 1e-6, Optional.of(Rope.plain(10_000)), false, false, false, true, Dropout.NONE,
                0.02, true, false, 0, List.of(0));
    }

    /** A new model in Llama's shape: Qwen3's without the norms on queries and keys. */
    public static ModelConfig llama(int vocabSize, int maxPositionEmbeddings, int hiddenSize, int layers, int heads, int kvHeads, int intermediateSize) {
        return new ModelConfig(Family.LLAMA, vocabSize, maxPositionEmbeddings, hiddenSize, Collections.nCopies(layers, Layer.PLAIN), heads, kvHeads,
                hiddenSize / Math.max(1, heads), intermediateSize, 1e-5, Optional.of(Rope.plain(10_000)), false, false, false, true, Dropout.NONE,
                0.02, true, false, 0, List.of(0));
    }

    public ModelConfig withSpecialTokens(int bosTokenId, int eosTokenId) {
        return new ModelConfig(family, vocabSize, maxPositionEmbeddings, hiddenSize, layers, numAttentionHeads, numKeyValueHeads, headDim,
                intermediateSize, normEpsilon, rope, qkvBias, outputBias, mlpBias, tieWordEmbeddings, dropout, initializerRange,
                scaleAttnWeights, scaleAttnByInverseLayerIdx, bosTokenId, List.of(eosTokenId));
    }

    /** The same dropout in all three places. */
    public ModelConfig withDropout(double p) {
        return new ModelConfig(family, vocabSize, maxPositionEmbeddings, hiddenSize, layers, numAttentionHeads, numKeyValueHeads, headDim,
                intermediateSize, normEpsilon, rope, qkvBias, outputBias, mlpBias, tieWordEmbeddings, new Dropout(p, p, p), initializerRange,
                scaleAttnWeights, scaleAttnByInverseLayerIdx, bosTokenId, eosTokenIds);
    }

    public int numHiddenLayers() {
        return layers.size();
    }

    /** Width of all queries together. */
    public int querySize() {
        return numAttentionHeads * headDim;
    }

    /** Width of all keys together, and of all values. */
    public int keyValueSize() {
        return numKeyValueHeads * headDim;
    }

    /** What the scores of a layer are multiplied by. */
    public double attentionScale(int layer) {
        return (scaleAttnWeights ? 1 / Math.sqrt(headDim) : 1) / (scaleAttnByInverseLayerIdx ? layer + 1 : 1);
    }

    /** Numbers that are learned. */
    public long parameterCount() {
        long c = hiddenSize, q = querySize(), kv = keyValueSize(), m = intermediateSize;
        long norm = family.layerNorm() ? 2 * c : c;
        long attention = c * q + 2 * c * kv + q * c + (qkvBias ? q + 2 * kv : 0) + (outputBias ? c : 0) + (family.qkNorm() ? 2L * headDim : 0);
        long mlp = family.gatedMlp() ? 3 * c * m + (mlpBias ? 2 * m + c : 0) : 2 * c * m + (mlpBias ? m + c : 0);
        long embeddings = (long) vocabSize * c * (tieWordEmbeddings ? 1 : 2) + (rope.isEmpty() ? (long) maxPositionEmbeddings * c : 0);
        return embeddings + layers.size() * (2 * norm + attention + mlp) + norm;
    }

    /**
     * Checks tokens that are to follow others.
     *
     * @throws ModelException if the text leaves the context, or an id the vocabulary
     */
    void checkFits(int[] ids, int past) {
        if (past + ids.length > maxPositionEmbeddings) {
            throw new ModelException("A text of " + (past + ids.length) + " tokens does not fit the model's context of " + maxPositionEmbeddings + " tokens.");
        }
        for (var id : ids) {
            if (id < 0 || id >= vocabSize) throw new ModelException("Token id " + id + " is not in the model's vocabulary of " + vocabSize + " tokens.");
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

    /** Writes a {@code config.json} that transformers reads. */
    public void write(Path file) throws IOException {
        ConfigFile.write(this, file);
    }
}
