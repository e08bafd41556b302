package dev.parley.model;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.BFloat16Matrix;
import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Int4Matrix;
import dev.parley.kernels.matrix.Int8Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.weights.TensorInfo;
import dev.parley.weights.WeightSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads a model's weights from a file, strictly: what is missing, unknown or of the wrong shape is listed, and
 * nothing is left half loaded. Files come with and without the prefix of their names (GPT-2's {@code transformer.}), and some
 * carry tensors that are no weights: buffers such as the causal mask, or a tied head a second time.
 */
public record WeightLoader(WeightSource source, Blueprint blueprint) {

    private static final int LISTED = 5;

    /**
     * Lays the weights out for running. Where the file has a matrix as it is needed, it is used where it lies, so that the
     * source must stay open.
     *
     * @param arena of what has to be copied
     */
    public ModelWeights loadToRun(WeightType type, Arena arena) {
        check();
        if (type == WeightType.AS_STORED) BlockWeights.warmUp(source);
        var weights = new ModelWeights();
        for (var weight : blueprint.weights()) {
            var name = nameInFile(weight);
            var blocks = type == WeightType.AS_STORED && !weight.isVector() ? blocks(name, weight, arena) : Optional.<Matrix>empty();
            if (blocks.isPresent()) {
                weights.put(weight, blocks.get());
                continue;
            }
            var bytes = source.bytes(name);
            var dtype = source.info(name).dtype();
            var held = type == WeightType.AS_STORED ? plain(weight, name) : held(weight, type);
            if (!held.quantized()) requireFinite(name); // else packing tells
            switch (weight.use()) {
                case VECTOR, NORM, KERNEL -> {
                    var vector = new float[Math.toIntExact(weight.elements())];
                    new FileRows(bytes, dtype, 1, vector.length, false).read(0, 1, vector, vector.length);
                    weights.put(weight, vector);
                }
                case TABLE, HEAD, MATRIX, MATRIX_IN_OUT -> weights.put(weight, matrix(name, weight, bytes, dtype, held, arena));
            }
        }
        return weights;
    }

    /** The type that numbers outside of blocks are held in. */
    private WeightType plain(WeightSpec weight, String name) {
        return weight.isVector() || !BlockWeights.areIn(source, name) && source.info(name).dtype() != DType.BFLOAT16 ? WeightType.FLOAT32
                : WeightType.BFLOAT16;
    }

    /** The type that a weight is held in: what is looked up or multiplied last is worth more bits. */
    private static WeightType held(WeightSpec weight, WeightType type) {
        return switch (weight.use()) {
            case VECTOR, NORM, KERNEL -> WeightType.FLOAT32;
            case TABLE -> type.quantized() ? WeightType.BFLOAT16 : type;
            case HEAD -> type == WeightType.INT4 ? WeightType.INT8 : type;
            case MATRIX, MATRIX_IN_OUT -> type;
        };
    }

    /**
     * Bytes that a weight takes once it is loaded to run, but for what fills rows up to whole vectors.
     *
     * @param source empty where only the config is known
     */
    static long bytesToRun(Optional<WeightSource> source, Blueprint blueprint, WeightSpec weight, WeightType type) {
        var held = held(weight, type);
        if (held == WeightType.AS_STORED) {
            if (source.isEmpty()) throw new IllegalArgumentException("How weights are stored is in their file, which is not known.");
            var loader = new WeightLoader(source.get(), blueprint);
            var name = loader.nameInFile(weight);
            var blocks = weight.isVector() ? Optional.<Long>empty() : BlockWeights.bytesToRun(source.get(), name, weight);
            if (blocks.isPresent()) return blocks.get();
            held = loader.plain(weight, name);
        }
        return switch (held) {
            case FLOAT32 -> Float.BYTES * weight.elements();
            case BFLOAT16 -> Short.BYTES * weight.elements();
            case INT8 -> weight.elements() + Float.BYTES * (long) weight.outFeatures();
            case INT4 -> weight.elements() / 2 + Short.BYTES * Math.ceilDiv(weight.elements(), (long) Int4Matrix.GROUP);
            case AS_STORED -> throw new IllegalStateException("A weight outside of blocks has a type.");
        };
    }

    private Optional<Matrix> blocks(String name, WeightSpec weight, Arena arena) {
        try {
            return BlockWeights.find(source, name, weight, arena);
        } catch (ArithmeticException e) {
            requireFinite(name); // which tells where
            throw e;
        }
    }

    private Matrix matrix(String name, WeightSpec weight, MemorySegment bytes, DType dtype, WeightType type, Arena arena) {
        try {
            return matrix(weight, bytes, dtype, type, arena);
        } catch (ArithmeticException e) {
            requireFinite(name);
            throw e;
        }
    }

    private static Matrix matrix(WeightSpec weight, MemorySegment bytes, DType dtype, WeightType type, Arena arena) {
        int rows = weight.outFeatures(), columns = weight.inFeatures();
        var inOut = weight.isInOut();
        var team = ThreadTeam.shared();
        var source = new FileRows(bytes, dtype, rows, columns, inOut);
        return switch (type) {
            case FLOAT32 -> !inOut && dtype == DType.FLOAT32 && Float32Matrix.canView(columns) ? Float32Matrix.view(bytes, rows, columns)
                    : Float32Matrix.pack(source, arena, team);
            case BFLOAT16 ->
                !inOut && dtype == DType.BFLOAT16 && BFloat16Matrix.canView(columns) ? BFloat16Matrix.view(bytes, rows, columns)
                        : BFloat16Matrix.pack(source, arena, team);
            case INT8 -> Int8Matrix.pack(source, arena, team);
            case INT4 -> Int4Matrix.pack(source, arena, team);
            case AS_STORED -> throw new IllegalStateException("Numbers outside of blocks have a type of their own.");
        };
    }

    /**
     * Fails on a weight that is infinite or no number: it would make every text nonsense, and in four bits be 0 in silence.
     * @param name in the file
     */
    public void requireFinite(String name) {
        requireFinite(source, name);
    }

    /**
     * The numbers of a tensor in float32, row-major, none of them infinite.
     *
     * @param name in the file
     */
    public static float[] numbers(WeightSource source, String name) {
        requireFinite(source, name);
        var info = source.info(name);
        var numbers = new float[Math.toIntExact(info.elements())];
        new FileRows(source.bytes(name), info.dtype(), 1, numbers.length, false).read(0, 1, numbers, numbers.length);
        return numbers;
    }

    private static void requireFinite(WeightSource source, String name) {
        var at = FiniteNumbers.firstOther(source.bytes(name), source.info(name).dtype());
        if (at.isEmpty()) return;
        var place = new ArrayList<Long>();
        var shape = source.info(name).shape();
        var rest = at.getAsLong();
        for (int d = shape.length - 1; d >= 0; d--) {
            place.addFirst(rest % shape[d]);
            rest /= shape[d];
        }
        throw new ModelException(source.file() + ": tensor \"" + name + "\" has no finite number at " + place
                + ": the file is damaged, or its training failed.");
    }

    /** Fails on what is missing, unknown or of the wrong shape. */
    public void check() {
        var used = new HashSet<String>();
        var faults = new ArrayList<String>();
        for (var weight : blueprint.weights()) {
            var name = nameInFile(weight);
            if (name.isEmpty()) {
                faults.add("tensor \"" + weight.name() + "\" is missing");
                continue;
            }
            used.add(name);
            checkShape(source.info(name), weight, faults);
        }
        for (var name : source.names()) {
            if (!used.contains(name) && blueprint.passedOver().stream().noneMatch(other -> isNamed(name, other))) {
                faults.add("tensor \"" + name + "\" is not part of the model");
            }
        }
        if (!faults.isEmpty()) throw new ModelException(source.file() + ": " + listed(faults) + ".");
    }

    /** What the file calls a weight; empty if it has none. */
    public String nameInFile(WeightSpec weight) {
        if (source.names().contains(weight.name())) return weight.name();
        if (!weight.name().startsWith(blueprint.prefix())) return "";
        var bare = weight.name().substring(blueprint.prefix().length());
        return source.names().contains(bare) ? bare : "";
    }

    /** By its whole name, or by its end where that begins with a dot. */
    private static boolean isNamed(String name, String other) {
        return other.startsWith(".") ? name.endsWith(other) : name.equals(other);
    }

    private static void checkShape(TensorInfo info, WeightSpec weight, List<String> faults) {
        if (!info.dtype().isFloatingPoint()) {
            faults.add("tensor \"" + info.name() + "\" holds " + info.dtype() + " where weights are floating-point numbers");
        } else if (!Arrays.equals(info.shape(), weight.shape()) && !isKernelOfGguf(info, weight)) {
            faults.add("tensor \"" + info.name() + "\" has shape " + text(info.shape()) + "; config.json needs " + text(weight.shape()));
        }
    }

    /** GGUF has the factors of convolutions as (C, K). */
    private static boolean isKernelOfGguf(TensorInfo info, WeightSpec weight) {
        return weight.use() == WeightSpec.Use.KERNEL && Arrays.equals(info.shape(), new long[] {weight.outFeatures(), weight.inFeatures()});
    }

    private static String listed(List<String> faults) {
        var shown = faults.stream().limit(LISTED).collect(Collectors.joining("; "));
        return faults.size() > LISTED ? shown + "; and " + (faults.size() - LISTED) + " more faults" : shown;
    }

    private static String text(long[] shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
