package dev.parley.model;

import dev.parley.kernels.matrix.LowRankUpdate;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A low-rank adapter in memory, beside the model that it was made for. Sequences that ask for it are read and continued as it has changed
 * the model; those of other adapters, and of the model alone, run in the same passes and come out as they do alone.
 *
 * <pre>{@code
 * var adapter = model.loadAdapter(Path.of("my-adapter"));
 * try (var session = model.openSession(1L << 30); var sequence = session.open(Optional.of(adapter))) {
 *     float[] next = session.feed(List.of(Feed.of(sequence, ids))).getFirst().scores()[0]; // (V)
 * }
 * }</pre>
 *
 * It is never closed: its memory is freed when nobody holds it any more.
 */
public final class Adapter {

    private static final AtomicLong LOADED = new AtomicLong();

    private final long id = LOADED.incrementAndGet();
    private final LoraConfig config;
    private final LowRankUpdate[] updates; // by the number of the matrix; null where it adds nothing
    private final int lowSize;
    private final long bytes;

    private Adapter(LoraConfig config, LowRankUpdate[] updates) {
        this.config = config;
        this.updates = updates;
        var largest = 0;
        var all = 0L;
        for (var update : updates) {
            if (update == null) continue;
            largest = Math.max(largest, update.lowSize());
            all += update.bytes();
        }
        lowSize = largest;
        bytes = all;
    }

    /**
     * Lays an adapter out.
     *
     * @throws ModelException if it does not fit, or changes what is not changed here without being merged
     */
    static Adapter of(AdapterFiles files, Blueprint blueprint, RunnerWeights weights) {
        files.check(blueprint);
        if (!files.wholeWeights().isEmpty()) {
            throw new ModelException("The adapter holds " + files.wholeWeights().iterator().next()
                    + " whole (modules_to_save): merge it into its model, and load what comes of that.");
        }
        var updates = new LowRankUpdate[weights.projectionCount()];
        for (var module : files.modules()) {
            var weight = AdapterFiles.weight(blueprint, module + ".weight").orElseThrow();
            var projection = weights.adaptable(weight).orElseThrow(() -> new ModelException("The adapter changes " + weight.name()
                    + ", which is neither attention nor a plain MLP: merge it into its model, and load what comes of that."));
            var matrices = files.lowRank(module);
            updates[projection.number()] = LowRankUpdate.of(matrices.a(), matrices.b(), matrices.rank(), matrices.scale(), Arena.ofAuto());
        }
        return new Adapter(files.config(), updates);
    }

    /** What it adds to the product with a matrix, if anything. */
    Optional<LowRankUpdate> of(RunnerWeights.Projection projection) {
        return Optional.ofNullable(updates[projection.number()]);
    }

    /** Numbers that a vector is shrunk to, at most. */
    int lowSize() {
        return lowSize;
    }

    /** A number that no other adapter of this program has or had: what was read with it is good for no other. */
    public long id() {
        return id;
    }

    /** What it is. */
    public LoraConfig config() {
        return config;
    }

    /** Bytes of memory that it takes. */
    public long bytes() {
        return bytes;
    }
}
