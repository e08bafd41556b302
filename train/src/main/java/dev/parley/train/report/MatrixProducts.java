package dev.parley.train.report;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tensor.Workers;
import dev.parley.torch.Parameter;
import dev.parley.torch.TrainableLM;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The products of matrices in a model's forward pass: how much work they are, and how fast this machine does nothing but them. A training
 * step can hardly be faster, so that its speed in parts of this rate says how well the machine is used.
 *
 * <pre>{@code
 * var products = MatrixProducts.of(model);
 * double limit = products.rate(1024, DType.FLOAT32, 9) / products.flopsPerToken(256); // tokens a second
 * }</pre>
 */
public final class MatrixProducts {

    private final ModelConfig config;
    private final List<Product> products;
    private final long adapter; // numbers of one that learns in the place of all others

    /** A vector of each token by a matrix of this shape. @param times it occurs */
    private record Product(long in, long out, long times) {}

    private MatrixProducts(ModelConfig config, List<Product> products, long adapter) {
        this.config = config;
        this.products = products;
        this.adapter = adapter;
    }

    /** Those of a model. */
    public static MatrixProducts of(TrainableLM model) {
        var config = model.config();
        var counts = model.parameters().all().stream().filter(Parameter::isLayerMatrix)
                .collect(Collectors.groupingBy(p -> List.of(p.inFeatures(), p.outFeatures()), Collectors.counting()));
        var products = new ArrayList<Product>();
        counts.forEach((shape, times) -> products.add(new Product(shape.getFirst(), shape.getLast(), times)));
        products.add(new Product(config.hiddenSize(), config.vocabSize(), 1)); // the head
        var adapter = model.adapter().isEmpty() ? 0 : model.parameters().trainable().stream().mapToLong(p -> p.spec().elements()).sum();
        return new MatrixProducts(config, products, adapter);
    }

    /**
     * Operations of training on a token, forward and back: six for each weight of a product, four where an adapter learns and
     * the weight needs no gradient, and the attention; Kaplan et al. 2020 (arXiv:2001.08361), section 2.1.
     *
     * @param length tokens of a row
     */
    public double flopsPerToken(double length) {
        var weights = products.stream().mapToDouble(p -> (double) p.in() * p.out() * p.times()).sum();
        return (adapter == 0 ? 6 : 4) * weights + 6.0 * adapter + 12.0 * config.numHiddenLayers() * length * config.hiddenSize();
    }

    /**
     * Operations a second of the products, each shape at its own measured rate and with its own part of the work: shared out by libtorch,
     * or half of the rows in each of two threads, whichever is faster.
     *
     * @param tokens of a pass
     * @param repeats of each product, of which the median counts
     */
    public double rate(long tokens, DType dtype, int repeats) {
        double flops = 0, seconds = 0;
        try (var scope = Scope.open(); var noGrad = NoGrad.open(); var workers = Workers.start(Engine.threads())) {
            var random = RandomState.save();
            for (var p : products) {
                try (var one = Scope.open()) {
                    var x = Tensor.empty(DType.FLOAT32, tokens, p.in()).normalInPlace(0, 1).to(dtype);
                    var w = Tensor.empty(DType.FLOAT32, p.in(), p.out()).normalInPlace(0, 1).to(dtype);
                    flops += 2.0 * tokens * p.in() * p.out() * p.times();
                    seconds += Math.min(time(() -> product(x, w), repeats),
                            Workers.canRun() ? time(() -> shared(workers, x, w), repeats) : Double.POSITIVE_INFINITY) * p.times();
                }
            }
            RandomState.restore(random); // a run that is measured stays the same
        }
        return flops / seconds;
    }

    private static double time(Runnable work, int repeats) {
        var times = new double[repeats];
        for (int i = 0; i < times.length; i++) {
            var start = System.nanoTime();
            work.run();
            times[i] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(times);
        return times[repeats / 2];
    }

    private static void product(Tensor x, Tensor w) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            x.matmul(w);
        }
    }

    private static void shared(Workers workers, Tensor x, Tensor w) {
        var part = x.size(0) / workers.size();
        workers.run(IntStream.range(0, workers.size()).<Runnable>mapToObj(i -> () -> {
            try (var scope = Scope.open()) {
                product(x.narrow(0, i * part, part), w);
            }
        }).toList());
    }
}
