package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is computed element by element, at every length around the lanes and anywhere in an array, against double. */
class ElementwiseTest {

    @RegisterExtension
    static final Seed SEED = new Seed();

    private static final float GUARD = 12_345;

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    /** Numbers with guards around, which must be as before. */
    private static float[] guarded(float[] numbers, int at) {
        var x = new float[at + numbers.length + 3];
        Arrays.fill(x, GUARD);
        System.arraycopy(numbers, 0, x, at, numbers.length);
        return x;
    }

    private static void checkGuards(float[] x, int at, int n) {
        for (int i = 0; i < x.length; i++) if (i < at || i >= at + n) assertEquals(GUARD, x[i], "a number beside was written, at " + i);
    }

    private static int[] lengths() {
        return new int[] {0, 1, 2, LANES - 1, LANES, LANES + 1, 2 * LANES - 1, 2 * LANES, 3 * LANES + 2, 100, 769};
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void activationsAreTheirFormulas(boolean byVectors) {
        var random = SEED.random();
        for (var n : lengths()) {
            float[] numbers = Seed.gaussians(random, n), up = Seed.gaussians(random, n + 1);
            for (int i = 0; i < n; i++) numbers[i] *= 4;
            float[] gelu = guarded(numbers, 5), silu = guarded(numbers, 2);
            Activations.geluNew(gelu, 5, n, byVectors);
            Activations.siluTimes(silu, 2, up, 1, n, byVectors);
            checkGuards(gelu, 5, n);
            checkGuards(silu, 2, n);
            for (int i = 0; i < n; i++) {
                double v = numbers[i], u = Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v);
                // e^u is exact to some units times u, since u is rounded before; the rest are a few operations in float32.
                assertEquals(v / (1 + Math.exp(-2 * u)), gelu[5 + i],
                        // beyond e^88 it is e^88
                        Math.abs(v) / (1 + Math.exp(-2 * u)) * (8 + 6 * Math.abs(u)) * 0x1p-24 + Math.abs(v) * 1e-38);
                var wanted = v / (1 + Math.exp(-v)) * up[1 + i];
                assertEquals(wanted, silu[2 + i], Math.abs(wanted) * (8 + 2 * Math.abs(v)) * 0x1p-24 + Float.MIN_NORMAL);
            }
        }
    }

    @Test
    void theClampedGateIsItsFormula() {
        var random = SEED.random();
        for (var n : lengths()) {
            float[] numbers = Seed.gaussians(random, n), up = Seed.gaussians(random, n + 1);
            for (int i = 0; i < n; i++) {
                numbers[i] *= 8; // beyond the bounds too
                up[1 + i] *= 8;
            }
            var gate = guarded(numbers, 2);
            Activations.clampedSwiglu(gate, 2, up, 1, n);
            checkGuards(gate, 2, n);
            for (int i = 0; i < n; i++) {
                double g = Math.min(numbers[i], 7), u = Math.clamp(up[1 + i], -7.0, 7.0), share = 1 / (1 + Math.exp(-1.702 * g));
                // u + 1 is rounded where u is near -1, and e^x to some units times x
                assertEquals(g * share * (u + 1), gate[2 + i],
                        Math.abs(g * share) * (10 + 4 * Math.abs(g)) * (1 + Math.abs(u)) * 0x1p-24 + 1e-37);
            }
        }
    }

    @Test
    void theExponentialIsExactToTwoUnitsFromMinus87To88() {
        DoubleUnaryOperator units = x -> {
            var exact = Math.exp((float) x);
            return Math.abs(Activations.exp((float) x) - exact) / Math.ulp((float) exact);
        };
        for (double x = -87; x < 88; x += 0.00137) assertTrue(units.applyAsDouble(x) <= 2, "e^" + x);
        var random = SEED.random();
        for (int run = 0; run < 2000; run++) {
            var x = Seed.gaussians(random, LANES);
            for (int i = 0; i < LANES; i++) x[i] *= 40;
            var all = Activations.exp(FloatVector.fromArray(FLOATS, x, 0)).toArray();
            for (int i = 0; i < LANES; i++) assertEquals(Activations.exp(x[i]), all[i], "the same bits in a vector");
        }
        assertEquals(1, Activations.exp(0f));
        assertEquals(Activations.exp(88f), Activations.exp(1000f));
        assertEquals(0, Activations.exp(-1000f), 1e-37);
    }

    @Test
    void numbersAreAddedWhereTheyAre() {
        var random = SEED.random();
        for (var n : lengths()) {
            float[] numbers = Seed.gaussians(random, n), more = Seed.gaussians(random, n + 2), into = guarded(numbers, 3);
            Activations.add(into, 3, more, 2, n);
            checkGuards(into, 3, n);
            for (int i = 0; i < n; i++) assertEquals(numbers[i] + more[2 + i], into[3 + i]);
        }
    }

