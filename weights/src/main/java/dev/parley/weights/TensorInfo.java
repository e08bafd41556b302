package dev.parley.weights;

import dev.parley.kernels.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A tensor in a weight file: its name, the type of its elements, its shape, and the file that holds it. */
public record TensorInfo(String name, DType dtype, long[] shape, Path file) {

    /** Number of elements. */
    public long elements() {
        var count = 1L;
        for (var size : shape) count *= size;
        return count;
    }

    /** The shape as it is written in messages. */
    public String shapeText() {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
