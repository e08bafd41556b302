package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.WeightFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTest {

    @TempDir
    Path folder;

    /** What is written and read again is the same model, to the last bit of its scores. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny", "llama3-tiny",
        "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void aFileInFloat32IsTheModelAgain(String name) throws IOException {
        var golden = Golden.folder(name);
        var file = folder.resolve("model.gguf");
        GgufExport.write(golden, file, GgmlType.F32);
        var ids = Golden.rows(Golden.expected(golden).path("input_ids"));
        try (var model = CausalLM.fromPretrained(golden, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(0); var text = session.open();
                var again = CausalLM.fromPretrained(file, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var sessionAgain = again.openSession(0); var textAgain = sessionAgain.open()) {
            assertArrayEquals(session.feed(List.of(Feed.of(text, ids[0]))).getFirst().scores()[0],
                    sessionAgain.feed(List.of(Feed.of(textAgain, ids[0]))).getFirst().scores()[0]);
        }
    }

    /** Blocks as ggml has them: an eighth of the range is the most that a number moves in 4 bits, half a step in 8. */
    @Test
    void quantisedBlocksComeBackNear() {
        var random = new SplittableRandom(5);
        var numbers = new float[256];
        for (int i = 0; i < numbers.length; i++) numbers[i] = (float) (random.nextGaussian() * (1 + i / 32));
        for (var type : GgmlType.values()) {
            if (!type.canBeWritten()) continue;
            var bytes = java.lang.foreign.MemorySegment.ofArray(new byte[(int) type.bytes(numbers.length)]);
            type.narrow(numbers, 0, numbers.length, bytes, 0);
            var back = new float[numbers.length];
            type.widen(bytes, 0, numbers.length, back, 0);
            for (int i = 0; i < numbers.length; i++) {
                var largest = 0f;
                for (int k = i / 32 * 32; k < i / 32 * 32 + 32; k++) largest = Math.max(largest, Math.abs(numbers[k]));
                var allowed = switch (type) {
                    case F32 -> 0;
                    case F16 -> largest / 1024;
                    case BF16 -> largest / 128;
                    case Q8_0 -> largest / 250;
                    case MXFP4 -> largest / 3.99f; // 8 of the scale becomes 6
                    default -> largest / 7.9f;
                };
                assertTrue(Math.abs(numbers[i] - back[i]) <= allowed, type + ": " + numbers[i] + " became " + back[i]);
            }
        }
    }

    @Test
    void damagedFilesEndInErrorsOfOurs() throws IOException {
        var file = folder.resolve("model.gguf");
        var model = folder.resolve("model");
        RandomModels.write(model, ModelConfig.llama(64, 16, 32, 1, 2, 1, 64), 1);
        GgufExport.write(model, file, GgmlType.Q8_0);
        var good = Files.readAllBytes(file);
        var random = new SplittableRandom(3);
        var damaged = folder.resolve("damaged.gguf");
        var read = 0;
        for (int n = 0; n < 5_000; n++) {
            var bytes = n % 3 == 0 ? java.util.Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int k = 0; k <= random.nextInt(4) && bytes.length > 0; k++)
                bytes[random.nextInt(Math.min(bytes.length, 1500))] = (byte) random.nextInt(256);
            Files.write(damaged, bytes);
            try (var gguf = Gguf.open(damaged)) {
                var config = GgufImport.config(gguf);
                var weights = GgufImport.weights(gguf, config);
                new WeightLoader(weights, config.blueprint()).check();
                for (var tensor : weights.names()) weights.bytes(tensor);
                read++;
            } catch (WeightFileException | ModelException e) {
                assertTrue(e.getMessage().contains("damaged.gguf"), e.getMessage());
            }
        }
        assertTrue(read < 4_000, read + " damaged files were read");
        assertEquals(1, Gguf.open(file).tensors().values().stream().filter(t -> t.name().equals("token_embd.weight")).count());
    }
}
