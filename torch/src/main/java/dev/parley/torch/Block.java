package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.Join;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.Norms;
import dev.parley.model.ModelConfig.Dropout;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/** One layer of the Transformer: attention, or what else mixes tokens, then an MLP on each, both added to the residual stream. */
final class Block {

    private final Around mixerNorms;
    private final Mixer mixer;
    private final Around mlpNorms;
    private final FeedForward mlp;
    private final Join join;
    private final double dropout;

    /** The norms of a branch. */
    private record Around(Optional<Norm> before, Optional<Norm> after) {

        static Around of(Parameters parameters, Norms norms) {
            return new Around(norms.before().map(norm -> Norm.of(parameters, norm)), norms.after().map(norm -> Norm.of(parameters, norm)));
        }

        Tensor read(Tensor x, ForwardContext pass) {
            return before.isPresent() ? before.get().forward(x, pass.computeType()) : x.to(pass.computeType());
        }

        Tensor landing(Tensor branch, ForwardContext pass) {
            return after.isPresent() ? after.get().forward(branch.to(DType.FLOAT32), pass.computeType()) : branch;
        }
    }

    Block(Parameters parameters, LayerSpec spec, Dropout dropout) {
        mixerNorms = Around.of(parameters, spec.mixerNorms());
        mixer = Mixer.of(parameters, spec.mixer(), dropout);
        mlpNorms = Around.of(parameters, spec.mlpNorms());
        mlp = FeedForward.of(parameters, spec.mlp());
        join = spec.join();
        this.dropout = dropout.residual();
    }

    /**
     * The residual stream stays float32: it is a sum over all layers. What a layer made besides is held by autograd alone,
     * which frees it when it has used it.
     */
    Tensor forward(Tensor x, ForwardContext pass, KvCache.Layer cache) { // x: (B, T, C)
        try (var scope = Scope.open()) {
            var sum = add(x, mixerNorms.landing(mixer.forward(mixerNorms.read(x, pass), pass, cache), pass), pass);
            var read = join.parallel() ? x : sum;
            return scope.keep(add(sum, mlpNorms.landing(mlp.forward(mlpNorms.read(read, pass), pass), pass), pass));
        }
    }

    private Tensor add(Tensor x, Tensor branch, ForwardContext pass) {
        var dropped = pass.dropouts().drop(branch, dropout).to(DType.FLOAT32);
        return x.add(join.scale() == 1 ? dropped : dropped.mul(join.scale()));
    }
}