    @Test
    void normsAreTheirFormulasAtAnyPlace() {
        var random = SEED.random();
        for (var n : new int[] {1, 2, 7, 8, 9, 15, 16, 17, 40, 768, 769}) {
            float[] numbers = Seed.gaussians(random, n), weight = Seed.gaussians(random, n), bias = Seed.gaussians(random, n);
            float[] x = guarded(numbers, 4), rms = guarded(new float[n], 1), layer = guarded(new float[n], 2);
            double mean = 0, squares = 0, variance = 0;
            for (var v : numbers) mean += v / (double) n;
            for (var v : numbers) squares += (double) v * v / n;
            for (var v : numbers) variance += (v - mean) * (v - mean) / n;
            Norms.rms(x, 4, n, weight, 1e-5f, rms, 1);
            Norms.layer(x, 4, n, weight, bias, 1e-5f, layer, 2);
            assertArrayEquals(guarded(numbers, 4), x);
            checkGuards(rms, 1, n);
            checkGuards(layer, 2, n);
            var units = (n / 8.0 + 12) * 0x1p-24; // additions of each of eight sums, their tree, and the operations after
            for (int i = 0; i < n; i++) {
                var wanted = numbers[i] / Math.sqrt(squares + 1e-5) * weight[i];
                assertEquals(wanted, rms[1 + i], Math.abs(wanted) * units);
                var spread = Math.sqrt(variance + 1e-5); // the mean's error is one of the numbers' sizes, enlarged as much as they are
                wanted = (numbers[i] - mean) / spread * weight[i];
                var size = (Math.abs(numbers[i]) + Math.sqrt(squares)) / spread * Math.abs(weight[i]) + Math.abs(bias[i]);
                assertEquals(wanted + bias[i], layer[2 + i], 2 * size * units);
            }
        }
    }

    @Test
    void aRotationIsAProductWithAComplexNumber() {
        var random = SEED.random();
        for (int half = 1; half <= 70; half++) {
            var head = Seed.gaussians(random, 2 * half);
            float[] cos = new float[half + 2], sin = new float[half + 2], x = guarded(head, 3);
            var angles = random.doubles(half, -10, 10).toArray();
            for (int i = 0; i < half; i++) {
                cos[2 + i] = (float) Math.cos(angles[i]);
                sin[2 + i] = (float) Math.sin(angles[i]);
            }
            Rotary.rotate(x, 3, 2 * half, cos, sin, 2);
            checkGuards(x, 3, 2 * half);
            for (int i = 0; i < half; i++) {
                double length = Math.hypot(head[i], head[half + i]), angle = Math.atan2(head[half + i], head[i]) + angles[i];
                assertEquals(length * Math.cos(angle), x[3 + i], 4 * length * 0x1p-24); // cosine, sine, two products and a sum are rounded
                assertEquals(length * Math.sin(angle), x[3 + half + i], 4 * length * 0x1p-24);
            }
        }
    }

    @Test
    void lanesAreSummedInOneOrder() {
        var random = SEED.random();
        for (int run = 0; run < 500; run++) {
            var x = Seed.gaussians(random, LANES + 2);
            var vector = FloatVector.fromArray(FLOATS, x, 1);
            double sum = 0, size = 0;
            for (int i = 1; i <= LANES; i++) {
                sum += x[i];
                size += Math.abs(x[i]);
            }
            assertEquals(sum, VectorShape.sumLanes(vector), 4 * size * 0x1p-24);
            assertEquals(VectorShape.sumLanes(vector), VectorShape.sumLanes(x, 1));
        }
        assertEquals(48, VectorShape.roundUp(33, 16));
        assertEquals(32, VectorShape.roundUp(32, 16));
        assertEquals(0, VectorShape.roundUp(0, 16));
    }

    /** The nearest of the two neighbours, ties to the one with an even last bit: by distances in double. */
    private static int nearest(float value) {
        int bits = Float.floatToRawIntBits(value), below = bits >>> 16, above = below + 1;
        double down = Math.abs(value - (double) Float.intBitsToFloat(below << 16));
        double up = (above & 0x7fff) == 0x7f80 ? Math.abs(Math.copySign(0x1p128, value) - value)
                : Math.abs(Float.intBitsToFloat(above << 16) - (double) value);
        return down < up || down == up && below % 2 == 0 ? below : above;
    }

    @Test
    void bfloat16IsTheNearestWithTiesToEven() {
        var random = SEED.random();
        for (int upper = 0; upper < 1 << 16; upper++) {
            if ((upper & 0x7f80) == 0x7f80) continue; // infinities and NaNs below
            for (var lower : new int[] {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, random.nextInt(1 << 16)}) {
                var value = Float.intBitsToFloat(upper << 16 | lower);
                assertEquals(nearest(value), BFloat16Bits.of(value) & 0xffff, () -> Float.toHexString(value));
            }
            assertEquals(Float.intBitsToFloat(upper << 16), BFloat16Bits.toFloat((short) upper));
        }
        assertEquals(Float.POSITIVE_INFINITY, BFloat16Bits.toFloat(BFloat16Bits.of(Float.POSITIVE_INFINITY)));
        assertEquals(Float.NEGATIVE_INFINITY, BFloat16Bits.toFloat(BFloat16Bits.of(Float.NEGATIVE_INFINITY)));
        for (var nan : new int[] {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff}) {
            assertTrue(Float.isNaN(BFloat16Bits.toFloat(BFloat16Bits.of(Float.intBitsToFloat(nan)))), "a NaN stays one");
        }
    }

    @Test
    void pairsOfBFloat16AreWrittenAndReadInOrder() {
        var random = SEED.random();
        var x = Seed.integers(random, 2 * LANES + 1);
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(2 + 4L * LANES);
            BFloat16Bits.write(x, 1, memory, 2, 2 * LANES);
            assertEquals(0, memory.get(ValueLayout.JAVA_SHORT, 0));
            var pairs = IntVector.fromMemorySegment(INTS, memory, 2, VectorShape.LITTLE);
            float[] lower = BFloat16Bits.lower(pairs).toArray(), upper = BFloat16Bits.upper(pairs).toArray();
            for (int i = 0; i < LANES; i++) {
                assertEquals(x[1 + 2 * i], lower[i]);
                assertEquals(x[2 + 2 * i], upper[i]);
                assertEquals(BFloat16Bits.pair(x[1 + 2 * i], x[2 + 2 * i]), pairs.lane(i));
            }
        }
    }
}
