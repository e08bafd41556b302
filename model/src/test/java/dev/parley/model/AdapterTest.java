package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Low-rank adapters while a model runs: each text as its adapter has it, whatever others run beside it. */
class AdapterTest {

    private static final ModelConfig CONFIG = ModelConfig.qwen3(97, 64, 48, 3, 4, 2, 80);

    @TempDir
    private Path folder;

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    @Test
    void logitsOfATrainedAdapterEqualTheReference() throws IOException {
        var golden = Golden.json(Golden.folder("training/lora.json"));
        try (var model = CausalLM.fromPretrained(Golden.folder("gpt2-tiny"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(0);
                var sequence = session.open(Optional.of(model.loadAdapter(Golden.folder("training/lora-final"))))) {
            var scores = session.feed(List.of(new Feed(sequence, Golden.ints(golden.path("input_ids").get(0)), Scored.ALL, false)))
                    .getFirst().scores();
            var expected = golden.path("final_logits_row_0");
            assertEquals(expected.size(), scores.length);
            for (int t = 0; t < scores.length; t++) {
                for (int v = 0; v < scores[t].length; v++) assertEquals(expected.path(t).path(v).doubleValue(), scores[t][v], 2e-4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = WeightType.class, mode = Mode.EXCLUDE, names = "AS_STORED")
    void eachTextOfABatchComesOutAsItDoesAlone(WeightType weights) throws IOException {
        RandomModels.write(folder.resolve("model"), CONFIG, 1);
        try (var model = CausalLM.fromPretrained(folder.resolve("model"), weights, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(1 << 24)) {
            var adapters = new ArrayList<Optional<Adapter>>();
            adapters.add(Optional.empty());
            for (int i = 0; i < 4; i++) adapters.add(Optional.of(model.loadAdapter(write("adapter-" + i, 4 << i, i))));
            var texts = new ArrayList<Text>();
            for (int i = 0; i < 20; i++)
                texts.add(new Text(adapters.get(i % adapters.size()), i % 3 == 0 ? new int[] {5, i, 9, 11} : new int[] {i}));

            var together = read(session, texts);
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(read(session, List.of(texts.get(i))).getFirst(), together.get(i), "text " + i);
            }
            assertFalse(Arrays.equals(together.get(1), read(session, List.of(new Text(Optional.empty(), new int[] {1}))).getFirst()),
                    "an adapter changes nothing");
        }
    }

    /** @param ids to be fed, and then two more tokens */
    private record Text(Optional<Adapter> adapter, int[] ids) {}

    private static List<float[]> read(InferenceSession session, List<Text> texts) {
        var sequences = texts.stream().map(text -> session.open(text.adapter)).toList();
        try {
            var feeds = new ArrayList<Feed>();
            for (int i = 0; i < texts.size(); i++) feeds.add(Feed.of(sequences.get(i), texts.get(i).ids));
            session.feed(feeds);
            var next = session.feed(sequences.stream().map(sequence -> Feed.of(sequence, 3, 4)).toList());
            return next.stream().map(output -> output.scores()[0].clone()).toList();
        } finally {
            sequences.forEach(SequenceCache::close);
        }
    }

    @Test
    void aForkKeepsItsAdapter() throws IOException {
        RandomModels.write(folder.resolve("model"), CONFIG, 2);
        try (var model = CausalLM.fromPretrained(folder.resolve("model"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(1 << 24);
                var sequence = session.open(Optional.of(model.loadAdapter(write("adapter", 8, 3))))) {
            session.feed(List.of(Feed.of(sequence, 1, 2, 3)));
            try (var fork = sequence.fork()) {
                var first = session.feed(List.of(Feed.of(sequence, 7))).getFirst().scores()[0].clone();
                assertArrayEquals(first, session.feed(List.of(Feed.of(fork, 7))).getFirst().scores()[0]);
            }
        }
    }

    @Test
    void anAdapterOfAnotherModelIsRefusedByTheTensorThatDoesNotFit() throws IOException {
        RandomModels.write(folder.resolve("wide"), ModelConfig.qwen3(97, 64, 64, 3, 4, 2, 80), 1);
        try (var model = CausalLM.fromPretrained(folder.resolve("wide"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var adapter = write("adapter", 4, 1);
            var thrown = assertThrows(ModelException.class, () -> model.loadAdapter(adapter));
            assertTrue(thrown.getMessage().contains("lora_A.weight"), thrown.getMessage());
        }
    }

    @Test
    void aPartThatWasLearnedWholeIsRefused() throws IOException {
        RandomModels.write(folder.resolve("model"), CONFIG, 1);
        try (var model = CausalLM.fromPretrained(folder.resolve("model"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            AdapterFiles.write(folder.resolve("whole"), LoraConfig.of(4, 8).withModulesToSave(List.of("norm")),
                    List.of(RandomModels.of(AdapterFiles.nameOfWhole("model.norm.weight"), new float[48], 48)));
            var thrown = assertThrows(ModelException.class, () -> model.loadAdapter(folder.resolve("whole")));
            assertTrue(thrown.getMessage().contains("model.norm.weight"), thrown.getMessage());
        }
    }

    private Path write(String name, int rank, long seed) throws IOException {
        RandomModels.writeAdapter(folder.resolve(name), CONFIG, rank, seed);
        return folder.resolve(name);
    }
}
