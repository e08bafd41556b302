package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.torch.TrainableLM;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user's script calls them: exit codes, the JSON that scripts rely on, sentences for what goes wrong. */
class CommandsTest {

    private static final String TEXT = "the cat sat on the mat and the dog sat on the cat";

    @TempDir
    Path folder;

    private Path model;

    private record Ended(int code, String out, String err) {

        JsonNode json() throws IOException {
            assertEquals(0, code, err);
            return new ObjectMapper().readTree(out);
        }
    }

    private static Ended parley(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var words = java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        var code = Parley.run(Output.to(out, err), words);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void makeModel() throws IOException {
        model = folder.resolve("model");
        var tokenizer = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", ChatTemplate.START, ChatTemplate.END)
                .train(List.of(TEXT, TEXT).iterator());
        tokenizer.save(model);
        try (var created = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 32, 16, 1, 2), 1)) {
            created.savePretrained(model);
        }
    }

    /** A folder that cannot be served, and what is said of it. */
    private void assertNotServed(Path folder, String sentence, Object... more) {
        var arguments = new ArrayList<Object>(List.of("serve", folder, "--port", 0, "--data", this.folder.resolve("data")));
        arguments.addAll(List.of(more));
        var ended = parley(arguments.toArray());
        assertEquals(1, ended.code(), ended.err());
        assertTrue(
                ended.err().contains("parley: The model " + folder.getFileName() + " cannot be loaded: ") && ended.err().contains(sentence),
                ended.err());
    }

    @Test
    @Timeout(120)
    void serveEndsWhereItsFirstModelCannotBeLoaded() throws IOException {
        assertNotServed(Files.createDirectories(folder.resolve("empty")), "config.json");
        var adapter = Files.createDirectories(folder.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"base_model_name_or_path\": \"org/base-7B\"}");
        assertNotServed(adapter, "an adapter for the model org/base-7B");
        var other = folder.resolve("other");
        try (var created = TrainableLM.create(ModelConfig.gpt2(100, 32, 16, 1, 2), 1)) {
            created.savePretrained(other);
        }
        assertNotServed(model, "The draft model has 100 tokens", "--draft-model", other);
        var config = new ObjectMapper().readTree(model.resolve("config.json").toFile());
        ((com.fasterxml.jackson.databind.node.ObjectNode) config).put("model_type", "none-such");
        new ObjectMapper().writeValue(model.resolve("config.json").toFile(), config);
        assertNotServed(model, "none-such");
    }

    @Test
    void generateGivesItsContract() throws IOException {
        var file = Files.writeString(folder.resolve("ids.jsonl"), "[1,2,3]\n\n[4,5]\n");
        var json = parley("generate", "--model", model, "--ids-file", file, "--max-new-tokens", 5, "--temperature", 0, "--ignore-eos",
                "--num-return-sequences", 2, "--dtype", "float32", "--json").json();
        assertEquals(4, json.path("outputs").size());
        var first = json.path("outputs").get(0);
        assertArrayEquals(new int[] {1, 2, 3}, IdRows.ints(first.path("prompt_ids")));
        assertEquals(5, first.path("ids").size());
        assertEquals("length", first.path("finish_reason").asText());
        assertTrue(first.path("text").isTextual() && json.path("model").isTextual());
        assertEquals(10, json.path("usage").path("prompt_tokens").asInt());
        assertEquals(20, json.path("usage").path("completion_tokens").asInt());
        for (var name : List.of("load_s", "prefill_s", "decode_s", "tokens_per_second"))
            assertTrue(json.path("timing").path(name).asDouble() >= 0, name);
        assertTrue(json.path("timing").path("prefill_s").asDouble() > 0);
    }

    @Test
    void generateWorksWithoutATokenizerAndStreamsWithOne() throws IOException {
        var text = parley("generate", "--model", model, "--prompt", "the cat", "--max-new-tokens", 6, "--temperature", 0.9, "--seed", 3);
        assertEquals(0, text.code(), text.err());
        assertTrue(text.out().startsWith("the cat"), text.out());
        assertEquals(text.out(),
                parley("generate", "--model", model, "--prompt", "the cat", "--max-new-tokens", 6, "--temperature", 0.9, "--seed", 3)
                        .out());
        Files.delete(model.resolve("tokenizer.json"));
        assertEquals(3, parley("generate", "--model", model, "--ids", "1,2", "--max-new-tokens", 3, "--ignore-eos", "--json").json()
                .path("outputs").get(0).path("ids").size());
        assertEquals(1, parley("generate", "--model", model, "--prompt", "the").code());
    }

    @Test
    void scoreGivesItsContract() throws IOException {
        var one = parley("score", "--model", model, "--text", TEXT, "--per-token", "--dtype", "float32", "--json").json();
        assertEquals(one.path("tokens").asInt() - 1, one.path("logprobs").size());
        var sum = 0.0;
        for (var logprob : one.path("logprobs")) sum += logprob.asDouble();
        assertEquals(-sum, one.path("nll").asDouble(), 1e-9);
        assertEquals(one.path("nll").asDouble() / one.path("logprobs").size(), one.path("loss").asDouble(), 1e-9);
        assertEquals(Math.exp(one.path("loss").asDouble()), one.path("perplexity").asDouble(), 1e-6);
        assertTrue(one.path("bits_per_byte").asDouble() > 0);
        var file = Files.writeString(folder.resolve("ids.jsonl"), "[1,2,3]\n[4,5]\n");
        assertEquals(2, parley("score", "--model", model, "--ids-file", file, "--json").json().path("rows").size());
    }

    @Test
    void trainRunsARecipeResumesItAndGeneratesFromTheResult() throws IOException {
        var text = Files.writeString(folder.resolve("text.txt"), (TEXT + "\n\n").repeat(40));
        var recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                stage: pretrain
                model: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}
                tokenizer: %s
                context_length: 32
                train_files: [%s]
                output_dir: %s
                max_steps: 6
                learning_rate: 1e-2
                save_steps: 3
                """.formatted(model, text, folder.resolve("out")));
        assertTrue(parley("train", recipe, "--resume", "--set", "output_dir=" + folder.resolve("new"), "--json").err()
                .contains("nothing to resume"));
        var trained = parley("train", recipe, "--json").json();
        assertEquals(6, trained.path("steps").asInt());
        var again = parley("train", recipe, "--json");
        assertEquals(1, again.code());
        assertTrue(again.err().contains("checkpoints of an earlier run"), again.err());
        var finished = parley("train", recipe, "--resume");
        assertTrue(finished.out().contains("the run is finished, 6 steps, training loss ") && !finished.out().contains("NaN"),
                finished.out());
        var longer = parley("train", recipe, "--resume", "--set", "max_steps=8");
        assertEquals(0, longer.code(), longer.err());
        assertTrue(longer.err().contains("8 steps, and was planned for 6"), longer.err());
        var other = parley("train", recipe, "--resume", "--set", "max_steps=9", "--set", "weight_decay=0.1");
        assertTrue(other.err().contains("weight_decay is 0.1, was 0") && other.err().contains("--resume-anyway"), other.err());
        assertEquals(9, parley("train", recipe, "--resume-anyway", "--set", "max_steps=9", "--set", "weight_decay=0.1", "--json").json()
                .path("steps").asInt());
        assertEquals(0, parley("generate", "--model", folder.resolve("out"), "--prompt", "the", "--max-new-tokens", 3).code());
    }

    @Test
    void whatARecipeSaysWronglyIsNamed() throws IOException {
        var recipe = Files.writeString(folder.resolve("keys.yaml"), "tokenizer: %s\nmodel: {}\n".formatted(model));
        var wrong = List.of(List.of("cosine_with_min_lr", "{}", "needs lr_scheduler_kwargs with either min_lr or min_lr_rate"),
                List.of("warmup_stable_decay", "{min_lr_ratio: 0.1}", "needs lr_scheduler_kwargs with num_decay_steps"),
                List.of("cosine", "{power: 2}", "has power, but cosine has none"),
                List.of("polynomial", "{timescale: 2}", "has only lr_end, power"),
                List.of("polynomial", "3", "is no map"), List.of("inverse_sqrt", "{timescale: soon}", "not a number"));
        for (var row : wrong) {
            var err = parley("train", recipe, "--set", "lr_scheduler_type=" + row.get(0), "--set", "lr_scheduler_kwargs=" + row.get(1))
                    .err();
            assertTrue(err.contains(row.get(2)), err);
        }
        assertTrue(parley("train", recipe, "--set", "group_by_length=maybe").err().contains("neither true nor false"));
        assertTrue(parley("train", recipe, "--set", "min_lr_rate=0.1").err().contains("lr_scheduler_kwargs"));
    }

    @Test
    void fineTuningTeachesTheAssistantsTurns() throws IOException {
        var chats = new ArrayList<String>();
        for (int n = 0; n < 20; n++)
            chats.add("{\"messages\":[{\"role\":\"user\",\"content\":\"the cat\"},{\"role\":\"assistant\",\"content\":\"sat\"}]}");
        var file = Files.write(folder.resolve("chats.jsonl"), chats);
        var recipe = Files.writeString(folder.resolve("sft.yaml"), """
                stage: sft
                model: %s
                train_files: [%s]
                output_dir: %s
                max_steps: 120
                learning_rate: 0.02
                save_steps: 0
                """.formatted(model, file, folder.resolve("chat")));
        assertTrue(parley("train", recipe, "--json").json().path("train_loss").asDouble() < 3);
        var answer = parley("generate", "--model", folder.resolve("chat"), "--prompt",
                "<|im_start|>user\nthe cat<|im_end|>\n<|im_start|>assistant\n",
                "--max-new-tokens", 10, "--json").json().path("outputs").get(0);
        assertEquals("sat", answer.path("text").asText());
        assertEquals("stop", answer.path("finish_reason").asText());
    }

    @Test
    void whatGoesWrongIsOneSentenceWithTheRightExitCode() throws IOException {
        var wrong = List.<Object[]>of(new Object[] {2, "generate", "--model", model},
                new Object[] {2, "generate", "--model", model, "--ids", "1,x"},
                new Object[] {2, "score", "--model", model, "--text", "a", "--ids", "1"}, new Object[] {2, "nonsense"},
                new Object[] {2, "train"},
                new Object[] {1, "generate", "--model", folder.resolve("nowhere"), "--ids", "1"},
                new Object[] {1, "generate", "--model", model, "--ids", "9999"},
                new Object[] {1, "generate", "--model", model, "--ids", "1", "--temperature", "-1"}, new Object[] {1, "chat", model},
                new Object[] {1, "generate", "--model", model, "--ids-file", folder.resolve("none")},
                new Object[] {1, "score", "--model", model, "--ids", "1"},
                new Object[] {1, "train", folder.resolve("none.yaml")},
                new Object[] {1, "quickstart", "--minutes", "0", "--out", folder.resolve("q")});
        for (var call : wrong) {
            var ended = parley(java.util.Arrays.copyOfRange(call, 1, call.length));
            assertEquals(call[0], ended.code(), List.of(call) + ": " + ended.err());
            assertTrue(ended.err().startsWith("parley: ") && ended.err().strip().lines().count() <= 1, List.of(call) + ": " + ended.err());
            assertFalse(ended.err().contains("Exception"), ended.err());
            assertEquals("", ended.out(), List.of(call).toString());
        }
        var unknownKey = Files.writeString(folder.resolve("bad.yaml"), "stage: sft\nlearning_rat: 1\n");
        assertTrue(parley("train", unknownKey).err().contains("learning_rat"));
    }

    @Test
    void aFolderIsConvertedToAFolderInFilesOfTheSizeAskedFor() throws IOException {
        var out = folder.resolve("converted");
        assertEquals(0, parley("models", "convert", model, out, "--max-shard-size", "4kB", "--dtype", "bf16").code());
        assertTrue(Files.exists(out.resolve("model.safetensors.index.json")) && Files.exists(out.resolve("tokenizer.json")));
        var generate = List.of("generate", "--model", out, "--prompt", "the cat", "--max-new-tokens", 4, "--temperature", 0);
        var text = parley(generate.toArray());
        assertEquals(0, text.code(), text.err());
        var again = parley("models", "convert", model, out);
        assertEquals(1, again.code());
        assertTrue(again.err().contains("--force"), again.err());
        assertEquals(0, parley("models", "convert", model, out, "--force", "--dtype", "bf16").code());
        assertFalse(Files.exists(out.resolve("model.safetensors.index.json")));
        assertEquals(text.out(), parley(generate.toArray()).out());
        assertEquals(1, parley("models", "convert", model, folder.resolve("other"), "--dtype", "q8_0").code());
        assertEquals(1, parley("models", "convert", model, folder.resolve("other"), "--max-shard-size", "much").code());
        assertFalse(Files.exists(folder.resolve("other")));
    }

    @Test
    void aVocabularyUnderOpenAisNamesIsATokenizer() throws IOException {
        var tokenizer = new ObjectMapper().readTree(model.resolve("tokenizer.json").toFile()).path("model");
        Files.writeString(model.resolve("encoder.json"), tokenizer.path("vocab").toString());
        var merges = new StringBuilder("#version: 0.2\n");
        for (var merge : tokenizer.path("merges")) merges.append(merge.asText()).append('\n');
        Files.writeString(model.resolve("vocab.bpe"), merges);
        var generate = new Object[] {"generate", "--model", model, "--prompt", "the cat", "--max-new-tokens", 4, "--temperature", 0,
            "--ignore-eos"};
        var text = parley(generate).out();
        Files.delete(model.resolve("tokenizer.json"));
        Files.delete(model.resolve("tokenizer_config.json"));
        assertEquals(text, parley(generate).out());
        assertEquals(0, parley("models", "convert", model, folder.resolve("model.gguf"), "--dtype", "f32").code());
        assertEquals(0, parley("models", "convert", folder.resolve("model.gguf"), folder.resolve("back")).code());
        generate[2] = folder.resolve("back");
        assertEquals(text, parley(generate).out());
    }

    @Test
    void aTaskIsRunComparedAndGoesOn() throws IOException {
        Files.writeString(folder.resolve("animals.jsonl"),
                "{\"q\":\"the cat sat on\",\"a\":0}\n{\"q\":\"the dog sat on\",\"a\":1}\n{\"q\":\"the mat\",\"a\":1}\n");
        var task = Files.writeString(folder.resolve("animals.yaml"), """
                task: animals
                dataset_path: json
                dataset_kwargs: {data_files: {test: animals.jsonl}}
                test_split: test
                output_type: multiple_choice
                doc_to_text: q
                doc_to_target: a
                doc_to_choice: ["the mat", "the cat and the dog"]
                metric_list: [{metric: acc}]
                """);
        var out = folder.resolve("run");
        var first = parley("eval", "run", "--model", model, "--tasks", task, "--out", out, "--json").json();
        assertEquals(3, first.path("results").path("animals").path("sample_len").asInt());
        assertTrue(first.path("results").path("animals").path("acc_stderr,none").isNumber());
        assertEquals(1234, first.path("config").path("fewshot_seed").asInt());
        assertEquals(3, Files.readAllLines(out.resolve("samples_animals.jsonl")).size());
        var asked = Files.readAllLines(out.resolve("responses.jsonl"));
        assertEquals(first, parley("eval", "run", "--model", model, "--tasks", task, "--out", out, "--json").json());
        assertEquals(asked, Files.readAllLines(out.resolve("responses.jsonl")), "nothing is asked again");
        assertTrue(parley("eval", "run", "--model", model, "--tasks", task).out().contains("| animals |"));
        var compared = parley("eval", "compare", out, out, "--html", folder.resolve("page.html"), "--json").json();
        assertEquals(0, compared.path("rows").path(0).path("differences").path(1).path("value").asDouble());
        assertTrue(Files.readString(folder.resolve("page.html")).contains("the cat sat on"));
        assertTrue(parley("eval", "tasks", "--include-path", folder).out().contains("animals  multiple_choice"));
        var missing = parley("eval", "run", "--model", model, "--tasks", "animal", "--include-path", folder);
        assertEquals(1, missing.code());
        assertTrue(missing.err().contains("There is no task, group or tag animal; there are animals."), missing.err());
    }

    @Test
    void choicesRankModelsAndAJudgeIsHeldAgainstPeople() throws IOException {
        var choices = Files.writeString(folder.resolve("choices.jsonl"),
                "{\"left\":\"a\",\"right\":\"b\",\"choice\":\"left\"}\n{\"left\":\"b\",\"right\":\"a\",\"choice\":\"right\"}\n");
        assertEquals("a", parley("eval", "rank", choices, "--json").json().path("models").path(0).path("model").asText());
        Files.writeString(choices, "{\"left\":\"a\",\"right\":\"b\",\"choice\":\"up\"}\n");
        assertTrue(parley("eval", "rank", choices).err().contains("choices.jsonl, line 1"));
        var items = Files.writeString(folder.resolve("items.jsonl"), "{\"prompt\":\"q\",\"answer\":\"a\",\"label\":\"x\"}\n");
        var template = Files.writeString(folder.resolve("ask.jinja"), "{{ answer }}");
        var judged = parley("eval", "judge", items, "--judge-model", model, "--template", template, "--max-new-tokens", 4, "--verdict",
                "(?s)^",
                "--out", folder.resolve("judged.jsonl"), "--json").json();
        assertEquals(1, judged.path("agreement").path("n").asInt());
        assertEquals(0, judged.path("agreement").path("observed").asInt()); // the verdict is an empty text
        assertTrue(Files.readString(folder.resolve("judged.jsonl")).contains("\"verdict\":\"\""));
    }
}
