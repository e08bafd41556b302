package dev.parley.hub;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Mutations;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Mutated answers of a hub that tell a model's files: files that can be fetched, or a {@link HubException}; never anything else. */
class FuzzedListingTest {

    private static final HubModel MODEL = HubModel.parse("org/tiny");
    private static final List<Optional<String>> ASKED = List.of(Optional.empty(), Optional.of("Q6_K"), Optional.of("Q8_0"));
    private static final String GOOD = """
            {"id": "org/tiny", "sha": "0123456789abcdef0123456789abcdef01234567", "private": false, "siblings": [
             {"rfilename": "tiny-Q4_K_M.gguf"}, {"rfilename": "Q8_0/tiny-q8_0.gguf"}, {"rfilename": "mmproj-F16.gguf"},
             {"rfilename": "tiny-Q6_K-00001-of-00002.gguf"}, {"rfilename": "tiny-Q6_K-00002-of-00002.gguf"},
             {"rfilename": "config.json"}, {"rfilename": "model.safetensors"}, {"rfilename": "README.md"}]}""";

    @Test
    void whatIsChosenFromAMutatedListCanBeFetched() {
        var mapper = new ObjectMapper();
        var mutations = new Mutations(3);
        var chosen = new HashSet<List<String>>();
        for (int n = 0; n < 5000; n++) {
            var bytes = mutations.json(GOOD);
            JsonNode json;
            try {
                json = mapper.readTree(bytes);
            } catch (IOException e) {
                continue; // told by the client, see HubFaultsTest
            }
            Mutations.readOrRefused(() -> {
                var card = ModelCard.of(json);
                card.requireCommit(MODEL);
                var files = card.files().stream().map(ModelCard.File::name).toList();
                for (var asked : ASKED) {
                    var some = GgufFiles.choose(files, asked);
                    assertTrue(some.size() <= files.size());
                    for (var file : some) assertTrue(RemoteFile.isSafe(file) && file.length() < 500, file);
                    chosen.add(some);
                }
                assertTrue(GgufFiles.quantizations(files).size() <= files.size());
            }, HubException.class, bytes.length);
        }
        assertTrue(chosen.size() > 5, chosen.toString());
    }

    @Test
    void aNameOfMorePiecesThanThereAreFilesIsNoModel() {
        assertTrue(GgufFiles.choose(List.of("a-Q6_K-00001-of-99999.gguf", "b.gguf"), Optional.of("Q6_K")).isEmpty());
    }
}
