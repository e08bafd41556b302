package dev.parley.generate.engine;

import dev.parley.files.FolderTree;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What tests of the engine share: a small model of random weights, which the first of them makes and which is closed after the last. */
@Timeout(120)
@ExtendWith(EngineTest.SmallModel.class)
abstract class EngineTest {

    static final int CONTEXT = 512;
    static final Tokenizer TOKENIZER = Tokenizer.fromPretrained("gpt2");
    static final GenerationConfig GREEDY = GenerationConfig.builder().temperature(0).maxNewTokens(40).ignoreEos(true).build();

    /** Where the model lies, in float32. */
    static Path folder;

    /** It in int8, on the Java engine. */
    static CausalLM model;

    /** One model for all classes of tests. */
    static final class SmallModel implements BeforeAllCallback {

        private record Made(Path folder, CausalLM model) implements AutoCloseable {

            /** GPT-2's shape with two layers of two heads. */
            static Made make() {
                try (var random = TrainableLM.create(ModelConfig.gpt2(TOKENIZER.vocabSize(), CONTEXT, 64, 2, 2), 7)) {
                    var folder = Files.createTempDirectory("parley-small-model");
                    random.savePretrained(folder);
                    return new Made(folder, CausalLM.fromPretrained(folder, WeightType.INT8, DType.BFLOAT16, Backend.JAVA));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void close() throws IOException {
                model.close();
                FolderTree.delete(folder);
            }
        }

        @Override
        public void beforeAll(ExtensionContext context) {
            var made = context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Made.class, key -> Made.make(),
                    Made.class);
            folder = made.folder();
            model = made.model();
        }
    }

    static InferenceEngine engine(Limits limits) {
        return new InferenceEngine(model, TOKENIZER, limits);
    }

    /** Texts of random tokens. */
    static List<int[]> prompts(int count, int longest) {
        var random = new Random(5);
        return IntStream.range(0, count).mapToObj(i -> random.ints(1 + random.nextInt(longest), 0, 50_000).toArray()).toList();
    }

    /** Waits until it runs nothing: an answer is told shortly before the places that it took are free. */
    static void awaitIdle(InferenceEngine engine) {
        while (engine.stats().running() + engine.stats().waiting() > 0) Thread.onSpinWait();
    }
}
