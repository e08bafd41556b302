package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.weights.Gguf;
import dev.parley.weights.ImportanceMatrix;
import dev.parley.weights.ShardSize;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experts that a file stacks in one tensor are converted one after the other: all of them together are larger than the machine. */
class ExpertExportTest {

    private static final int EXPERTS = 20;
    private static final int WIDTH = 512;
    private static final long MATRIX = 4L * WIDTH * WIDTH; // bytes

    @TempDir
    Path folder;

    private Path model;
    private ModelConfig config;

    @BeforeEach
    void aModelOfManyExperts() throws IOException {
        config = ConfigFile.of("config.json", (ObjectNode) new ObjectMapper().readTree(String.format(Locale.ROOT, """
                {"model_type": "gpt_oss", "vocab_size": 32, "hidden_size": %1$d, "intermediate_size": %1$d, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16, "num_local_experts": %2$d,
                 "num_experts_per_tok": 2, "max_position_embeddings": 64}""", WIDTH, EXPERTS)));
        model = folder.resolve("model");
        RandomModels.write(model, config, 1);
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().filter(pool -> pool.getName().equals("direct"))
                .findFirst().orElseThrow().getMemoryUsed();
    }

    @Test
    void aGgufFileIsWrittenInTheMemoryOfSomeExperts() throws IOException {
        var most = new long[1];
        var before = direct();
        GgufExport.write(model, folder.resolve("model.gguf"), GgufMixture.F32, ImportanceMatrix.NONE,
                share -> most[0] = Math.max(most[0], direct() - before));
        // a piece, and what it is made of
        assertTrue(most[0] < 2 * EXPERTS * MATRIX, most[0] + " bytes of three times " + EXPERTS * MATRIX);
        assertTrue(direct() - before < MATRIX, "nothing is left for the collector of garbage");
        try (var gguf = Gguf.open(folder.resolve("model.gguf")); var files = ModelFiles.open(model)) {
            for (int expert : new int[] {0, 1, EXPERTS - 1}) assertExpert(files, GgufImport.weights(gguf, config), expert);
        }
    }

    private static void assertExpert(ModelFiles files, WeightSource read, int expert) {
        for (var weight : files.config().blueprint().weights()) {
            if (!weight.name().contains("experts." + expert + ".")) continue;
            assertArrayEquals(WeightLoader.numbers(files.weights(), weight.name()), WeightLoader.numbers(read, weight.name()),
                    weight.name());
        }
    }

    @Test
    void aFolderIsWrittenInTheMemoryOfSomeExperts() throws IOException {
        var before = direct();
        FolderExport.write(model, folder.resolve("out"), Optional.empty(), ShardSize.DEFAULT);
        assertTrue(direct() - before < MATRIX, (direct() - before) + " bytes are left for the collector of garbage");
        try (var files = ModelFiles.open(model); var out = ModelFiles.open(folder.resolve("out"))) {
            assertEquals(files.weights().names(), out.weights().names());
            assertExpert(files, out.weights(), 5);
        }
    }
}
