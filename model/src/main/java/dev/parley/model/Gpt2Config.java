package dev.parley.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.tokenizer.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a GPT-2 (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"), under the names
 * of its {@code config.json}.
 *
 * @param vocabSize number of token ids
 * @param nPositions longest context, in tokens
 * @param nEmbd width of the residual stream
 * @param nLayer number of blocks
 * @param nHead heads of attention; divides nEmbd
 * @param nInner width of the MLP; 4 · nEmbd by default
 * @param residPdrop dropout on what a block adds to the residual stream, in training
 * @param embdPdrop dropout on the sum of the embeddings, in training
 * @param attnPdrop dropout on the attention weights, in training
 * @param layerNormEpsilon added to the variance
 * @param initializerRange standard deviation of fresh weights
 * @param scaleAttnWeights divide the scores by the square root of the head's size
 * @param scaleAttnByInverseLayerIdx divide them by the number of the layer, from 1, too
 * @param bosTokenId id that begins a text
 * @param eosTokenId id that ends a text
 */
public record Gpt2Config(int vocabSize, int nPositions, int nEmbd, int nLayer, int nHead, int nInner,
        double residPdrop, double embdPdrop, double attnPdrop, double layerNormEpsilon, double initializerRange,
        boolean scaleAttnWeights, boolean scaleAttnByInverseLayerIdx, int bosTokenId, int eosTokenId) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_FILE = 1 << 20;

    /** @throws IllegalArgumentException naming every value that cannot be */
    public Gpt2Config {
        var faults = new ArrayList<String>();
        inRange(faults, "vocab_size", vocabSize, 1, 1 << 24);
        inRange(faults, "n_positions", nPositions, 1, 1 << 24);
        inRange(faults, "n_embd", nEmbd, 1, 1 << 17);
        inRange(faults, "n_layer", nLayer, 1, 1 << 12);
        inRange(faults, "n_head", nHead, 1, 1 << 12);
        inRange(faults, "n_inner", nInner, 1, 1 << 20);
        if (nHead > 0 && nEmbd % nHead != 0) faults.add("n_embd " + nEmbd + " is not a multiple of n_head " + nHead);
        for (var p : new double[] {residPdrop, embdPdrop, attnPdrop}) {
            if (!(p >= 0 && p < 1)) faults.add("a dropout of " + p + " is not in [0, 1)");
        }
        if (!(layerNormEpsilon > 0)) faults.add("layer_norm_epsilon " + layerNormEpsilon + " is not above 0");
        if (!(initializerRange > 0)) faults.add("initializer_range " + initializerRange + " is not above 0");
        if (!faults.isEmpty()) throw new IllegalArgumentException("These values make no model: " + String.join("; ", faults) + ".");
    }

    private static void inRange(List<String> faults, String name, int value, int least, int most) {
        if (value < least || value > most) faults.add(name + " " + value + " is not in " + least + ".." + most);
    }

    /** A new model's config without dropout, the end of text being token 0. */
    public static Gpt2Config of(int vocabSize, int nPositions, int nEmbd, int nLayer, int nHead) {
        return new Gpt2Config(vocabSize, nPositions, nEmbd, nLayer, nHead, 4 * nEmbd, 0, 0, 0, 1e-5, 0.02, true, false, 0, 0);
    }

    /** The 124 million parameters of the smallest published GPT-2, without dropout. */
    public static Gpt2Config gpt2Small() {
        return of(50_257, 1024, 768, 12, 12).withSpecialTokens(50_256, 50_256);
    }

    public Gpt2Config withSpecialTokens(int bosTokenId, int eosTokenId) {
        return new Gpt2Config(vocabSize, nPositions, nEmbd, nLayer, nHead, nInner, residPdrop, embdPdrop, attnPdrop,
                layerNormEpsilon, initializerRange, scaleAttnWeights, scaleAttnByInverseLayerIdx, bosTokenId, eosTokenId);
    }

    /** The same dropout in all three places. */
    public Gpt2Config withDropout(double p) {
        return new Gpt2Config(vocabSize, nPositions, nEmbd, nLayer, nHead, nInner, p, p, p,
                layerNormEpsilon, initializerRange, scaleAttnWeights, scaleAttnByInverseLayerIdx, bosTokenId, eosTokenId);
    }

    /** Width of one head. */
    public int headSize() {
        return nEmbd / nHead;
    }

    /** Numbers that are learned. */
    public long parameterCount() {
        long c = nEmbd;
        long block = 4 * c + (3 * c * c + 3 * c) + (c * c + c) + (c * nInner + nInner) + (nInner * c + c);
        return (long) vocabSize * c + (long) nPositions * c + nLayer * block + 2 * c;
    }

    /**
     * Reads a {@code config.json}.
     *
     * @throws ModelException if it is not GPT-2's, or holds a setting that this code does not honour
     */
    public static Gpt2Config read(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) throw new ModelException(file + " is larger than a config.json can be (1 MiB).");
            var json = JSON.readTree(Files.readAllBytes(file));
            return of(new Reader(file, json));
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private static Gpt2Config of(Reader r) {
        r.oneOf("model_type", "", "gpt2");
        r.oneOf("activation_function", "gelu_new", "gelu_new", "gelu_pytorch_tanh");
        r.mustBe("tie_word_embeddings", true);
        r.mustBe("add_cross_attention", false);
        r.mustBe("is_encoder_decoder", false);
        var nEmbd = r.integer("n_embd", 768);
        try {
            return new Gpt2Config(r.integer("vocab_size", 50_257), r.integer("n_positions", 1024), nEmbd,
                    r.integer("n_layer", 12), r.integer("n_head", 12), r.integer("n_inner", 4 * nEmbd),
                    r.number("resid_pdrop", 0.1), r.number("embd_pdrop", 0.1), r.number("attn_pdrop", 0.1),
                    r.number("layer_norm_epsilon", 1e-5), r.number("initializer_range", 0.02),
                    r.flag("scale_attn_weights", true), r.flag("scale_attn_by_inverse_layer_idx", false),
                    r.integer("bos_token_id", 50_256), r.integer("eos_token_id", 50_256));
        } catch (IllegalArgumentException e) {
            throw new ModelException(r.file + ": " + e.getMessage());
        }
    }

    /** Values of a JSON object by name, each with transformers' default. */
    private record Reader(Path file, JsonNode json) {

        Reader {
            if (json == null || !json.isObject()) throw new ModelException(file + " does not hold a JSON object.");
        }

        int integer(String name, int byDefault) {
            var node = json.path(name);
            if (node.isMissingNode() || node.isNull()) return byDefault;
            if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(name, node, "a whole number");
            return node.intValue();
        }

        double number(String name, double byDefault) {
            var node = json.path(name);
            if (node.isMissingNode() || node.isNull()) return byDefault;
            if (!node.isNumber()) throw wrong(name, node, "a number");
            return node.doubleValue();
        }

        boolean flag(String name, boolean byDefault) {
            var node = json.path(name);
            if (node.isMissingNode() || node.isNull()) return byDefault;
            if (!node.isBoolean()) throw wrong(name, node, "true or false");
            return node.booleanValue();
        }

        void mustBe(String name, boolean value) {
            if (flag(name, value) != value) throw wrong(name, json.path(name), Boolean.toString(value));
        }

        void oneOf(String name, String byDefault, String... known) {
            var value = json.path(name).asText(byDefault);
            if (!List.of(known).contains(value)) throw wrong(name, json.path(name), String.join(" or ", known));
        }

        private ModelException wrong(String name, JsonNode node, String wanted) {
            return new ModelException(file + ": " + name + " is " + node + "; this version of Parley needs " + wanted + ".");
        }
    }

    /** Writes a {@code config.json} that transformers reads. */
    public void write(Path file) throws IOException {
        var json = JSON.createObjectNode();
        json.put("model_type", "gpt2").putArray("architectures").add("GPT2LMHeadModel");
        json.put("vocab_size", vocabSize).put("n_positions", nPositions).put("n_ctx", nPositions).put("n_embd", nEmbd)
                .put("n_layer", nLayer).put("n_head", nHead).put("n_inner", nInner).put("activation_function", "gelu_new")
                .put("resid_pdrop", residPdrop).put("embd_pdrop", embdPdrop).put("attn_pdrop", attnPdrop)
                .put("layer_norm_epsilon", layerNormEpsilon).put("initializer_range", initializerRange)
                .put("scale_attn_weights", scaleAttnWeights).put("scale_attn_by_inverse_layer_idx", scaleAttnByInverseLayerIdx)
                .put("bos_token_id", bosTokenId).put("eos_token_id", eosTokenId).put("tie_word_embeddings", true)
                .put("torch_dtype", "float32");
        DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
