package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Texts continued by our kernels, each with a cache of its own. Long prompts may be read by libtorch, which is faster at it. */
final class KernelContinuation implements Continuation {

    /** Reads a text's first tokens into its cache, and gives the scores of the next. */
    @FunctionalInterface
    interface Prefill {
        float[] read(int[] ids, KvBlocks cache);
    }

    private final ModelConfig config;
    private final JavaRunner transformer;
    private final Prefill prefill;
    private final int prefillFrom;
    private List<KvBlocks> caches = new ArrayList<>();

    /** @param prefillFrom tokens of a new text from which on {@code prefill} reads it */
    KernelContinuation(ModelConfig config, JavaRunner transformer, Prefill prefill, int prefillFrom, int rows, int capacity) {
        this.config = config;
        this.transformer = transformer;
        this.prefill = prefill;
        this.prefillFrom = prefillFrom;
        for (int i = 0; i < rows; i++) caches.add(transformer.newCache(Math.min(capacity, config.maxPositionEmbeddings())));
    }

    @Override
    public int rows() {
        return caches.size();
    }

    @Override
    public int length(int row) {
        return caches.get(row).length();
    }

    @Override
    public float[][] feed(int[][] newIds) {
        check(newIds);
        var scores = new float[newIds.length][];
        var rest = new ArrayList<Integer>();
        for (int row = 0; row < newIds.length; row++) {
            if (newIds[row].length >= prefillFrom && caches.get(row).length() == 0) scores[row] = prefill.read(newIds[row], caches.get(row));
            else rest.add(row);
        }
        if (rest.isEmpty()) return scores;
        var others = transformer.forward(rest.stream().map(row -> newIds[row]).toArray(int[][]::new), rest.stream().map(caches::get).toList(), false, Optional.empty());
        for (int i = 0; i < others.length; i++) scores[rest.get(i)] = others[i];
        return scores;
    }

    @Override
    public float[][][] feedAll(int[][] newIds) {
        check(newIds);
        var flat = transformer.forward(newIds, caches, true, Optional.empty());
        var scores = new float[newIds.length][][];
        for (int row = 0, at = 0; row < scores.length; at += newIds[row].length, row++) scores[row] = Arrays.copyOfRange(flat, at, at + newIds[row].length);
        return scores;
    }

    @Override
    public Fed feedWithStates(int[][] newIds) {
        check(newIds);
        var flat = new ArrayList<float[]>();
        var scores = transformer.forward(newIds, caches, false, Optional.of(flat));
        var states = new float[newIds.length][][];
        for (int row = 0, at = 0; row < states.length; at += newIds[row].length, row++) states[row] = flat.subList(at, at + newIds[row].length).toArray(float[][]::new);
        return new Fed(scores, states);
    }

    private void check(int[][] newIds) {
        if (newIds.length != caches.size()) throw new ModelException(newIds.length + " texts were fed where " + caches.size() + " are continued.");
        for (int row = 0; row < newIds.length; row++) config.checkFits(newIds[row], caches.get(row).length());
    }

    @Override
    public void select(int... rows) {
        var chosen = new ArrayList<KvBlocks>();
        var used = new HashSet<Integer>();
        for (var row : rows) chosen.add(used.add(row) ? caches.get(row) : caches.get(row).copy());
        for (int row = 0; row < caches.size(); row++) {
            if (!used.contains(row)) caches.get(row).close();
        }
        caches = chosen;
    }

    @Override
    public void truncate(int row, int length) {
        caches.get(row).truncate(length);
    }

    @Override
    public void close() {
        caches.forEach(KvBlocks::close);
        caches = new ArrayList<>();
    }
}
