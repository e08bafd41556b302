package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten thousand lines of mixed text, against Hugging Face's own library, which reads the same file. */
@Execution(ExecutionMode.CONCURRENT)
class HuggingFaceTest {

    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
            + "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String GPT4 = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| "
            + "?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String QWEN2 = LLAMA3.replace("{1,3}", "");
    private static final String TEKKEN = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|"
            + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String OTHER = "[A-Za-z]+|[0-9]{2}|\\s";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt4", "llama3", "qwen2", "other", "ignore-merges", "qwen3", "mistral", "mistral-metaspace", "smollm",
        "tekken"})
    void tenThousandLinesGiveTheSameIdsAndText(String name) throws Exception {
        var file = file(name);
        var ours = Tokenizer.load(file);
        var saved = folder.resolve("saved");
        ours.save(saved);
        try (var theirs = library(file); var again = library(saved.resolve("tokenizer.json"))) {
            var random = new SplittableRandom(11);
            for (int i = 0; i < 10_000; i++) {
                var text = MixedLines.line(random);
                var wanted = Arrays.stream(theirs.encode(text).getIds()).mapToInt(id -> (int) id).toArray();
                assertArrayEquals(wanted, ours.encodeWithSpecialTokens(text), () -> shown(text));
                assertEquals(theirs.decode(Arrays.stream(wanted).asLongStream().toArray(), false), ours.decode(wanted), () -> shown(text));
                if (i % 20 == 0) assertArrayEquals(wanted, Arrays.stream(again.encode(text).getIds()).mapToInt(id -> (int) id).toArray(),
                        () -> shown(text));
            }
        }
    }

    private static HuggingFaceTokenizer library(Path file) throws IOException {
        return HuggingFaceTokenizer.builder().optTokenizerPath(file).optAddSpecialTokens(false).optTruncation(false).optPadding(false)
                .build();
    }

    private static String shown(String text) {
        return JSON.valueToTree(text).toString();
    }

    private Path file(String name) throws IOException {
        var file = folder.resolve("tokenizer.json");
        switch (name) {
            case "qwen3", "mistral", "mistral-metaspace", "smollm" -> {
                try (var in = new GZIPInputStream(
                        Files.newInputStream(golden(name.replace("-metaspace", "")).resolve("tokenizer.json.gz")))) {
                    Files.copy(in, file);
                }
                return name.endsWith("-metaspace") ? metaspace(file) : file;
            }
            default -> Tokenizer.fromPretrained("gpt2").save(folder);
        }
        if (name.equals("gpt2")) return file;
        var json = (ObjectNode) JSON.readTree(file.toFile());
        if (name.equals("ignore-merges")) ((ObjectNode) json.path("model")).put("ignore_merges", true);
        var steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        var split = steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false);
        split.putObject("pattern").put("Regex", switch (name) {
            case "gpt4" -> GPT4;
            case "qwen2" -> QWEN2;
            case "other" -> OTHER;
            case "tekken" -> TEKKEN;
            default -> LLAMA3;
        });
        steps.addObject().put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", false);
        Files.writeString(file, JSON.writeValueAsString(json));
        return file;
    }

    /** As the later files of Mistral say it: spaces are marked by the pre-tokenizer, and one mark stands before the text alone. */
    private static Path metaspace(Path file) throws IOException {
        var json = (ObjectNode) JSON.readTree(file.toFile());
        json.putNull("normalizer").putObject("pre_tokenizer").put("type", "Metaspace").put("replacement", "\u2581")
                .put("prepend_scheme", "first").put("split", false);
        return Files.writeString(file, JSON.writeValueAsString(json));
    }

    private static Path golden(String name) {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var found = at.resolve("shared").resolve("golden").resolve("tokenizers").resolve(name);
            if (Files.exists(found)) return found;
        }
        Assumptions.abort("No golden data: shared/golden/tokenizers/" + name + " does not lie beside the checkout.");
        throw new AssertionError();
    }

}
