package dev.parley.model;

import dev.parley.weights.ImportanceMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoubleConsumer;

/**
 * Computes which columns of a model's matrices count most on a text, so that they can be rounded with regard to it: the mean squares of
 * what the columns are multiplied by. To first order, the error of a product is the sum over the columns of their squares times the
 * squared error of the weight; Frantar et al. 2022 (arXiv:2210.17323), section 3.1, of which this is the diagonal.
 *
 * <pre>{@code
 * var importance = TextImportance.of(model, "notes.txt", tokenizer.encode(text), tokenizer.bosTokenId(), share -> {});
 * GgufExport.write(folder, file, GgufMixture.Q4_K_M, importance, share -> {});
 * }</pre>
 */
public final class TextImportance {

    /** Tokens of a piece, as llama.cpp's tool has it. */
    private static final int CHUNK = 512;

    private TextImportance() {}

    /**
     * Reads a text in pieces of 512 tokens, or of the model's context where that is shorter.
     *
     * @param model run by the Java engine
     * @param source the text's name
     * @param ids of the text, without special tokens
     * @param begin what each piece begins with, if there is such a token
     * @param done told what share of the text is read, from 0 to 1; what it throws ends the reading
     * @throws ModelException if the text is empty, or something else runs the model
     */
    public static ImportanceMatrix of(CausalLM model, String source, int[] ids, OptionalInt begin, DoubleConsumer done) {
        if (ids.length == 0) throw new ModelException(source + " has no text.");
        var squares = new InputSquares();
        var chunks = chunks(ids, begin, Math.min(CHUNK, model.config().maxPositionEmbeddings()));
        try (var session = model.openSession(0, false)) {
            if (!(session instanceof JavaSession java)) throw new ModelException("Importances are computed by the Java engine alone.");
            for (int i = 0; i < chunks.size(); i++) {
                try (var sequence = session.open()) {
                    java.observe(sequence, chunks.get(i), squares);
                }
                done.accept((i + 1.0) / chunks.size());
            }
        }
        return squares.means(model.config().blueprint(), source, chunks.size());
    }

    private static List<int[]> chunks(int[] ids, OptionalInt begin, int size) {
        var chunks = new ArrayList<int[]>();
        int first = begin.isPresent() ? 1 : 0, step = size - first;
        for (int from = 0; from < ids.length; from += step) {
            var chunk = new int[first + Math.min(step, ids.length - from)];
            if (first == 1) chunk[0] = begin.getAsInt();
            System.arraycopy(ids, from, chunk, first, chunk.length - first);
            chunks.add(chunk);
        }
        return chunks;
    }
}
