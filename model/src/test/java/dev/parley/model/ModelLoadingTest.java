package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.weights.SafetensorsWriter;
import dev.parley.weights.TensorData;
import dev.parley.weights.WeightFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoadingTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(40, 16, 8, 2, 2);

    @TempDir
    Path folder;

    @BeforeEach
    void save() throws Exception {
        RandomModels.write(folder, CONFIG, 1);
    }

    private String refused() {
        var fault = assertThrows(RuntimeException.class, () -> CausalLM.fromPretrained(folder, DType.FLOAT32));
        assertTrue(fault.getClass().getName().startsWith("dev.parley."), fault.toString());
        return fault.getMessage();
    }

    private void rewrite(Consumer<LinkedHashMap<String, TensorData>> change) throws Exception {
        var tensors = new LinkedHashMap<String, TensorData>();
        try (var weights = WeightFiles.open(folder)) {
            for (var name : weights.names()) {
                var copy = MemorySegment.ofArray(weights.bytes(name).toArray(ValueLayout.JAVA_BYTE));
                tensors.put(name, TensorData.of(name, weights.info(name).dtype(), weights.info(name).shape(), copy));
            }
        }
        change.accept(tensors);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), List.copyOf(tensors.values()));
    }

    private static void put(LinkedHashMap<String, TensorData> tensors, String name, DType dtype, long... shape) {
        var zeros = new byte[Math.toIntExact(dtype.bytes() * Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        tensors.put(name, TensorData.of(name, dtype, shape, MemorySegment.ofArray(zeros)));
    }

    /** A tensor with one number in a type of floating-point numbers, the other numbers being {@code others}. */
    private static TensorData one(String name, DType dtype, float others, int at, float number, long... shape) {
        var bytes = ByteBuffer.allocate(8 * 32 * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 8 * 32; i++) {
            var x = i == at ? number : others;
            switch (dtype) {
                case FLOAT64 -> bytes.putDouble(x);
                case FLOAT32 -> bytes.putFloat(x);
                case FLOAT16 -> bytes.putShort(Float.floatToFloat16(x));
                case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(x) >>> 16));
                default -> throw new AssertionError(dtype);
            }
        }
        return TensorData.of(name, dtype, shape, MemorySegment.ofArray(bytes.array()));
    }

    @Test
    void missingUnknownAndMisshapenTensorsAreListed() throws Exception {
        rewrite(t -> {
            t.remove("transformer.h.1.mlp.c_fc.bias");
            put(t, "transformer.h.0.ln_1.weight", DType.FLOAT32, 9);
            put(t, "transformer.extra", DType.FLOAT32, 1);
            put(t, "transformer.ln_f.bias", DType.INT64, 8);
        });
        var message = refused();
        for (var part : List.of("model.safetensors", "transformer.h.1.mlp.c_fc.bias\" is missing", "(9); config.json needs (8)",
                "transformer.extra", "INT64")) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void aWeightThatIsNotFiniteIsRefusedByTheNameOfItsTensor() throws Exception {
        var good = Files.readAllBytes(folder.resolve("model.safetensors"));
        for (var wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (var type : DType.values()) {
                if (!type.isFloatingPoint()) continue;
                Files.write(folder.resolve("model.safetensors"), good);
                var name = "transformer.h.1.mlp.c_fc.weight";
                var others = type == DType.FLOAT16 ? 65_504 : 3e38f; // all but the largest that there are
                rewrite(t -> t.put(name, one(name, type, others, 3 * 32 + 17, wrong, 8, 32)));
                for (var weights : WeightType.values()) {
                    var fault = assertThrows(ModelException.class,
                            () -> CausalLM.fromPretrained(folder, weights, DType.FLOAT32, Backend.JAVA).close(), type + " " + weights);
                    assertTrue(
                            fault.getMessage().contains(
                                    "model.safetensors: tensor \"transformer.h.1.mlp.c_fc.weight\" has no finite number at [3, 17]"),
                            fault.getMessage());
                }
            }
        }
        Files.write(folder.resolve("model.safetensors"), good);
        rewrite(t -> put(t, "transformer.h.1.mlp.c_fc.weight", DType.FLOAT32, 8, 32));
        CausalLM.fromPretrained(folder, DType.FLOAT32).close();
    }

    @Test
    void buffersAndATiedHeadWrittenTwiceAreNoFaults() throws Exception {
        rewrite(t -> {
            put(t, "lm_head.weight", DType.FLOAT32, 40, 8);
            put(t, "transformer.h.0.attn.bias", DType.UINT8, 1, 1, 16, 16);
            put(t, "transformer.h.0.attn.masked_bias", DType.FLOAT32, 1);
        });
        CausalLM.fromPretrained(folder, DType.FLOAT32).close();
    }

    @Test
    void anUnknownConfigValueIsAnErrorThatNamesFileAndValue() throws Exception {
        var file = folder.resolve("config.json");
        var good = Files.readString(file);
        for (var change : Stream
                .of("gelu_new->relu", "\"gpt2\"->\"mamba\"", "\"n_layer\" : 2->\"n_layer\" : 0", "\"n_head\" : 2->\"n_head\" : 3",
                        "\"n_embd\" : 8->\"n_embd\" : \"8\"", "\"n_positions\" : 16->\"n_positions\" : 99999999999",
                        "\"tie_word_embeddings\" : true->\"tie_word_embeddings\" : false")
                .map(c -> c.split("->")).toList()) {
            assertTrue(good.contains(change[0]), change[0]);
            Files.writeString(file, good.replace(change[0], change[1]));
            assertTrue(refused().contains("config.json"), change[1]);
        }
        Files.writeString(file, "{");
        assertTrue(refused().contains("JSON"));
        Files.delete(file);
        assertTrue(refused().contains("config.json"));
    }

    @Test
    void aFolderWithoutWeightsSaysWhatWasLookedFor() throws Exception {
        Files.delete(folder.resolve("model.safetensors"));
        assertTrue(refused().contains("model.safetensors, model.safetensors.index.json"));
    }

    @Test
    void aTextLongerThanTheContextAndAnUnknownIdAreErrors() {
        try (var model = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(0); var text = session.open()) {
            var tooLong = assertThrows(ModelException.class, () -> session.feed(List.of(Feed.of(text, new int[17]))));
            assertTrue(tooLong.getMessage().contains("17") && tooLong.getMessage().contains("16"));
            var unknown = assertThrows(ModelException.class, () -> session.feed(List.of(Feed.of(text, 40))));
            assertTrue(unknown.getMessage().contains("40"));
        }
    }

    @Test
    void libtorchIsMissedInOneSentenceWhereItIsNot() {
        var fault = assertThrows(ModelException.class,
                () -> CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.TORCH));
        assertTrue(fault.getMessage().contains("libtorch is not on the class path"), fault.getMessage());
    }
}
