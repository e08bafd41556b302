package dev.parley.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * GPT-2's vocabulary from the ranks in jtokkit's jar: one token a line, in base64, with its rank, which is its id. The
 * merges are not in the file, and follow from it: a token was made, when it was, of the two parts that the merges before
 * it leave.
 */
final class PublishedRanks {

    private static final String GPT2 = "/com/knuddels/jtokkit/r50k_base.tiktoken";
    private static final String END_OF_TEXT = "<|endoftext|>";

    private PublishedRanks() {}

    static Tokenizer gpt2() {
        var tokens = read();
        return new Tokenizer(tokens, merges(tokens), PreTokenizer.gpt2(), List.of(AddedToken.special(tokens.length, END_OF_TEXT)),
                TokenizerSettings.NONE.withBos(END_OF_TEXT).withEos(END_OF_TEXT));
    }

    private static byte[][] read() {
        var tokens = new ArrayList<byte[]>(50_256);
        var stream = PublishedRanks.class.getResourceAsStream(GPT2);
        if (stream == null) throw new TokenizerException("GPT-2's ranks are not on the class path: " + GPT2 + " is missing.");
        try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                tokens.add(Base64.getDecoder().decode(line.substring(0, line.indexOf(' '))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("GPT-2's ranks cannot be read: " + e.getMessage(), e);
        }
        return tokens.toArray(byte[][]::new);
    }

    /** Each token of several bytes, encoded by the merges before its own, comes to two parts. */
    private static List<Tokenizer.Merge> merges(byte[][] tokens) {
        var idOfByte = new int[256];
        for (int id = 0; id < 256; id++) idOfByte[tokens[id][0] & 0xff] = id;
        var table = new MergeTable(tokens.length);
        var bpe = new Bpe(table, Vocabulary.bytes(idOfByte, Vocabulary.Unknown.NONE));
        var merges = new ArrayList<Tokenizer.Merge>(tokens.length);
        for (int id = 256; id < tokens.length; id++) {
            var parts = new int[tokens[id].length];
            var n = bpe.encode(tokens[id], 0, tokens[id].length, parts);
            if (n != 2) throw new TokenizerException("GPT-2's token " + id + " is made of " + n + " parts, not of two.");
            merges.add(new Tokenizer.Merge(parts[0], parts[1], id));
            table.put(parts[0], parts[1], id, id);
        }
        return merges;
    }
}
