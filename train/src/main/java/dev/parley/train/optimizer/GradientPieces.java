package dev.parley.train.optimizer;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.GradientSum;
import dev.parley.tensor.Scope;
import dev.parley.torch.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Passes over the memory of many parameters, in pieces of equal size that the threads share: whoever takes which, the numbers are the
 * same.
 */
final class GradientPieces {

    private static final long SIZE = 1 << 16; // numbers: a fraction of a millisecond, so that no thread waits long for another

    private GradientPieces() {}

    /** A part of a memory of numbers. */
    record Piece<T>(T of, long from, long n) {}

    /** Cuts something of so many numbers. */
    static <T> void cut(T whole, long count, List<Piece<T>> into) {
        for (long from = 0; from < count; from += SIZE) into.add(new Piece<>(whole, from, Math.min(SIZE, count - from)));
    }

    /** The gradient of a parameter as it lies in memory; its tensors are of the innermost scope. */
    static GradientSum sum(Parameter parameter) {
        return new GradientSum(parameter.gradientParts().stream()
                .map(part -> new GradientSum.Part(part.memory(), part.dtype() == DType.BFLOAT16)).toList());
    }

    /** The length of the gradients of all together. */
    static double norm(List<Parameter> parameters) {
        try (var scope = Scope.open()) {
            var pieces = new ArrayList<Piece<GradientSum>>();
            for (var parameter : parameters) {
                var sum = sum(parameter);
                if (!sum.parts().isEmpty()) cut(sum, parameter.value().elementCount(), pieces);
            }
            var squares = new double[pieces.size()];
            var team = ThreadTeam.shared();
            team.run(member -> {
                var scratch = new GradientSum.Scratch();
                team.share(pieces.size(), i -> squares[i] = squares(pieces.get(i), scratch));
            });
            return Math.sqrt(Arrays.stream(squares).sum());
        }
    }

    private static double squares(Piece<GradientSum> piece, GradientSum.Scratch scratch) {
        var squares = 0.0;
        for (long at = piece.from(); at < piece.from() + piece.n(); at += GradientSum.PIECE) {
            squares += piece.of().squares(at, (int) Math.min(GradientSum.PIECE, piece.from() + piece.n() - at), scratch);
        }
        return squares;
    }
}
