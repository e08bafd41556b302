package dev.parley.model;

import dev.parley.kernels.KvBlocks;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The new tokens of a pass of {@link KernelTransformer}, those of all texts one after the other. */
final class KernelPass {

    /** Of which new tokens of a text the next one's scores are wanted. */
    enum Scores { NONE, LAST, ALL }

    private final int[] ids;
    private final int[] rows; // number of each token's text
    private final int[] positions;
    private final int[] lengths; // new tokens of each text
    private final List<KvBlocks> caches;
    private final Optional<Rope.Table> table;

    KernelPass(int[][] newIds, List<KvBlocks> caches, ModelConfig config) {
        this.caches = caches;
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
    int[] outputs(Scores[] wanted) {
        var outputs = IntStream.builder();
        for (int row = 0, at = 0; row < lengths.length; at += lengths[row], row++) {
            if (wanted[row] == Scores.ALL) IntStream.range(at, at + lengths[row]).forEach(outputs);
            if (wanted[row] == Scores.LAST) outputs.add(at + lengths[row] - 1);
        }
        return outputs.build().toArray();
    }
}
