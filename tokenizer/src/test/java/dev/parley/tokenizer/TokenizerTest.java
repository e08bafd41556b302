package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

    private static final Tokenizer GPT2 = Tokenizer.fromPretrained("gpt2");
    private static final List<String> PIECES = List.of("the ", "Hello", " world", "  ", "\n", "\n\n", "\t", "1", "2026", "3.14", "'s",
            "'LL", "'", "don't", "é", "ß", "你好",
            "人工智能", "こんにちは", "مرحبا", "привет", "😀", "👩‍👩‍👧", "\u0301", "\u00a0", "\u200b", "\u0000", "\u001b", "{", "}", "();", "=>",
            "<|endoftext|>", "<|", "|>",
            "x".repeat(40), "-".repeat(30), "\ud83d", "\ude00", "a\u0300", "ﬁ", "Ⅷ", "½", "٣", "_", "@#$%");

    @TempDir
    Path folder;

    private static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (int n = random.nextInt(12); n >= 0; n--) text.append(PIECES.get(random.nextInt(PIECES.size())));
        return text.toString();
    }

    /** Hugging Face's own library reads the file that we write and gives our ids and our text. */
    @Test
    void huggingFaceReadsWhatWeWriteAndGivesTheSameIds() throws Exception {
        var random = new SplittableRandom(5);
        var corpus = random.ints(400, 0, Integer.MAX_VALUE)
                .mapToObj(seed -> text(new SplittableRandom(seed)).replaceAll("[\ud800-\udfff]", "")).toList();
        for (var tokenizer : List.of(GPT2, BpeTrainer.of(600).train(corpus.iterator()),
                BpeTrainer.of(600).withIndividualDigits(true).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>")
                        .train(corpus.iterator()))) {
            var saved = Files.createTempDirectory(folder, "saved");
            tokenizer.save(saved);
            try (var theirs = HuggingFaceTokenizer.builder().optTokenizerPath(saved.resolve("tokenizer.json")).optAddSpecialTokens(false)
                    .optTruncation(false).optPadding(false).build()) {
                for (int n = 0; n < 3000; n++) {
                    // lone surrogates cannot be passed on
                    var text = new String(text(random).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
                    var ids = tokenizer.encodeWithSpecialTokens(text);
                    assertArrayEquals(Arrays.stream(theirs.encode(text).getIds()).mapToInt(i -> (int) i).toArray(), ids, text);
                    assertEquals(text, tokenizer.decode(ids));
                }
            }
        }
    }

    /** GPT-2's published pattern, in java.util.regex with Unicode classes. */
    @Test
    void theHandWrittenSplitterEqualsTheRegularExpression() {
        var pattern = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                Pattern.UNICODE_CHARACTER_CLASS);
        var random = new SplittableRandom(6);
        for (int n = 0; n < 20_000; n++) {
            var text = text(random).replaceAll("[\ud83d\ude00](?![\udc00-\udfff])", "");
            text = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            var expected = pattern.matcher(text).results().map(m -> m.group()).toList();
            var pieces = new ArrayList<String>();
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            PreTokenizer.split(PreTokenizer.gpt2(), bytes, 0, bytes.length,
                    (b, from, to, origin) -> pieces.add(new String(b, from, to - from, StandardCharsets.UTF_8)));
            assertEquals(expected, pieces, text);
        }
    }

    @Test
    void anyBytesSurvive() {
        var random = new SplittableRandom(7);
        for (int n = 0; n < 2000; n++) {
            var bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            assertArrayEquals(bytes, GPT2.decodeBytes(GPT2.encodeBytes(bytes)));
        }
    }

    @Test
    void specialTokensAreMadeFromPlainTextOnlyWhenAsked() {
        var text = "a<|endoftext|>b";
        assertFalse(Arrays.stream(GPT2.encode(text)).anyMatch(id -> id == 50_256));
        assertEquals(text, GPT2.decode(GPT2.encode(text)));
        assertArrayEquals(new int[] {64, 50_256, 65}, GPT2.encodeWithSpecialTokens(text));
        assertEquals("ab", GPT2.decode(new int[] {64, 50_256, 65}, true));
    }

    @Test
    void aStreamNeverShowsHalfACharacterAndGivesTheWholeText() {
        var random = new SplittableRandom(8);
        for (int n = 0; n < 2000; n++) {
            var ids = n % 2 == 0 ? GPT2.encode(text(random)) : random.ints(20, 0, 256).toArray();
            var decoder = GPT2.streamDecoder(false);
            var shown = new StringBuilder();
            for (var id : ids) {
                var piece = decoder.push(id);
                if (n % 2 == 0) assertFalse(piece.contains("\ufffd"), piece);
                shown.append(piece);
            }
            shown.append(decoder.finish());
            assertEquals(GPT2.decode(ids), shown.toString());
        }
    }

    @Test
    void offsetsCoverTheTextInOrder() {
        var random = new SplittableRandom(9);
        for (int n = 0; n < 2000; n++) {
            var text = text(random);
            var encoding = GPT2.encodeWithOffsets(text, true);
            assertArrayEquals(GPT2.encodeWithSpecialTokens(text), encoding.ids());
            var at = 0;
            for (int i = 0; i < encoding.ids().length; i++) {
                assertTrue(encoding.starts()[i] <= at && encoding.ends()[i] >= at && encoding.starts()[i] < encoding.ends()[i], text);
                at = Math.max(at, encoding.ends()[i]);
            }
            assertEquals(text.length(), at);
        }
    }

    @Test
    void severalThreadsGiveTheSameIds() {
        var random = new SplittableRandom(10);
        var texts = new ArrayList<String>();
        for (int n = 0; n < 500; n++) texts.add(text(random));
        var one = GPT2.encodeAll(texts, 1);
        var four = GPT2.encodeAll(texts, 4);
        for (int n = 0; n < texts.size(); n++) assertArrayEquals(one.get(n), four.get(n));
    }

    @Test
    void aMillionEqualLettersAreEncodedInReasonableWork() {
        var text = "a".repeat(1_000_000);
        assertEquals(text, GPT2.decode(GPT2.encode(text)));
    }

    @Test
    void vocabAndMergesGiveWhatTokenizerJsonGives() throws Exception {
        GPT2.save(folder);
        var json = new com.fasterxml.jackson.databind.ObjectMapper();
        var model = json.readTree(folder.resolve("tokenizer.json").toFile()).path("model");
        var split = Files.createDirectory(folder.resolve("split"));
        json.writeValue(split.resolve("vocab.json").toFile(), model.path("vocab"));
        var merges = new StringBuilder("#version: 0.2\n");
        for (var merge : model.path("merges")) merges.append(merge.asText()).append('\n');
        Files.writeString(split.resolve("merges.txt"), merges);
        var loaded = Tokenizer.load(split);
        for (var text : List.of("Hello world", "  two  spaces ", "你好 <|endoftext|>")) {
            assertArrayEquals(GPT2.encodeWithSpecialTokens(text), loaded.encodeWithSpecialTokens(text));
        }
    }

    @Test
    void whatIsNotHonouredIsAnErrorThatNamesIt() throws Exception {
        GPT2.save(folder);
        var file = folder.resolve("tokenizer.json");
        var good = Files.readString(file);
        for (var change : List.of(new String[] {"\"normalizer\" : null", "\"normalizer\" : {\"type\":\"Nmt\"}", "Nmt"},
                new String[] {"\"byte_fallback\" : false", "\"byte_fallback\" : true", "byte_fallback"},
                new String[] {"\"type\" : \"BPE\"", "\"type\" : \"Unigram\"", "Unigram"},
                new String[] {"\"id\" : 50256", "\"id\" : 1999999999", "1999999999"},
                new String[] {"\"Ġ t\"", "\"Ġ nowhere\"", "nowhere"})) {
            assertTrue(good.contains(change[0]), change[0]);
            Files.writeString(file, good.replaceFirst(Pattern.quote(change[0]), java.util.regex.Matcher.quoteReplacement(change[1])));
            var fault = assertThrows(TokenizerException.class, () -> Tokenizer.load(folder));
            assertTrue(fault.getMessage().contains(change[2]) && fault.getMessage().contains("tokenizer.json"), fault.getMessage());
        }
        Files.writeString(file, good.substring(0, good.length() / 2));
        assertThrows(TokenizerException.class, () -> Tokenizer.load(folder));
        assertThrows(TokenizerException.class, () -> GPT2.decode(new int[] {60_000}));
        assertThrows(TokenizerException.class, () -> Tokenizer.fromPretrained("no-such-tokenizer"));
    }
}
