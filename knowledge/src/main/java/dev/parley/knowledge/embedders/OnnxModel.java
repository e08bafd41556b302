package dev.parley.knowledge.embedders;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.parley.knowledge.KnowledgeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * One of the two models: a BERT of a few layers with 8-bit weights, run by ONNX Runtime on the calling thread. Texts are not joined into
 * batches: the activations' scales are taken over a whole batch, so that a text's vector would depend on its neighbours and on padding,
 * and on CPUs a batch is no faster. Several texts at once are several threads.
 */
final class OnnxModel implements AutoCloseable {

    /** How the vectors of a text's tokens become one. */
    enum Pooling {
        FIRST, MEAN
    }

    /** Of a sequence without its two special tokens: BERT has 512 positions. */
    private static final int MOST_TOKENS = 510;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final HuggingFaceTokenizer tokenizer;
    private final Pooling pooling;

    /**
     * Loads a model from the class path, where {@code NAME.onnx} and {@code NAME-tokenizer.json} lie in its jar.
     *
     * @throws NoClassDefFoundError if ONNX Runtime, or the model's jar, is not there
     */
    OnnxModel(String name, Pooling pooling) {
        this.pooling = pooling;
        try (var weights = resource(name + ".onnx");
                var tokens = resource(name + "-tokenizer.json");
                var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(weights.readAllBytes(), options);
            tokenizer = HuggingFaceTokenizer.newInstance(tokens, Map.of("padding", "false", "truncation", "false"));
        } catch (IOException | OrtException e) {
            throw new KnowledgeException("The embedding model " + name + " cannot be loaded: " + e.getMessage() + ".", e);
        }
    }

    private static InputStream resource(String name) {
        var in = OnnxModel.class.getResourceAsStream("/" + name);
        if (in == null) throw new NoClassDefFoundError(name);
        return in;
    }

    /** A text's vector, of length one; that of a text of more tokens than the model reads is the mean of its parts', by their tokens. */
    float[] embed(String text) {
        var ids = tokenizer.encode(text.isBlank() ? "." : text).getIds(); // with [CLS] before and [SEP] after
        if (ids.length <= MOST_TOKENS + 2) return normalized(pooled(ids));
        var sum = new float[0];
        for (int from = 1; from < ids.length - 1; from += MOST_TOKENS) {
            var to = Math.min(ids.length - 1, from + MOST_TOKENS);
            var part = new long[to - from + 2];
            part[0] = ids[0];
            System.arraycopy(ids, from, part, 1, to - from);
            part[part.length - 1] = ids[ids.length - 1];
            var vector = normalized(pooled(part));
            if (sum.length == 0) sum = new float[vector.length];
            for (int i = 0; i < sum.length; i++) sum[i] += (to - from) * vector[i];
        }
        return normalized(sum);
    }

    private float[] pooled(long[] ids) {
        var ones = new long[ids.length];
        Arrays.fill(ones, 1);
        try (var tokens = tensor(ids);
                var mask = tensor(ones);
                var types = tensor(new long[ids.length]);
                var result = session.run(Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", types))) {
            var states = ((OnnxTensor) result.get(0)).getFloatBuffer(); // (1, tokens, dimensions)
            return pooled(states, ids.length);
        } catch (OrtException e) {
            throw new KnowledgeException("The embedding model fails: " + e.getMessage() + ".", e);
        }
    }

    private OnnxTensor tensor(long[] row) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(row), new long[] {1, row.length});
    }

    private float[] pooled(FloatBuffer states, int tokens) {
        var vector = new float[states.remaining() / tokens];
        var counted = pooling == Pooling.FIRST ? 1 : tokens;
        for (int token = 0, at = 0; token < counted; token++) {
            for (int i = 0; i < vector.length; i++) vector[i] += states.get(at++);
        }
        return vector;
    }

    private static float[] normalized(float[] vector) {
        var squares = 0.0;
        for (var x : vector) squares += (double) x * x;
        var length = (float) Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) vector[i] /= length;
        return vector;
    }

    @Override
    public void close() {
        tokenizer.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not let go of a model.", e);
        }
    }
}
