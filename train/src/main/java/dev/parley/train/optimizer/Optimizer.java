package dev.parley.train.optimizer;

import dev.parley.kernels.DType;
import dev.parley.kernels.WarmUp;
import dev.parley.tensor.Engine;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tensor.Workers;
import dev.parley.torch.Parameter;
import dev.parley.torch.Parameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What changes a model's parameters: AdamW, or {@link Muon} for the matrices of the layers and AdamW for the rest, with
 * clipping of the whole gradient's length. Tensors with two dimensions decay, biases and norms do not.
 */
public final class Optimizer implements AutoCloseable {

    private final OptimizerSettings settings;
    private final AdamWMoments moments;
    private final List<Muon> matrices = new ArrayList<>();
    private final List<Parameter> all;
    private final Optional<Workers> workers;

    /** Takes the parameters of a model into its care until it is closed: their gradients are recorded and theirs to change. */
    public Optimizer(Parameters parameters, OptimizerSettings settings) {
        WarmUp.start();
        this.settings = settings;
        var byAdamW = new ArrayList<Parameter>();
        for (var parameter : parameters.trainable()) {
            if (parameter.value().dtype() != DType.FLOAT32) {
                throw new IllegalArgumentException("Parameter " + parameter.name() + " is " + parameter.value().dtype()
                        + "; training needs float32 weights: load the model by TrainableLM.fromPretrained.");
            }
            parameter.learn(true);
            if (settings.optim() == Optim.MUON && parameter.isLayerMatrix())
                matrices.add(new Muon(parameter, settings.muon()));
            else byAdamW.add(parameter);
        }
        moments = new AdamWMoments(byAdamW);
        all = parameters.trainable();
        workers = matrices.size() > 1 && Engine.threads() > 1 && Workers.canRun() ? Optional.of(Workers.start(Engine.threads()))
                : Optional.empty();
    }

    /** The length of the whole gradient. */
    public double gradNorm() {
        return GradientPieces.norm(all);
    }

    /** The name of the first parameter whose gradient is not finite, or none. */
    public String firstBrokenGradient() {
        for (var parameter : all) {
            try (var scope = Scope.open()) {
                if (!parameter.gradient().isFinite()) return parameter.name();
            }
        }
        return "none";
    }

    /** Updates the parameters and forgets the gradients. */
    public void step(double learningRate, double gradNorm) {
        var divisor = settings.divisor(gradNorm);
        stepMatrices(settings.muon().learningRate() * learningRate / settings.learningRate(), divisor);
        moments.step(settings, learningRate, divisor);
        clearGradients();
    }

    /** Muon's, each matrix in one thread. */
    private void stepMatrices(double learningRate, double divisor) {
        Consumer<Muon> step = m -> m.step(learningRate, settings.weightDecay(), divisor);
        if (workers.isEmpty()) {
            matrices.forEach(step);
            return;
        }
        var next = new AtomicInteger();
        workers.get().run(Collections.nCopies(workers.get().size(), () -> {
            for (int i = next.getAndIncrement(); i < matrices.size(); i = next.getAndIncrement()) step.accept(matrices.get(i));
        }));
    }

    void clearGradients() {
        for (var parameter : all) parameter.clearGradient();
    }

    /** What is remembered of earlier steps, by name, to be written to a checkpoint. */
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        moments.addTo(state);
        for (var m : matrices) state.put(m.parameter().name() + ".momentum_buffer", m.momentum());
        return state;
    }

    /** Frees moments and gradients; the weights stay. */
    @Override
    public void close() {
        clearGradients();
        for (var parameter : all) parameter.learn(false);
        workers.ifPresent(Workers::close);
        matrices.forEach(Muon::close);
        moments.close();
    }
}
