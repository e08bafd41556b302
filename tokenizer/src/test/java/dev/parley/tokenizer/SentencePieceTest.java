package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.tokenizer.SentencePieces.Kind;
import dev.parley.tokenizer.SentencePieces.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceTest {

    @TempDir
    Path folder;

    /**
     * Mistral's published vocabulary as a tokenizer.model, whose scores are the places of its merges, against its tokenizer.json in Hugging
     * Face's library.
     */
    @Test
    void aModelFileGivesTheIdsThatTheTokenizerJsonGives() throws Exception {
        var json = folder.resolve("tokenizer.json");
        try (var in = new GZIPInputStream(Files.newInputStream(golden("mistral").resolve("tokenizer.json.gz")))) {
            Files.copy(in, json);
        }
        var alone = Files.createDirectory(folder.resolve("alone"));
        Files.write(alone.resolve("tokenizer.model"), ModelBytes.of(pieces(new ObjectMapper().readTree(json.toFile())), 2, true, false));
        var ours = Tokenizer.fromPretrained(alone.toString());
        assertEquals(1, ours.bosTokenId().getAsInt());
        assertEquals(2, ours.eosTokenId().getAsInt());
        var random = new SplittableRandom(12);
        try (var theirs = library(json, false); var theirsFromItsBeginning = library(json, true)) {
            for (int i = 0; i < 10_000; i++) {
                var text = MixedLines.line(random);
                assertArrayEquals(ids(theirs, text), ours.encodeWithSpecialTokens(text), text);
                if (!text.startsWith("<s>")) assertArrayEquals(ids(theirsFromItsBeginning, text), ours.encodeForModel(text), text);
                var ids = ours.encodeWithSpecialTokens(text);
                assertEquals(theirs.decode(Arrays.stream(ids).asLongStream().toArray(), false), ours.decode(ids), text);
            }
        }
    }

    /** SentencePiece's own way, in its plainest form: of all neighbours the leftmost with the highest score merge. */
    @Test
    void piecesMergeByTheirScores() throws Exception {
        var random = new SplittableRandom(13);
        var vocab = SmallVocabulary.characters().path("model").path("vocab");
        var pieces = new ArrayList<Piece>();
        vocab.properties().forEach(
                e -> pieces.add(new Piece(e.getKey(), e.getValue().asInt() < 259 ? 0 : -1000 * random.nextFloat(), kind(e.getKey()))));
        Files.write(folder.resolve("tokenizer.model"), ModelBytes.of(pieces, 2, false, false));
        var ours = Tokenizer.load(folder);
        for (int i = 0; i < 2000; i++) {
            var text = MixedLines.line(random).replaceAll("</?s>|<unk>", "");
            assertArrayEquals(plainly(pieces, text.replace(' ', '\u2581')), ours.encode(text), text);
        }
    }

    private static int[] plainly(List<Piece> pieces, String text) {
        Map<String, Integer> idOf = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) idOf.put(pieces.get(id).text(), id);
        var symbols = new ArrayList<String>();
        text.codePoints().forEach(c -> symbols.add(Character.toString(c)));
        while (true) {
            var best = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                var id = idOf.get(symbols.get(i) + symbols.get(i + 1));
                if (id == null || !idOf.containsKey(symbols.get(i)) || !idOf.containsKey(symbols.get(i + 1))) continue;
                if (best < 0 || pieces.get(id).score() > pieces.get(idOf.get(symbols.get(best) + symbols.get(best + 1))).score()) best = i;
            }
            if (best < 0) break;
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
        var ids = new IntList(symbols.size());
        for (var symbol : symbols) {
            if (idOf.containsKey(symbol)) ids.add(idOf.get(symbol));
            else for (var b : symbol.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                ids.add(idOf.get(String.format(Locale.ROOT, "<0x%02X>", b)));
        }
        return ids.toArray();
    }

    @Test
    void spacesAreAddedAndRemovedAsTheModelSays() throws Exception {
        var pieces = List.of(new Piece("<unk>", 0, Kind.UNKNOWN), new Piece("<s>", 0, Kind.CONTROL), new Piece("</s>", 0, Kind.CONTROL),
                new Piece("\u2581", 0, Kind.NORMAL),
                new Piece("a", 0, Kind.NORMAL), new Piece("[x]", 0, Kind.USER_DEFINED));
        Files.write(folder.resolve("tokenizer.model"), ModelBytes.of(pieces, 2, true, true));
        var tokenizer = Tokenizer.load(folder);
        assertArrayEquals(new int[] {1, 3, 4, 3, 4}, tokenizer.encodeForModel("  a   a "));
        assertEquals("a a", tokenizer.decode(tokenizer.encode("  a   a ")));
        assertArrayEquals(new int[] {3, 4, 5, 3, 4}, tokenizer.encodeWithSpecialTokens("a[x]a"));
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"tokenizer_class\":\"LlamaTokenizer\",\"add_bos_token\":false,\"add_eos_token\":true}");
        assertArrayEquals(new int[] {3, 4, 2}, Tokenizer.load(folder).encodeForModel("a"));
        Files.write(folder.resolve("tokenizer.model"), ModelBytes.of(pieces, 2, false, false));
        assertArrayEquals(new int[] {3, 3, 4, 3, 2}, Tokenizer.load(folder).encodeForModel("  a "));
    }

    @Test
    void otherKindsOfModelAreRefusedByName() throws Exception {
        var pieces = List.of(new Piece("<unk>", 0, Kind.UNKNOWN), new Piece("a", 0, Kind.NORMAL));
        var file = folder.resolve("tokenizer.model");
        for (var change : List.of(new Object[] {ModelBytes.of(pieces, 1, true, false), "unigram"},
                new Object[] {ModelBytes.of(pieces, 3, true, false), "word"},
                new Object[] {ModelBytes.of(List.of(pieces.get(0), pieces.get(0)), 2, true, false), "<unk>"},
                new Object[] {new byte[0], "pieces"},
                new Object[] {"IQ== 0\nIg== 1\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "SentencePiece"})) {
            Files.write(file, (byte[]) change[0]);
            var fault = assertThrows(TokenizerException.class, () -> Tokenizer.load(folder));
            assertTrue(fault.getMessage().contains((String) change[1]) && fault.getMessage().contains("tokenizer.model"),
                    fault.getMessage());
        }
    }

    private static Kind kind(String text) {
        return text.equals("<unk>") ? Kind.UNKNOWN
                : text.equals("<s>") || text.equals("</s>") ? Kind.CONTROL : Vocabulary.Characters.isByte(text) ? Kind.BYTE : Kind.NORMAL;
    }

    private static List<Piece> pieces(JsonNode json) {
        var score = new HashMap<String, Integer>();
        for (var merge : json.path("model").path("merges")) score.putIfAbsent(merge.asText().replace(" ", ""), -score.size());
        var pieces = new ArrayList<Piece>();
        for (var entry : json.path("model").path("vocab").properties())
            pieces.add(new Piece(entry.getKey(), score.getOrDefault(entry.getKey(), 0), kind(entry.getKey())));
        return pieces;
    }

    private static HuggingFaceTokenizer library(Path file, boolean special) throws IOException {
        return HuggingFaceTokenizer.builder().optTokenizerPath(file).optAddSpecialTokens(special).optTruncation(false).optPadding(false)
                .build();
    }

    private static int[] ids(HuggingFaceTokenizer library, String text) {
        return Arrays.stream(library.encode(text).getIds()).mapToInt(id -> (int) id).toArray();
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
