package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.ExpertsSpec;
import dev.parley.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Perceptrons of which each token asks those that a router scores highest, Shazeer et al. 2017 (arXiv:1701.06538). */
final class Experts implements FeedForward {

    private final ExpertsSpec spec;
    private final Linear router;
    private final List<Mlp> experts;

    Experts(Parameters parameters, ExpertsSpec spec) {
        this.spec = spec;
        router = new Linear(parameters, spec.router());
        experts = spec.experts().stream().map(expert -> new Mlp(parameters, expert)).toList();
    }

    @Override
    public Tensor forward(Tensor x, ForwardContext pass) { // x: (B, T, C)
        var flat = x.view(-1, x.size(2)); // (N, C)
        var scores = router.forward(x, pass).to(DType.FLOAT32).view(-1, experts.size()); // (N, E)
        var asked = asked(scores.detach().toFloats(), (int) flat.size(0)); // (N, E), 1 where a token asks an expert
        var shares = scores.softmax(-1).mul(Tensor.ofFloats(asked, flat.size(0), experts.size())); // (N, E)
        if (spec.normTopKProb()) shares = shares.mul(shares.sum(1).reciprocal().unsqueeze(1));
        var sum = Tensor.zeros(DType.FLOAT32, flat.shape());
        for (int e = 0; e < experts.size(); e++) {
            var expert = e;
            var rows = IntStream.range(0, (int) flat.size(0)).filter(t -> asked[t * experts.size() + expert] == 1).toArray();
            if (rows.length == 0) continue;
            var at = Tensor.ofInts(rows, rows.length);
            var result = experts.get(e).forward(flat.indexSelect(0, at).unsqueeze(0), pass).view(rows.length, -1).to(DType.FLOAT32);
            var share = shares.select(1, e).indexSelect(0, at).unsqueeze(1); // (n, 1)
            sum = sum.indexAddInPlace(at, result.mul(share));
        }
        return sum.to(pass.computeType()).view(x.shape());
    }

    private float[] asked(float[] scores, int tokens) {
        var asked = new float[scores.length];
        for (int t = 0; t < tokens; t++) {
            var at = t * experts.size();
            for (var expert : spec.chosen(scores, at)) asked[at + expert] = 1;
        }
        return asked;
    }
}
