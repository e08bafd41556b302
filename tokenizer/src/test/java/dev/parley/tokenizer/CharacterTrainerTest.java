package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CharacterTrainerTest {

    private static final String TEXT = "To be, or not to be:\n  that is the question. \u00e9\u4f60\ud83d\ude00\n\n";

    @TempDir
    Path folder;

    private final Tokenizer tokenizer = new CharacterTrainer(List.of("<|endoftext|>")).train(List.of(TEXT).iterator());

    @Test
    void everyCharacterIsATokenInTheOrderOfUnicode() {
        var ids = tokenizer.encode(TEXT);
        assertEquals(TEXT.codePointCount(0, TEXT.length()), ids.length);
        assertEquals(TEXT, tokenizer.decode(ids));
        assertEquals(2 + TEXT.codePoints().distinct().count(), tokenizer.vocabSize());
        var sorted = TEXT.codePoints().distinct().sorted().mapToObj(Character::toString).toList();
        assertArrayEquals(new int[] {2 + sorted.indexOf("T"), 2 + sorted.indexOf("o")}, Arrays.copyOf(ids, 2));
    }

    @Test
    void anotherCharacterIsUnknownAndTheEndIsKnown() {
        assertArrayEquals(new int[] {1, tokenizer.encode("o")[0]}, tokenizer.encode("Zo"));
        assertArrayEquals(new int[] {0}, tokenizer.encodeWithSpecialTokens("<|endoftext|>"));
        assertEquals(0, tokenizer.eosTokenId().orElseThrow());
    }

    @Test
    void theFileReadsTheSameHereAndInHuggingFacesLibrary() throws Exception {
        tokenizer.save(folder);
        var read = Tokenizer.load(folder);
        try (var theirs = HuggingFaceTokenizer.newInstance(folder)) {
            for (var text : List.of(TEXT, "not a question", " be ", "Zo what")) {
                assertArrayEquals(tokenizer.encode(text), read.encode(text), text);
                var ids = theirs.encode(text, false, false).getIds();
                assertArrayEquals(Arrays.stream(ids).mapToInt(Math::toIntExact).toArray(), read.encode(text), text);
                assertEquals(theirs.decode(ids), read.decode(read.encode(text)), text);
            }
        }
        assertEquals(tokenizer.sha256(), read.sha256());
    }
}
