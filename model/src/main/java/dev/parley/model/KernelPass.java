package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.SharedPasses.Scored;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a pass of {@link JavaRunner} takes and gives: new tokens of some texts, those of all one after the other. */
final class KernelPass {

    private final int[] ids;
    private final int[] rows; // number of each token's text
    private final int[] positions;
    private final int[] lengths; // new tokens of each text
    private final List<KvBlocks> caches;
    private final Scored[] scored; // of each text
    private final Optional<Rope.Table> table;
    private Optional<List<float[]>> states = Optional.empty();
    private Optional<float[][][]> attention = Optional.empty();

    KernelPass(int[][] newIds, List<KvBlocks> caches, Scored[] scored, ModelConfig config) {
        this.caches = caches;
        this.scored = scored;
        lengths = Arrays.stream(newIds).mapToInt(row -> row.length).toArray();
        var n = Arrays.stream(lengths).sum();
        ids = new int[n];
        rows = new int[n];
        positions = new int[n];
        var t = 0;
        for (int row = 0; row < newIds.length; row++) {
            for (int i = 0; i < newIds[row].length; i++, t++) {
                ids[t] = newIds[row][i];
                rows[t] = row;
                positions[t] = caches.get(row).length() + i;
            }
        }
        table = config.rope().map(rope -> rope.table(config.headDim(), Arrays.stream(positions).asLongStream().toArray(), longest()));
    }

    /** The same pass, which adds the vector of each new token that the head reads. */
    KernelPass keepingStates(Optional<List<float[]>> states) {
        this.states = states;
        return this;
    }

    /** The same pass of one token, which writes what each head sees of each token. @param weights (L, H, S), of zeros */
    KernelPass keepingAttention(float[][][] weights) {
        attention = Optional.of(weights);
        return this;
    }

    Optional<List<float[]>> states() {
        return states;
    }

    Optional<float[][][]> attention() {
        return attention;
    }

    /** Makes room in the caches. */
    void reserve() {
        for (int row = 0; row < lengths.length; row++) caches.get(row).reserve(lengths[row]);
    }

    /** Counts the new tokens in. */
    void advance() {
        for (int row = 0; row < lengths.length; row++) caches.get(row).advance(lengths[row]);
    }

    int tokens() {
        return ids.length;
    }

    int id(int token) {
        return ids[token];
    }

    int position(int token) {
        return positions[token];
    }

    KvBlocks cache(int token) {
        return caches.get(rows[token]);
    }

    /** Tokens of the longest text, those before counted. */
    int longest() {
        return Arrays.stream(positions).max().orElse(0) + 1;
    }

    /** Cosines and sines of the tokens' positions; empty where positions are learned. */
    Optional<Rope.Table> table() {
        return table;
    }

    /** The tokens after which scores are wanted. */
    int[] outputs() {
        var outputs = IntStream.builder();
        for (int row = 0, at = 0; row < lengths.length; at += lengths[row], row++) {
            if (scored[row] == Scored.ALL) IntStream.range(at, at + lengths[row]).forEach(outputs);
            if (scored[row] == Scored.LAST) outputs.add(at + lengths[row] - 1);
        }
        return outputs.build().toArray();
    }
}
