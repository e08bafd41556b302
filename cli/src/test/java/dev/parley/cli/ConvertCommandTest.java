package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.torch.TrainableLM;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model becomes a GGUF file of few bits, with regard to a text. */
class ConvertCommandTest {

    private static final String TEXT = "the cat sat on the mat and the dog sat on the cat ";

    @TempDir
    Path folder;

    private Path model;
    private Path text;

    private record Ended(int code, String out, String err) {}

    private static Ended parley(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code = Parley.run(Output.to(out, err), Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void makeModel() throws IOException {
        model = folder.resolve("model");
        var tokenizer = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT, TEXT).iterator());
        tokenizer.save(model);
        try (var created = TrainableLM.create(ModelConfig.llama(tokenizer.vocabSize(), 64, 256, 2, 4, 2, 256), 1)) {
            created.savePretrained(model);
        }
        text = Files.writeString(folder.resolve("notes.txt"), TEXT.repeat(20));
    }

    @Test
    void aTextDecidesWhichColumnsCount() throws IOException {
        Path plain = folder.resolve("plain.gguf"), weighted = folder.resolve("weighted.gguf");
        assertEquals(0, parley("models", "convert", model, plain, "--dtype", "q4_k_m").code());
        var ended = parley("models", "convert", model, weighted, "--dtype", "Q4_K_M", "--imatrix", text);
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.err().contains("is a text of"), ended.err());
        try (var without = Gguf.open(plain); var with = Gguf.open(weighted)) {
            assertEquals(text.toString(), with.metadata().get("quantize.imatrix.file"));
            var up = with.tensors().get("blk.0.ffn_up.weight");
            assertEquals(GgmlType.Q4_K, up.type());
            assertTrue(up.bytes().mismatch(without.tensors().get("blk.0.ffn_up.weight").bytes()) >= 0);
            assertEquals(-1, with.tensors().get("token_embd.weight").bytes().mismatch(without.tensors().get("token_embd.weight").bytes()));
        }
        var generate = parley("generate", "--model", weighted, "--prompt", "the cat", "--max-new-tokens", 4, "--engine", "java");
        assertEquals(0, generate.code(), generate.err());
    }

    /** By way of a file in whole floats it is the same as at once, tokenizer and all. */
    @Test
    void aFileOfWholeFloatsBecomesOneOfFewBits() throws IOException {
        Path wide = folder.resolve("model.f32.gguf"), atOnce = folder.resolve("at-once.gguf"), later = folder.resolve("later.gguf");
        assertEquals(0, parley("models", "convert", model, wide, "--dtype", "f32").code());
        assertEquals(0, parley("models", "convert", model, atOnce, "--dtype", "q5_k_m", "--imatrix", text).code());
        var ended = parley("models", "convert", wide, later, "--dtype", "q5_k_m", "--imatrix", text);
        assertEquals(0, ended.code(), ended.err());
        try (var one = Gguf.open(atOnce); var other = Gguf.open(later)) {
            assertEquals(one.tensors().keySet(), other.tensors().keySet());
            for (var tensor : one.tensors().values()) {
                assertEquals(tensor.type(), other.tensors().get(tensor.name()).type());
                assertEquals(-1, tensor.bytes().mismatch(other.tensors().get(tensor.name()).bytes()), tensor.name());
            }
            var settings = new TreeMap<>(one.metadata());
            settings.put("general.name", "model.f32");
            assertEquals(settings, new TreeMap<>(other.metadata()));
        }
        assertSays("is rounded to", 1, later, folder.resolve("twice.gguf"), "--dtype", "q4_0");
    }

    @Test
    void whatDoesNotGoTogetherIsSaid() throws IOException {
        var gguf = folder.resolve("model.gguf");
        assertSays("--imatrix is for types of blocks", 2, model, gguf, "--imatrix", text);
        assertSays("--imatrix is for a .gguf file", 2, model, folder.resolve("out"), "--imatrix", text);
        assertSays("There is no file", 1, model, gguf, "--dtype", "q4_0", "--imatrix", folder.resolve("missing.txt"));
        Files.write(text, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertSays("neither a text in UTF-8", 1, model, gguf, "--dtype", "q4_0", "--imatrix", text);
        Files.writeString(text, "");
        assertSays("has no text", 1, model, gguf, "--dtype", "q4_0", "--imatrix", text);
        assertFalse(Files.exists(gguf));
    }

    private static void assertSays(String sentence, int code, Object... arguments) {
        var words = new Object[arguments.length + 2];
        words[0] = "models";
        words[1] = "convert";
        System.arraycopy(arguments, 0, words, 2, arguments.length);
        var ended = parley(words);
        assertEquals(code, ended.code(), ended.err());
        assertTrue(ended.err().contains(sentence), ended.err());
    }
}
