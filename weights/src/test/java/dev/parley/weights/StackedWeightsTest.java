package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.weights.StackedWeights.Part;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackedWeightsTest {

    private static final int EXPERTS = 3, IN = 5, OUT = 4; // OUT of gate and of up
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @TempDir
    Path folder;

    /** A number that says where it stands. */
    private static float number(int expert, int in, int out) {
        return 100 * expert + 10 * in + out;
    }

    /** Two experts in blocks too: {@code f}. */
    static List<TensorData> tensors() {
        float[] matrix = new float[EXPERTS * IN * 2 * OUT], bias = new float[EXPERTS * 2 * OUT];
        for (int e = 0; e < EXPERTS; e++) {
            for (int i = 0; i < IN; i++) for (int o = 0; o < 2 * OUT; o++) matrix[(e * IN + i) * 2 * OUT + o] = number(e, i, o);
            for (int o = 0; o < 2 * OUT; o++) bias[e * 2 * OUT + o] = -number(e, 0, o);
        }
        byte[] blocks = new byte[2 * 2 * 16], scales = {127, 125, 126, 127};
        for (int i = 0; i < blocks.length; i++) blocks[i] = (byte) (i * 7 + 1);
        return List.of(floats("x", matrix, EXPERTS, IN, 2 * OUT), floats("x_bias", bias, EXPERTS, 2 * OUT), floats("alone", bias, 24),
                TensorData.of("f_blocks", DType.UINT8, new long[] {2, 2, 1, 16}, MemorySegment.ofArray(blocks)),
                TensorData.of("f_scales", DType.UINT8, new long[] {2, 2, 1}, MemorySegment.ofArray(scales)));
    }

    private static TensorData floats(String name, float[] numbers, long... shape) {
        var bytes = MemorySegment.ofArray(new byte[4 * numbers.length]);
        for (int i = 0; i < numbers.length; i++) bytes.set(FLOAT, 4L * i, numbers[i]);
        return TensorData.of(name, DType.FLOAT32, shape, bytes);
    }

    static Map<String, Part> parts() {
        var parts = new LinkedHashMap<String, Part>();
        for (int e = 0; e < EXPERTS; e++) {
            parts.put("gate." + e, new Part("x", e, EXPERTS, 0, 2));
            parts.put("up." + e, new Part("x", e, EXPERTS, 1, 2));
            parts.put("up.bias." + e, new Part("x_bias", e, EXPERTS, 1, 2));
        }
        for (int e = 0; e < 2; e++) parts.put("f." + e, new Part("f", e, 2, 0, 1));
        return parts;
    }

    private StackedWeights open() throws IOException {
        var file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, tensors());
        return new StackedWeights(WeightFiles.openFile(file), parts());
    }

    @Test
    void eachMatrixHasItsOwnOutputsRowByRow() throws IOException {
        try (var weights = open()) {
            assertEquals(Set.of("alone", "gate.0", "gate.1", "gate.2", "up.0", "up.1", "up.2", "up.bias.0", "up.bias.1", "up.bias.2", "f.0",
                    "f.1"), weights.names());
            assertArrayEquals(new long[] {OUT, IN}, weights.info("up.2").shape());
            assertArrayEquals(new long[] {OUT}, weights.info("up.bias.2").shape());
            MemorySegment gate = weights.bytes("gate.1"), up = weights.bytes("up.2"), bias = weights.bytes("up.bias.1");
            for (int o = 0; o < OUT; o++) {
                for (int i = 0; i < IN; i++) {
                    assertEquals(number(1, i, 2 * o), gate.get(FLOAT, 4L * (o * IN + i)));
                    assertEquals(number(2, i, 2 * o + 1), up.get(FLOAT, 4L * (o * IN + i)));
                }
                assertEquals(-number(1, 0, 2 * o + 1), bias.get(FLOAT, 4L * o));
            }
        }
    }

    /** Number 2i lies in the low bits of byte i and number 2i + 1 in the high ones; the scale is a power of two less 127. */
    @Test
    void blocksOfFourBitsAreTheNumbersThatTheyStandFor() throws IOException {
        float[] codes = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, 0, -0.5f, -1, -1.5f, -2, -3, -4, -6};
        try (var weights = open()) {
            assertEquals(DType.BFLOAT16, weights.info("f.1").dtype());
            var blocks = weights.blocks("f.1").orElseThrow();
            var row = new float[64];
            blocks.type().widen(blocks.bytes(), 0, 64, row, 0);
            var bytes = weights.bytes("f.1");
            for (int r = 0; r < 2; r++) {
                for (int c = 0; c < 32; c++) {
                    int packed = (32 + r * 16 + c / 2) * 7 + 1 & 0xff, code = c % 2 == 0 ? packed & 15 : packed >>> 4;
                    var wanted = codes[code] * (r == 0 ? 0.5f : 1);
                    assertEquals(wanted + 0f, row[32 * r + c] + 0f);
                    var narrow = bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 2L * (32 * r + c));
                    assertEquals(wanted + 0f, Float.intBitsToFloat(narrow << 16) + 0f);
                }
            }
        }
    }

    @Test
    void whatIsStackedAgainIsTheTensorThatItCameFrom() throws IOException {
        var again = folder.resolve("again.safetensors");
        try (var weights = open()) {
            var pieces = new LinkedHashMap<Part, TensorData>();
            parts().forEach((name, part) -> {
                if (part.tensor().equals("x"))
                    pieces.put(part, TensorData.of(name, DType.FLOAT32, weights.info(name).shape(), weights.bytes(name)));
            });
            SafetensorsWriter.write(again, List.of(StackedWeights.stacked(pieces)));
        }
        try (var written = WeightFiles.openFile(again); var first = WeightFiles.openFile(folder.resolve("model.safetensors"))) {
            assertArrayEquals(first.info("x").shape(), written.info("x").shape());
            assertEquals(-1, first.bytes("x").mismatch(written.bytes("x")));
        }
    }

    @Test
    void aStackOfAnotherSizeAndABlockWithoutAScaleAreRefused() throws IOException {
        var file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, tensors());
        try (var weights = WeightFiles.openFile(file)) {
            for (var part : List.of(new Part("x", 0, EXPERTS + 1, 0, 2), new Part("x", 0, EXPERTS, 0, 3), new Part("f", 0, 3, 0, 1),
                    new Part("alone", 0, 1, 0, 1))) {
                assertTrue(assertThrows(WeightFileException.class, () -> new StackedWeights(weights, Map.of("y", part))).getMessage()
                        .contains(part.tensor()));
            }
        }
        var scales = new byte[] {127, -1, 0, 0};
        SafetensorsWriter.write(file, List.of(tensors().get(3),
                TensorData.of("f_scales", DType.UINT8, new long[] {2, 2, 1}, MemorySegment.ofArray(scales))));
        try (var weights = new StackedWeights(WeightFiles.openFile(file), Map.of("f.0", new Part("f", 0, 2, 0, 1)))) {
            assertTrue(assertThrows(WeightFileException.class, () -> weights.bytes("f.0")).getMessage().contains("without a scale"));
        }
    }
}
