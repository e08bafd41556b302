package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenMasksTest {

    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "minimum": 0, "maximum": 130},
             "tags": {"type": "array", "items": {"enum": ["naïve", "中文", "x"]}, "maxItems": 2}}, "required": ["name", "age"], "additionalProperties": false}""";

    private static Tokenizer tokenizer;

    @BeforeAll
    static void trainATokenizer() {
        tokenizer = BpeTrainer.of(400).withSpecialTokens("<|end|>")
                .train(List.of("{\"name\": \"Ada\", \"age\": 36}, [1, 2] naïve 中文字 yes no the cat the dog").iterator());
    }

    static List<Grammar> grammars() {
        return List.of(Grammar.ofJsonSchema(PERSON), Grammar.ofRegex("(the (cat|dog) ){1,3}[^a-m]\\.?"),
                Grammar.ofChoice(List.of("yes", "no", "yes, 中文", "n")),
                Grammar.ofRegex("(the cat|the dog|naïve|yes|no|[a-d]){3,9}\\."), Grammar.ofRegex("((the |cat|dog | no|y){20}x){2,70}"),
                Grammar.ofGbnf("root ::= item (\", \" item)* item ::= [0-9]+ | \"[\" root \"]\"".replace(" item ::=", "\nitem ::=")),
                Grammar.ofJsonObject());
    }

    /** Every token is tried by itself, after beginnings of all kinds. */
    @ParameterizedTest
    @MethodSource("grammars")
    void theMaskHoldsTheTokensThatCanGoOn(Grammar grammar) {
        var masks = new Constraints(tokenizer).masks(grammar);
        var random = new SplittableRandom(4);
        for (int i = 0; i < 30; i++) {
            var ids = new ArrayList<Integer>();
            var form = masks.follow(0);
            for (int n = 0; n < 25; n++) {
                var soFar = ids.stream().mapToInt(id -> id).toArray();
                var logits = new float[tokenizer.vocabSize() + 3];
                form.apply(soFar, List.of(0), logits);
                var at = new Configurations(grammar.automaton()).start();
                for (var id : soFar) at = follow(at, id);
                var allowed = new ArrayList<Integer>();
                for (int id = 1; id < logits.length; id++) {
                    var can = id < tokenizer.vocabSize() && tokenizer.textBytes(id, false).length > 0 && follow(at, id) != null;
                    assertEquals(can ? 0 : Float.NEGATIVE_INFINITY, logits[id]);
                    if (can) allowed.add(id);
                }
                assertEquals(at.complete() ? 0 : Float.NEGATIVE_INFINITY, logits[0]);
                if (allowed.isEmpty()) break;
                ids.add(allowed.get(random.nextInt(allowed.size())));
            }
        }
    }

    private static Configurations.Configuration follow(Configurations.Configuration at, int id) {
        for (var b : tokenizer.textBytes(id, false)) {
            if (at != null) at = at.after(b);
        }
        return at;
    }

    @Test
    void severalThreadsShareWhatIsFoundOut() throws Exception {
        var masks = new Constraints(tokenizer).masks(Grammar.ofJsonSchema(PERSON));
        var text = tokenizer.encodeBytes("{\"name\": \"Ada\", \"age\": 36".getBytes(StandardCharsets.UTF_8));
        var alone = new float[tokenizer.vocabSize()];
        new Constraints(tokenizer).masks(Grammar.ofJsonSchema(PERSON)).follow(0).apply(text, List.of(0), alone);
        try (var threads = java.util.concurrent.Executors.newFixedThreadPool(4)) {
            var results = new ArrayList<java.util.concurrent.Future<float[]>>();
            for (int i = 0; i < 40; i++) {
                results.add(threads.submit(() -> {
                    var logits = new float[tokenizer.vocabSize()];
                    masks.follow(0).apply(text, List.of(0), logits);
                    return logits;
                }));
            }
            for (var result : results) assertArrayEquals(alone, result.get());
        }
    }

    /** Texts that branch: each goes on from where its own beginning was. */
    @Test
    void beamsKeepTheirPlaces() {
        var masks = new Constraints(tokenizer).masks(Grammar.ofChoice(List.of("the cat", "the dog", "no dog")));
        var form = masks.follow(1);
        for (var text : List.of("the", "no", "the cat", "no dog", "the dog", "n")) {
            var ids = tokenizer.encodeBytes(text.getBytes(StandardCharsets.UTF_8));
            var after = new int[ids.length + 1];
            System.arraycopy(ids, 0, after, 1, ids.length);
            float[] kept = new float[tokenizer.vocabSize()], anew = new float[tokenizer.vocabSize()];
            form.apply(after, List.of(0), kept);
            masks.follow(1).apply(after, List.of(0), anew);
            assertArrayEquals(anew, kept);
            assertEquals(text.length() > 5, form.mustEnd(after));
        }
    }

    /** What is forgotten for want of room is found again, and is the same. */
    @Test
    void whatIsKeptIsBounded() {
        var grammar = Grammar.ofRegex("([ab]*a[ab]{3,9}|[b-d]{0,500}x|.{0,300}y)");
        Configurations all = new Configurations(grammar.automaton()), few = new Configurations(grammar.automaton(), 8_000);
        var random = new SplittableRandom(5);
        for (int i = 0; i < 200; i++) {
            Configurations.Configuration one = all.start(), other = few.start();
            for (int n = 0; n < 60 && one != null; n++) {
                var b = (byte) "aaaabbbbcdxy".charAt(random.nextInt(12));
                one = one.after(b);
                other = other.after(b);
                assertEquals(one == null, other == null);
                if (one != null) assertEquals(one.complete(), other.complete());
                assertTrue(few.weight() < 20_000, few.weight() + " bytes");
            }
        }
        assertTrue(all.weight() > 50_000, all.weight() + " bytes");
    }

    /** Sixty alternatives that may each have begun at any character. */
    @Test
    void aFormThatIsTooAmbiguousIsRefusedBeforeItTakesLong() {
        var masks = new Constraints(Tokenizer.fromPretrained("gpt2")).masks(ambiguous());
        var form = masks.follow(0);
        var ids = new int[200];
        java.util.Arrays.fill(ids, 257); // " a"
        var refusal = assertThrows(GrammarException.class, () -> {
            for (int n = 0; n < ids.length; n++) form.apply(java.util.Arrays.copyOf(ids, n), List.of(), new float[50_257]);
        });
        assertTrue(refusal.getMessage().contains("too ambiguous"), refusal.getMessage());
        assertTrue(masks.weight() < 100 << 20, masks.weight() + " bytes");
    }

    static Grammar ambiguous() {
        var random = new SplittableRandom(3);
        var regex = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            regex.append(i == 0 ? "" : "|").append("[ -~]*[a");
            for (int n = 0; n < 12; n++) regex.append((char) ('b' + random.nextInt(25)));
            regex.append("][ -~]{60,150}");
        }
        return Grammar.ofRegex(regex.toString());
    }

    @Test
    void aCharacterThatNoTokenWritesIsTheGrammarsFault() {
        var vocabulary = new TokenTrie(new byte[][] {{'a'}, {'b'}, {}});
        var masks = new TokenMasks(Grammar.ofText("ac"), vocabulary, vocabulary);
        var logits = new float[3];
        masks.follow(0).apply(new int[0], List.of(2), logits);
        assertArrayEquals(new float[] {0, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}, logits);
        assertThrows(GrammarException.class, () -> masks.follow(0).apply(new int[] {0}, List.of(2), new float[3]));
    }
}
