package dev.parley.torch;

import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * y = x W + b, and beside each W what an adapter adds to it. What reads the same input, such as queries, keys and values, lies
 * side by side in y; files hold it as one matrix or as
 * several.
 */
final class Linear {

    private final List<Product> products;

    /** One matrix of the file: (out, in), or as GPT-2's "Conv1D" (in, out). */
    private record Product(Parameter weight, Optional<Parameter> bias, int out) {

        Tensor of(Tensor x, ForwardContext pass) { // x: (…, in)
            var shape = x.shape();
            var flat = x.view(-1, shape[shape.length - 1]); // (N, in)
            shape[shape.length - 1] = out;
            var type = pass.computeType();
            var w = weight.spec().isInOut() ? weight.in(type) : weight.in(type).transpose(0, 1); // (in, out)
            var y = bias.isPresent() ? Functional.affine(flat, w, bias.get().in(type)) : flat.matmul(w); // (N, out)
            return weight.lowRank().map(beside -> beside.addedTo(y, flat, pass)).orElse(y).view(shape); // (…, out)
        }
    }

    Linear(Parameters parameters, LinearSpec spec) {
        this(parameters, List.of(spec));
    }

    Linear(Parameters parameters, List<LinearSpec> specs) {
        products = specs.stream()
                .map(spec -> new Product(parameters.get(spec.weight()), spec.bias().map(parameters::get), spec.out())).toList();
    }

    /** y as a whole, where the file has one matrix. x: (…, in); result: (…, out). */
    Tensor forward(Tensor x, ForwardContext pass) {
        return products.getFirst().of(x, pass);
    }

    /** The parts of y. x: (B, T, C); results: (B, T, n) for each n of {@code sizes}. */
    List<Tensor> split(Tensor x, ForwardContext pass, int... sizes) {
        var parts = new ArrayList<Tensor>();
        int product = 0, at = 0;
        var y = products.getFirst().of(x, pass);
        for (var size : sizes) {
            if (at == products.get(product).out) {
                y = products.get(++product).of(x, pass);
                at = 0;
            }
            parts.add(at == 0 && size == products.get(product).out ? y : y.narrow(2, at, size));
            at += size;
        }
        return parts;
    }
}
