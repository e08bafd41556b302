package dev.parley.torch;

import dev.parley.model.Continuation;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts continued by libtorch as one batch: filled up from the left to the longest, so that all end together, with one cache.
 * After the first tokens all must be fed equally many.
 */
final class TorchContinuation implements Continuation {

    private final TorchRunner torch;
    private final KvCache cache;
    private final List<int[]> firsts = new ArrayList<>(); // attention mask of each text's first tokens
    private int rows;
    private boolean padded;

    TorchContinuation(TorchRunner torch, ModelConfig config, int rows) {
        this.torch = torch;
        this.rows = rows;
        cache = KvCache.of(config);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int length(int row) {
        return cache.length() - (firsts.isEmpty() ? 0 : (int) Arrays.stream(firsts.get(row)).filter(m -> m == 0).count());
    }

    @Override
    public float[][] feed(int[][] newIds) {
        var batch = batch(newIds);
        return torch.nextLogits(batch, cache, padded ? keyMask(cache.length() + batch.length()) : new int[0][]);
    }

    @Override
    public float[][][] feedAll(int[][] newIds) {
        var batch = batch(newIds);
        var all = torch.allLogits(batch, cache, padded ? keyMask(cache.length() + batch.length()) : new int[0][]);
        for (int row = 0; row < all.length; row++) all[row] = Arrays.copyOfRange(all[row], batch.length() - newIds[row].length, batch.length());
        return all;
    }

    @Override
    public Fed feedWithStates(int[][] newIds) {
        var batch = batch(newIds);
        var fed = torch.nextLogitsWithStates(batch, cache, padded ? keyMask(cache.length() + batch.length()) : new int[0][]);
        for (int row = 0; row < rows; row++) fed.states()[row] = Arrays.copyOfRange(fed.states()[row], batch.length() - newIds[row].length, batch.length());
        return fed;
    }

    private TokenBatch batch(int[][] newIds) {
        if (newIds.length != rows) throw new ModelException(newIds.length + " texts were fed where " + rows + " are continued.");
        if (cache.length() > 0) return TokenBatch.of(newIds);
        var batch = TokenBatch.leftPadded(List.of(newIds), 0);
        firsts.clear();
        padded = batch.hasPadding();
        for (int row = 0; row < rows; row++) {
            var mask = new int[batch.length()];
            Arrays.fill(mask, 1);
            firsts.add(padded ? batch.attentionMask()[row] : mask);
        }
        return batch;
    }

    /** All keys but the padding before each text, (B, S). */
    private int[][] keyMask(int keys) {
        var mask = new int[rows][];
        for (int row = 0; row < rows; row++) {
            mask[row] = Arrays.copyOf(firsts.get(row), keys);
            if (keys > firsts.get(row).length) Arrays.fill(mask[row], firsts.get(row).length, keys, 1);
        }
        return mask;
    }

    @Override
    public void select(int... chosen) {
        cache.select(chosen);
        var masks = List.copyOf(firsts);
        firsts.clear();
        for (var row : chosen) firsts.add(masks.get(row));
        rows = chosen.length;
    }

    @Override
    public void truncate(int row, int length) {
        if (rows != 1) throw new ModelException("Only a text alone can be cut back by libtorch.");
        cache.truncate(length);
    }

    @Override
    public void close() {
        cache.close();
    }
}
