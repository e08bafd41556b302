package dev.parley.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Golden;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.grammar.Constraints;
import dev.parley.grammar.Grammar;
import dev.parley.grammar.TokenMasks;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model says within a grammar, by each way of decoding. */
class ConstrainedGenerationTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "minimum": 0, "maximum": 130},
             "tags": {"type": "array", "items": {"enum": ["naïve", "中文", "x"]}, "maxItems": 2}}, "required": ["name", "age"], "additionalProperties": false}""";

    private static Tokenizer tokenizer;
    private static CausalLM model;

    @BeforeAll
    static void randomModel() {
        tokenizer = BpeTrainer.of(400).withSpecialTokens("<|end|>")
                .train(List.of("{\"name\": \"Ada\", \"age\": 36}, [1, 2] naïve 中文字 yes no the cat the dog").iterator());
        model = RandomModels.load(ModelConfig.gpt2(tokenizer.vocabSize(), 512, 32, 2, 2), 3);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    static List<Grammar> grammars() {
        return List.of(Grammar.ofJsonSchema(PERSON), Grammar.ofRegex("(the (cat|dog) ){1,3}[^a-m]\\.?"),
                Grammar.ofChoice(List.of("yes", "no", "yes, 中文", "n")),
                Grammar.ofRegex("(the cat|the dog|naïve|yes|no|[a-d]){3,9}\\."), Grammar.ofRegex("((the |cat|dog | no|y){20}x){2,70}"),
                Grammar.ofGbnf("root ::= item (\", \" item)* item ::= [0-9]+ | \"[\" root \"]\"".replace(" item ::=", "\nitem ::=")),
                Grammar.ofJsonObject());
    }

    /** A model that knows nothing says what the grammar wants, drawn, by beams, several at once, with drafts. */
    @ParameterizedTest
    @MethodSource("grammars")
    void whatEndsFollowsTheGrammar(Grammar grammar) throws Exception {
        var generator = new Generator(model, tokenizer);
        var config = GenerationConfig.builder().maxNewTokens(300).eosTokenIds(List.of(0)).grammar(grammar);
        var ended = 0;
        for (var setting : List.of(config.temperature(1.5).numReturnSequences(8).seed(1).build(), config.temperature(1.5).topK(5).build(),
                config.temperature(0).topK(0).numReturnSequences(1).build(),
                config.numBeams(3).numReturnSequences(3).build(),
                config.numBeams(1).numReturnSequences(1).promptLookupNumTokens(4).build())) {
            for (var completion : generator.generate(List.of(tokenizer.encode("the cat")), setting)) {
                if (completion.finishReason() != FinishReason.STOP) continue;
                assertTrue(grammar.matches(completion.text()), completion.text());
                ended++;
            }
        }
        assertTrue(ended >= 5, ended + " texts came to an end");
        var drawn = generator.generate("the cat", config.temperature(1.5).promptLookupNumTokens(0).build());
        if (drawn.finishReason() == FinishReason.STOP && drawn.text().startsWith("{")) assertTrue(JSON.readTree(drawn.text()).isObject());
    }

    @Test
    void draftsChangeNothing() {
        var config = GenerationConfig.builder().maxNewTokens(120).eosTokenIds(List.of(0)).grammar(Grammar.ofJsonSchema(PERSON)).build();
        var generator = new Generator(model, tokenizer);
        var plain = generator.generate("the cat", config);
        assertArrayEquals(plain.ids(), generator.generate("the cat", config.toBuilder().promptLookupNumTokens(5).build()).ids());
    }

    @Test
    void aTextEndsWhereNothingCanFollow() {
        var generator = new Generator(model, tokenizer);
        var answer = generator.generate("the dog",
                GenerationConfig.builder().maxNewTokens(50).grammar(Grammar.ofRegex("\\d\\d:\\d\\d")).build());
        assertEquals(FinishReason.STOP, answer.finishReason());
        assertEquals(5, answer.text().length());
    }

    /** Mistral's tokens have the space before a word, and a text that begins with one is shown without it. */
    @Test
    void theSpaceOfAFirstTokenIsNotCounted(@TempDir Path folder) throws Exception {
        try (var packed = new GZIPInputStream(Files.newInputStream(Golden.folder("tokenizers/mistral").resolve("tokenizer.json.gz")))) {
            Files.copy(packed, folder.resolve("tokenizer.json"));
        }
        var mistral = Tokenizer.load(folder);
        var masks = new Constraints(mistral).masks(Grammar.ofRegex("yes yes"));
        assertEquals(Set.of("▁yes", "▁ye", "▁y", "yes", "ye", "y", "<0x79>"), allowed(masks, mistral));
        assertEquals(Set.of("▁yes", "▁ye", "▁y", "▁", "<0x20>"), allowed(masks, mistral, mistral.idOf("▁yes").orElseThrow()));
    }

    private static Set<String> allowed(TokenMasks masks, Tokenizer tokenizer, int... ids) {
        var logits = new float[tokenizer.vocabSize()];
        masks.follow(0).apply(ids, List.of(), logits);
        var names = new HashSet<String>();
        for (int id = 0; id < logits.length; id++) {
            var byItself = id;
            if (logits[id] == 0)
                names.add(NAMES.stream().filter(n -> tokenizer.idOf(n).orElse(-1) == byItself).findFirst().orElse("another: " + id));
        }
        return names;
    }

    private static final List<String> NAMES = List.of("▁yes", "▁ye", "▁y", "yes", "ye", "y", "<0x79>", "▁", "<0x20>");

    @Test
    void aModelWithoutATokenizerIsRefused() {
        var config = GenerationConfig.builder().grammar(Grammar.ofRegex("a")).build();
        var refusal = assertThrows(IllegalStateException.class, () -> new Generator(model).generate(List.of(new int[] {1}), config));
        assertTrue(refusal.getMessage().contains("tokenizer"));
    }
}
