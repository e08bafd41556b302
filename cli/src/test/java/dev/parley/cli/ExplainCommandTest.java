package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.torch.TrainableLM;
import dev.parley.train.recipe.Recipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code parley explain} as a user's script calls it. */
class ExplainCommandTest {

    private static final String TEXT = "the cat sat on the mat and the dog sat on the cat";

    @TempDir
    Path folder;

    private Path model;

    private record Ended(int code, String out, String err) {

        JsonNode json() throws IOException {
            assertEquals(0, code, err);
            return new ObjectMapper().readTree(out);
        }

        void isRefused(int expected, String sentence) {
            assertEquals(expected, code, out);
            assertTrue(err.contains("parley: " + sentence), err);
        }
    }

    private Ended explain(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var words = new ArrayList<>(List.of("explain", "--model", model.toString()));
        Arrays.stream(arguments).map(Object::toString).forEach(words::add);
        var code = Parley.run(Output.to(out, err), words.toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void makeModel() throws IOException {
        model = folder.resolve("model");
        var tokenizer = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", ChatTemplate.START, ChatTemplate.END)
                .train(List.of(TEXT, TEXT).iterator()).withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
        tokenizer.save(model);
        try (var created = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 64, 16, 1, 2), 1)) {
            created.savePretrained(model);
        }
    }

    @Test
    void anAnswerIsExplainedAsJsonAsATableAndAsAPage() throws IOException {
        var page = folder.resolve("page.html");
        var json = explain("--prompt", "the cat sat on the", "--answer", " mat", "--html", page, "--json").json();
        assertEquals(" mat", text(json, json.path("prompt_tokens").asInt(), json.path("tokens").size()));
        assertEquals(5, json.path("attributions").size());
        assertTrue(Files.readString(page).contains("ParleyExplanation.mount"));
        var table = explain("--prompt", "the cat sat on the", "--answer", " mat", "--analyses", "occlusion,logit-lens");
        assertEquals(0, table.code(), table.err());
        assertTrue(table.out().contains("occlusion") && table.out().contains("logit lens") && !table.out().contains("rollout"),
                table.out());
    }

    private static String text(JsonNode json, int from, int to) {
        var text = new StringBuilder();
        for (int t = from; t < to; t++) text.append(json.path("tokens").get(t).path("text").asText());
        return text.toString();
    }

    @Test
    void withoutAnAnswerTheModelsOwnIsExplained() throws IOException {
        var json = explain("--prompt", "the cat", "--chat", "--max-new-tokens", 3, "--analyses", "attention", "--json").json();
        assertEquals(3, json.path("tokens").size() - json.path("prompt_tokens").asInt());
        assertEquals("<|im_start|>user\nthe cat<|im_end|>\n<|im_start|>assistant\n", text(json, 0, json.path("prompt_tokens").asInt()));
    }

    @Test
    void aContrastNamesATokenWithOrWithoutItsSpace() throws IOException {
        var json = explain("--prompt", "the cat sat on the", "--answer", " cat", "--contrast", "dog", "--analyses", "occlusion", "--json")
                .json();
        assertEquals(" dog", json.path("explained").get(0).path("rather_than").path("text").asText());
    }

    @Test
    void passagesComeFromTheDataThatATrainingRunNames() throws IOException {
        var texts = Files.writeString(folder.resolve("texts.txt"), "the cat sat on the mat\n\nand the dog\n\non the cat\n\nsat sat sat");
        var trained = folder.resolve("trained");
        Recipe.parse("test", "stage: pretrain\nbf16: false\nmax_steps: 2\nper_device_train_batch_size: 2\n").with("model", model)
                .with("train_files", texts).with("output_dir", trained).run();
        model = trained;
        var nearest = explain("--prompt", "the cat sat", "--answer", " on the mat", "--json").json().path("training_passages");
        assertEquals(4, nearest.path("passages").asInt());
        assertEquals("the cat sat on the mat", nearest.path("found").get(0).path("text").asText());
        assertEquals("texts.txt", nearest.path("found").get(0).path("source").asText());
        Files.delete(texts);
        var left = explain("--prompt", "the cat sat", "--answer", " on the mat", "--json");
        assertTrue(left.err().contains("Training passages are left out: ") && !left.json().has("training_passages"), left.err());
        explain("--prompt", "the", "--answer", " mat", "--analyses", "training-passages").isRefused(1,
                trained.resolve("training_data.json") + " names " + texts + ", which is not there; name the data with --training-data.");
    }

    @Test
    void whatCannotBeExplainedIsSaidInASentence() {
        explain("--prompt", TEXT.repeat(9), "--answer", " mat").isRefused(1, "A text of ");
        explain("--prompt", "the", "--answer", " mat", "--contrast", "hippopotamus").isRefused(1,
                "\"hippopotamus\" is not one token of this model but ");
        explain("--prompt", "the", "--answer", " mat", "--token", 9).isRefused(1, "The answer has 1 tokens; there is no token 9.");
        explain("--prompt", "the", "--answer", " mat", "--analyses", "tea-leaves").isRefused(2,
                "--analyses tea-leaves is none of attention,");
        explain("--prompt", "the", "--answer", " mat", "--analyses", "training-passages").isRefused(1,
                model + " does not say what it was trained on");
        explain("--prompt", "the", "--answer", "").isRefused(1, "The answer is empty: there is no token to explain.");
        explain("--ids", "1,2,100000", "--answer-ids", "3").isRefused(1, "Token id 100000 is not in the vocabulary of 277 tokens.");
        explain("--prompt", "the", "--answer", " mat", "--engine", "torch").isRefused(1,
                "What layers and heads do is told by the Java engine");
    }
}
