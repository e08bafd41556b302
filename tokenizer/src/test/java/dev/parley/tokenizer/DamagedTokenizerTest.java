package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Files that were changed at random load, and then encode and decode, or end in one sentence of ours. */
@Execution(ExecutionMode.CONCURRENT)
class DamagedTokenizerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = " Hello  world's\t1234 <s> don't\n\n\u4e2d\u6587 \ud83d\ude42</s>aaaa ";
    private static final String WHOLE_BYTES = "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}";

    /** Values to put anywhere; among them expressions that never end, lengths that fill memory, and steps of other kinds. */
    private static final List<String> VALUES = List.of("null", "true", "-1", "0", "1e300", "16777216", "2147483648", "\"\"", "\"a\"",
            "\"\\u2581\"", "[]", "{}", "[[[[]]]]", "\"ByteLevel\"", "\"Metaspace\"",
            "\"Sequence\"", "\"Removed\"", "\"MergedWithNext\"", "{\"Regex\":\"(a*)*b|(x+x+)+y\"}",
            "{\"Regex\":\"(?:(?:\\\\s|\\\\S)*)*z\"}", "{\"Regex\":\"(((((((\"}", "{\"Regex\":\"a{1000}{1000}{1000}\"}",
            "{\"String\":\" \"}",
            "{\"Regex\":\"(?<=a*)b\"}", "{\"Regex\":\"[[:alpha:]&&[^a-z]]\\\\h++\"}", "{\"Regex\":\"\"}",
            "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"\"},\"content\":\"aaaaaaaaaaaaaaaaaaaa\"}",
            "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(?=.)\"},\"content\":\"" + "bb".repeat(400) + "\"}",
            "{\"type\":\"Prepend\",\"prepend\":\"<s>\"}", "{\"type\":\"Fuse\"}",
            "{\"type\":\"Strip\",\"content\":\"a\",\"start\":5,\"stop\":5}",
            "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\w+|\\\\b\"},\"behavior\":\"Contiguous\",\"invert\":true}",
            "{\"type\":\"Metaspace\",\"replacement\":\"a\",\"prepend_scheme\":\"first\"}", "\"<s>\"", "\"<0x61>\"", "\"a b\"",
            "[\"a\",\"b\"]",
            WHOLE_BYTES, "{\"type\":\"Lowercase\"}", "{\"type\":\"NFKD\"}",
            "{\"content\":\"a\",\"id\":7,\"lstrip\":true,\"rstrip\":true,\"single_word\":true,\"normalized\":true,\"special\":true}");

    @TempDir
    Path folder;

    private int loaded;
    private int refused;

    @Test
    void aDamagedTokenizerJsonEndsInAnErrorOfOurs() throws Exception {
        var random = new SplittableRandom(21);
        var good = List.of(JSON.writeValueAsString(small(
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true},"
                        + "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\s+\"},"
                        + "\"behavior\":\"Isolated\",\"invert\":false}," + WHOLE_BYTES + "]}",
                "{\"type\":\"NFC\"}", WHOLE_BYTES)),
                JSON.writeValueAsString(small(
                        "{\"type\":\"Metaspace\",\"replacement\":\"\\u2581\",\"prepend_scheme\":\"first\",\"split\":true}",
                        "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" "
                                + "\"}]}",
                        "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"\\u2581\"},\"content\":\" "
                                + "\"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" "
                                + "\",\"start\":1,\"stop\":0}]}")));
        var file = folder.resolve("tokenizer.json");
        for (var json : good) {
            Files.writeString(file, json);
            load(file);
        }
        assertTrue(loaded == 2, "the whole files load");
        for (int n = 0; n < 6_000; n++) {
            var json = good.get(n % 2);
            if (n % 4 < 2) Files.write(file, bytesChanged(json.getBytes(StandardCharsets.UTF_8), random));
            else Files.writeString(file, JSON.writeValueAsString(changed(JSON.readTree(json), random)));
            load(file);
        }
        mostlyBoth();
    }

    @Test
    void damagedFilesBesideItEndInErrorsOfOurs() throws Exception {
        var random = new SplittableRandom(22);
        var vocab = new StringBuilder("{");
        for (int b = 0; b < 256; b++)
            vocab.append(JSON.writeValueAsString(String.valueOf(ByteLevelAlphabet.characterOf(b)))).append(':').append(b).append(',');
        vocab.append("\"he\":256,\"ll\":257,\"hell\":258,\"<|endoftext|>\":259}");
        var files = List.of(vocab.toString(), "#version: 0.2\nh e\nl l\nhe ll\n",
                "{\"bos_token\":\"<|endoftext|>\",\"eos_token\":{\"content\":\"<|endoftext|>\",\"lstrip\":false}"
                        + ",\"add_bos_token\":true,\"additional_special_tokens\":[\"hell\"],\"tokenizer_class\":\"GPT2Tokenizer\","
                        + "\"added_tokens_decoder\":{\"260\":{\"content\":\"<x>\",\"special\":true}},\"chat_template\":\"{{ bos_token "
                        + "}}\"}",
                "{\"pad_token\":\"he\"}");
        var names = List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json");
        for (int i = 0; i < names.size(); i++) Files.writeString(folder.resolve(names.get(i)), files.get(i));
        load(folder);
        assertTrue(loaded == 1, "the whole files load");
        for (int n = 0; n < 2_500; n++) {
            var i = random.nextInt(names.size());
            var file = folder.resolve(names.get(i));
            if (n % 2 == 0 && i != 1) Files.writeString(file, JSON.writeValueAsString(changed(JSON.readTree(files.get(i)), random)));
            else Files.write(file, bytesChanged(files.get(i).getBytes(StandardCharsets.UTF_8), random));
            load(folder);
            Files.writeString(file, files.get(i));
        }
        mostlyBoth();
    }

    @Test
    void aDamagedTokenizerModelEndsInAnErrorOfOurs() throws Exception {
        var random = new SplittableRandom(23);
        var pieces = new ArrayList<SentencePieces.Piece>();
        pieces.add(new SentencePieces.Piece("<unk>", 0, SentencePieces.Kind.UNKNOWN));
        pieces.add(new SentencePieces.Piece("<s>", 0, SentencePieces.Kind.CONTROL));
        pieces.add(new SentencePieces.Piece("</s>", 0, SentencePieces.Kind.CONTROL));
        for (var text : List.of("\u2581", "a", "l", "o", "e", "H", "ll", "He", "Hell", "\u2581Hell", "\u4e2d"))
            pieces.add(new SentencePieces.Piece(text, -pieces.size(), SentencePieces.Kind.NORMAL));
        pieces.add(new SentencePieces.Piece("<0x0A>", 0, SentencePieces.Kind.BYTE));
        pieces.add(new SentencePieces.Piece("wor", 0, SentencePieces.Kind.USER_DEFINED));
        var good = ModelBytes.of(pieces, 2, true, true);
        var file = folder.resolve("tokenizer.model");
        Files.write(file, good);
        load(file);
        assertTrue(loaded == 1, "the whole file loads");
        for (int n = 0; n < 3_000; n++) {
            Files.write(file, bytesChanged(good, random));
            load(file);
        }
        mostlyBoth();
    }

    private void load(Path file) throws IOException {
        try {
            var tokenizer = Tokenizer.load(file);
            var ids = tokenizer.encodeForModel(TEXT);
            tokenizer.decode(ids);
            tokenizer.decode(ids, true);
            tokenizer.encodeWithOffsets(TEXT, true);
            tokenizer.decode(tokenizer.encode(TEXT));
            tokenizer.save(folder.resolve("saved"));
            Tokenizer.load(folder.resolve("saved"));
            loaded++;
        } catch (TokenizerException e) {
            assertFalse(e.getMessage().isBlank());
            refused++;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(Files.isDirectory(file) ? "a folder" : Files.readString(file, StandardCharsets.ISO_8859_1), e);
        }
    }

    private void mostlyBoth() {
        assertTrue(loaded > 50 && refused > 50, loaded + " loaded, " + refused + " refused");
    }

    private static byte[] bytesChanged(byte[] good, SplittableRandom random) {
        var bytes = random.nextInt(5) == 0 ? java.util.Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
        for (int k = random.nextInt(4); k >= 0 && bytes.length > 0; k--) {
            var at = random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : good[random.nextInt(good.length)];
        }
        return bytes;
    }

    /** Puts values in other places than theirs, leaves some out, doubles some. */
    private static JsonNode changed(JsonNode json, SplittableRandom random) throws IOException {
        for (int k = random.nextInt(3); k >= 0; k--) {
            var at = json;
            for (int depth = random.nextInt(6); depth >= 0; depth--) {
                if (!(at instanceof ObjectNode || at instanceof ArrayNode) || at.isEmpty()) break;
                var children = new ArrayList<JsonNode>();
                var containers = new ArrayList<JsonNode>();
                at.forEach(child -> (child.isContainerNode() && !child.isEmpty() ? containers : children).add(child));
                if (depth > 0 && !containers.isEmpty()) at = containers.get(random.nextInt(containers.size()));
            }
            change(at, random);
        }
        return json;
    }

    private static void change(JsonNode at, SplittableRandom random) throws IOException {
        var value = JSON.readTree(VALUES.get(random.nextInt(VALUES.size())));
        if (at instanceof ObjectNode object && !object.isEmpty()) {
            var names = new ArrayList<String>();
            object.fieldNames().forEachRemaining(names::add);
            var name = names.get(random.nextInt(names.size()));
            if (random.nextInt(5) == 0) object.remove(name);
            else object.set(name, value);
        } else if (at instanceof ArrayNode array) {
            if (array.isEmpty() || random.nextInt(3) == 0) array.insert(random.nextInt(array.size() + 1), value);
            else if (random.nextInt(3) == 0) array.remove(random.nextInt(array.size()));
            else array.set(random.nextInt(array.size()), value);
        }
    }

    /** A vocabulary of some characters and bytes. */
    private static ObjectNode small(String preTokenizer, String normalizer, String decoder) throws IOException {
        var json = JSON.createObjectNode().put("version", "1.0");
        var added = json.putArray("added_tokens");
        for (int i = 0; i < 3; i++) {
            added.addObject().put("id", i).put("content", List.of("<unk>", "<s>", "</s>").get(i)).put("single_word", false)
                    .put("lstrip", i == 1).put("rstrip", i == 2).put("normalized", i == 2).put("special", true);
        }
        json.set("normalizer", JSON.readTree(normalizer));
        json.set("pre_tokenizer", JSON.readTree(preTokenizer));
        json.set("post_processor", JSON.readTree(
                "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
                        + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[],"
                        + "\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[1],\"tokens\":[\"<s>\"]}}}"));
        json.set("decoder", JSON.readTree(decoder));
        var model = json.putObject("model").put("type", "BPE").putNull("dropout").put("unk_token", "<unk>").put("fuse_unk", true)
                .put("byte_fallback", !decoder.equals(WHOLE_BYTES)).put("ignore_merges", true);
        var vocab = model.putObject("vocab");
        var tokens = "<unk> <s> </s> H e l o w r d a "
                + "\u0120 \u2581 1 2 <0x0A> <0xE4> <0xB8> <0xAD> \u00e4 \u00b8 ll He Hell Hello or aa aaaa";
        for (var token : tokens.split(" ")) vocab.put(token, vocab.size());
        var merges = model.putArray("merges");
        for (var merge : List.of("l l", "H e", "He ll", "Hell o", "o r", "a a", "aa aa")) merges.add(merge);
        return json;
    }
}
