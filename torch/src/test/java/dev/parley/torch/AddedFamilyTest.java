package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.FolderExport;
import dev.parley.model.GgufExport;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.ModelException;
import dev.parley.model.ToyFamily;
import dev.parley.model.WeightType;
import dev.parley.weights.GgmlType;
import dev.parley.weights.ShardSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A family that is one file and one line in META-INF/services is loaded, run by both runners, saved and converted like the others. */
class AddedFamilyTest {

    private static final int[] IDS = {7, 3, 39, 0, 12, 12, 25, 8, 1, 30};

    @TempDir
    Path folder;

    @BeforeEach
    void save() throws Exception {
        try (var model = TrainableLM.create(ToyFamily.small(), 5)) {
            for (var parameter : model.parameters().all()) { // fresh biases and shifts are 0, which would hide that one is left out
                if (parameter.shape().length == 1) parameter.value().normalInPlace(0.5, 0.5);
            }
            model.savePretrained(folder);
        }
    }

    @Test
    void bothRunnersGiveTheSameScores() throws Exception {
        try (var java = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var torch = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.TORCH)) {
            assertEquals(ToyFamily.small(), java.config());
            var byJava = scores(java);
            var byTorch = scores(torch);
            for (int v = 0; v < byTorch.length; v++) assertEquals(byTorch[v], byJava[v], 5e-6); // sums of 24 numbers near 1, in float32
            try (var eightBits = CausalLM.fromPretrained(folder, WeightType.INT8, DType.FLOAT32, Backend.JAVA)) {
                var rounded = scores(eightBits);
                for (int v = 0; v < byTorch.length; v++) assertEquals(byTorch[v], rounded[v], 0.02); // 8 bits of weights near 0.02
            }
        }
    }

    private static float[] scores(CausalLM model) {
        try (var session = model.openSession(0); var text = session.open()) {
            session.feed(List.of(Feed.of(text, Arrays.copyOf(IDS, 6))));
            return session.feed(List.of(Feed.of(text, Arrays.copyOfRange(IDS, 6, IDS.length)))).getFirst().scores()[0];
        }
    }

    @Test
    void itsFolderIsConvertedAndItsWeightsAreCheckedByName() throws Exception {
        FolderExport.write(folder, folder.resolve("narrow"), Optional.of(DType.BFLOAT16), ShardSize.DEFAULT);
        try (var narrow = CausalLM.fromPretrained(folder.resolve("narrow"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            assertEquals(ToyFamily.small(), narrow.config());
        }
        var json = Files.readString(folder.resolve("config.json"));
        Files.writeString(folder.resolve("config.json"), json.replace("\"inner\" : 24", "\"inner\" : 20"));
        var fault = assertThrows(ModelException.class, () -> CausalLM.fromPretrained(folder, DType.FLOAT32)).getMessage();
        assertTrue(fault.contains("net.layer0.gate_up.weight\" has shape (48, 16); config.json needs (40, 16)"), fault);
    }

    @Test
    void whatItDoesNotSayIsRefused() throws Exception {
        assertTrue(assertThrows(ModelException.class, () -> GgufExport.write(folder, folder.resolve("toy.gguf"), GgmlType.F32)).getMessage()
                .contains("toy"));
        var json = Files.readString(folder.resolve("config.json"));
        Files.writeString(folder.resolve("config.json"), json.replace("\"heads\"", "\"attn_logit_softcapping\" : 50.0, \"heads\""));
        assertTrue(assertThrows(ModelException.class, () -> CausalLM.fromPretrained(folder, DType.FLOAT32)).getMessage()
                .contains("attn_logit_softcapping"));
    }
}
