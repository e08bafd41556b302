package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.ChildProcess;
import dev.parley.hub.FakeHub;
import dev.parley.hub.HubModel;
import dev.parley.model.Family;
import dev.parley.model.GgufExport;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.torch.TrainableLM;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The families that docs/models.md lists, and the command that it has for each: run as it stands there, against a hub on this machine that
 * has small random models under those names, in the form that the name says.
 */
@Timeout(300)
class FamiliesOfTheDocsTest {

    private static final Path DOCS = Path.of("../docs/models.md");
    private static final Pattern ROW = Pattern.compile("\\| `(?!model_type)(\\w+)` \\|.*");
    private static final Pattern COMMAND = Pattern
            .compile("\\./parley (chat|generate --model) (\\S+)(?: --prompt \"([^\"]*)\")? +# (\\w+)");
    private static final String TEXT = "The river said to the old mill what a river says, and the mill was still.";

    /** Sizes of a small model, by the names that most families share. */
    private static final String SMALL = """
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
            "head_dim": 16, "max_position_embeddings": 256""";

    private static String sizes(String family) {
        return switch (family) {
            case "gpt2" -> "\"n_embd\": 32, \"n_layer\": 2, \"n_head\": 2, \"n_positions\": 256";
            case "qwen3_moe" -> SMALL + ", \"num_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 32, "
                    + "\"norm_topk_prob\": true";
            case "gpt_oss" -> SMALL + ", \"num_local_experts\": 4, \"num_experts_per_tok\": 2";
            case "lfm2" -> SMALL + ", \"full_attn_idxs\": [1]";
            default -> SMALL;
        };
    }

    @TempDir
    Path folder;

    private static List<String> lines() throws IOException {
        var page = Files.readString(DOCS);
        return page.substring(page.indexOf("## Families"), page.indexOf("## Engines")).lines().toList();
    }

    static Stream<Arguments> commands() throws IOException {
        return lines().stream().map(COMMAND::matcher).filter(m -> m.matches()).map(m -> Arguments.of(m.group(4), m.group(2), m.group(3)));
    }

    @Test
    void eachFamilyHasARowAndACommand() throws IOException {
        var families = new TreeSet<>(Family.all().stream().map(Family::modelType).toList());
        assertEquals(families, new TreeSet<>(lines().stream().map(ROW::matcher).filter(m -> m.matches()).map(m -> m.group(1)).toList()));
        assertEquals(families, new TreeSet<>(commands().map(c -> c.get()[0].toString()).toList()));
        assertEquals(families.size(), commands().count());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void theCommandOfEachFamilyRuns(String family, String name, String prompt) throws Exception {
        var served = folder.resolve("served").resolve(HubModel.parse(name).id());
        serve(family, name, served);
        try (var hub = FakeHub.start(folder.resolve("served"))) {
            var command = prompt == null ? List.of("chat", name) : List.of("generate", "--model", name, "--prompt", prompt);
            var said = run(hub, command, prompt == null ? "Hello, river.\n" : "");
            assertTrue(said.contains(prompt == null ? "Chatting with " + name : ""), said);
        }
    }

    /** Files of the form that the name says: GGUF in one piece or in two, in two kinds of blocks, or a folder as Hugging Face has it. */
    private void serve(String family, String name, Path served) throws IOException {
        var made = name.contains("-GGUF") ? folder.resolve("made") : served;
        var tokenizer = BpeTrainer.of(300).withSpecialTokens(ChatTemplate.START, ChatTemplate.END).train(List.of(TEXT, TEXT).iterator());
        Files.createDirectories(made);
        var config = Files.writeString(folder.resolve("config.json"),
                String.format(Locale.ROOT, "{\"model_type\": \"%s\", \"vocab_size\": %d, \"bos_token_id\": null, \"eos_token_id\": %d, %s}",
                        family, tokenizer.vocabSize(), tokenizer.vocabSize() - 1, sizes(family)));
        try (var model = TrainableLM.create(ModelConfig.read(config), 1)) {
            assertEquals(family, model.config().family().modelType());
            model.savePretrained(made);
        }
        tokenizer.save(made);
        Files.writeString(made.resolve("chat_template.jinja"), ChatTemplate.chatMl().source());
        if (made.equals(served)) return;
        Files.createDirectories(served);
        Files.writeString(served.resolve("README.md"), "# Files in GGUF");
        var quantization = HubModel.parse(name).quantization();
        var whole = served.resolve("model-" + quantization.orElse("Q4_K_M") + ".gguf");
        GgufExport.write(made, whole, GgmlType.Q8_0);
        if (quantization.isPresent()) Files.writeString(served.resolve("model-IQ2_XS.gguf"), "another, which nobody asked for");
        if (quantization.filter("Q6_K"::equals).isPresent()) split(whole);
    }

    /** Puts two files in place of one, the settings in the first, half of the tensors in each. */
    private static void split(Path whole) throws IOException {
        var stem = whole.toString().substring(0, whole.toString().length() - ".gguf".length());
        try (var gguf = Gguf.open(whole)) {
            var tensors = new ArrayList<GgufWriter.Tensor>();
            for (var entry : gguf.tensors().values()) {
                var shape = entry.shape();
                int columns = (int) shape[shape.length - 1], rows = (int) (entry.elements() / columns);
                tensors.add(new GgufWriter.Tensor(entry.name(), GgmlType.F32, rows, columns, shape.length == 1, (first, count, into) -> {
                    for (int i = 0; i < count; i++)
                        entry.type().widen(entry.bytes(), (long) (first + i) * columns, columns, into, i * columns);
                }));
            }
            for (int piece = 0; piece < 2; piece++) {
                var settings = new LinkedHashMap<String, Object>(Map.of("split.no", piece, "split.count", 2));
                if (piece == 0) gguf.metadata().forEach((key, value) -> settings.put(key, forWriting(value)));
                var half = tensors.size() / 2;
                GgufWriter.write(Path.of(stem + "-0000" + (piece + 1) + "-of-00002.gguf"), settings,
                        piece == 0 ? tensors.subList(0, half) : tensors.subList(half, tensors.size()));
            }
        }
        Files.delete(whole);
    }

    private static Object forWriting(Object value) {
        return switch (value) {
            case Long n -> n.intValue();
            case Double x -> x.floatValue();
            case List<?> list -> list.stream().map(FamiliesOfTheDocsTest::forWriting).toList();
            default -> value;
        };
    }

    private String run(FakeHub hub, List<String> arguments, String input) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> !a.startsWith("-agentlib") && !a.startsWith("-javaagent")).toList());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Duser.home=" + folder, "-cp", System.getProperty("java.class.path"),
                Parley.class.getName()));
        command.addAll(arguments);
        command.addAll(List.of("--max-new-tokens", "3", "--engine", "java"));
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("HF_") || variable.startsWith("HUGGING"));
        builder.environment().putAll(Map.of("HF_HOME", folder.resolve("home").toString(), "HF_ENDPOINT", hub.endpoint().toString(),
                "NO_PROXY", "*"));
        Path out = folder.resolve("out"), err = folder.resolve("err"), in = Files.writeString(folder.resolve("in"), input);
        builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        try (var process = ChildProcess.start(builder)) {
            assertEquals(0, process.exitCode(), () -> {
                try {
                    return Files.readString(err) + Files.readString(out);
                } catch (IOException e) {
                    return e.toString();
                }
            });
        }
        return Files.readString(out);
    }
}
