package dev.parley.train.optimizer;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.AdamW;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameter;
import dev.parley.train.optimizer.GradientPieces.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What AdamW remembers of each of its parameters, and its step over all of them ({@link AdamW}). */
final class AdamWMoments implements AutoCloseable {

    private final List<Moments> moments;

    /** Of a parameter. @param step how many there were, a tensor of one number as in other libraries' checkpoints */
    private record Moments(Parameter parameter, Tensor first, Tensor second, Tensor step) {

        static Moments of(Parameter parameter) {
            return new Moments(parameter, zeros(parameter.shape()), zeros(parameter.shape()), zeros(1));
        }

        private static Tensor zeros(long... shape) {
            return Scope.detach(Tensor.zeros(DType.FLOAT32, shape));
        }

        boolean decays() {
            return parameter.shape().length >= 2;
        }

        /** Counts the step. */
        AdamW.State next() {
            step.fillInPlace(step.item() + 1);
            return new AdamW.State(parameter.value().memory(), GradientPieces.sum(parameter), first.memory(), second.memory(),
                    parameter.computeCopy().map(Tensor::memory), (long) step.item());
        }
    }

    /** A part of a parameter with what is done to it. */
    private record Update(AdamW rule, AdamW.State state) {}

    AdamWMoments(List<Parameter> parameters) {
        moments = parameters.stream().map(Moments::of).toList();
    }

    /** Updates all that have a gradient. */
    void step(OptimizerSettings settings, double learningRate, double gradientDivisor) {
        AdamW decaying = rule(settings, learningRate, settings.weightDecay(), gradientDivisor),
                kept = rule(settings, learningRate, 0, gradientDivisor);
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var pieces = new ArrayList<Piece<Update>>();
            for (var m : moments) {
                if (m.parameter().gradientParts().isEmpty()) continue;
                GradientPieces.cut(new Update(m.decays() ? decaying : kept, m.next()), m.parameter().value().elementCount(), pieces);
            }
            var team = ThreadTeam.shared();
            team.run(member -> {
                var scratch = new AdamW.Scratch();
                team.share(pieces.size(), i -> {
                    var piece = pieces.get(i);
                    piece.of().rule().update(piece.of().state(), piece.from(), piece.n(), scratch);
                });
            });
        }
    }

    private static AdamW rule(OptimizerSettings settings, double learningRate, double weightDecay, double gradientDivisor) {
        var adamW = settings.adamW();
        return new AdamW(learningRate, adamW.beta1(), adamW.beta2(), adamW.epsilon(), weightDecay, gradientDivisor);
    }

    /** Adds the tensors by their names in a checkpoint. */
    void addTo(Map<String, Tensor> state) {
        for (var m : moments) {
            state.put(m.parameter().name() + ".exp_avg", m.first());
            state.put(m.parameter().name() + ".exp_avg_sq", m.second());
            state.put(m.parameter().name() + ".step", m.step());
        }
    }

    @Override
    public void close() {
        for (var m : moments) {
            m.first().close();
            m.second().close();
            m.step().close();
        }
    }
}
