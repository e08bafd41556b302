package dev.parley.generate;

import dev.parley.kernels.KvBlocks;
import dev.parley.model.SharedPasses;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A text whose mean state is being found, a piece at a time. */
final class MeanState {

    private final int[] ids;
    private final double[] sums;
    private final CompletableFuture<float[]> result = new CompletableFuture<>();
    private Optional<KvBlocks> cache = Optional.empty();

    MeanState(int[] ids, int hiddenSize) {
        this.ids = ids;
        sums = new double[hiddenSize];
    }

    CompletableFuture<float[]> result() {
        return result;
    }

    boolean isCancelled() {
        if (!result.isCancelled()) return false;
        cache.ifPresent(KvBlocks::close);
        return true;
    }

    private void beginAgain() {
        cache.ifPresent(KvBlocks::close);
        cache = Optional.empty();
        Arrays.fill(sums, 0);
    }

    /** Reads the next piece, if there is memory for it. @return whether it was the last */
    boolean read(SharedPasses passes, PrefixCache prefixes) {
        try {
            if (cache.isEmpty()) cache = Optional.of(passes.newText());
            var at = cache.get().length();
            var piece = Arrays.copyOfRange(ids, at, Math.min(ids.length, at + SharedPasses.MOST_TOKENS));
            if (!prefixes.free(cache.get().blocksFor(piece.length))) {
                beginAgain(); // texts that wait for this memory come first
                return false;
            }
            for (var state : passes.states(cache.get(), piece)) {
                for (int i = 0; i < sums.length; i++) sums[i] += state[i];
            }
            if (cache.get().length() < ids.length) return false;
            var mean = new float[sums.length];
            for (int i = 0; i < mean.length; i++) mean[i] = (float) (sums[i] / ids.length);
            cache.get().close();
            result.complete(mean);
        } catch (RuntimeException e) {
            cache.ifPresent(KvBlocks::close);
            result.completeExceptionally(e);
        }
        return true;
    }
}
