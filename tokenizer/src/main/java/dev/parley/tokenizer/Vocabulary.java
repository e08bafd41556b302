package dev.parley.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a tokenizer does beyond cutting and merging bytes, as its {@code tokenizer.json} says.
 *
 * @param normalizer applied to text between added tokens
 * @param characters empty for byte level; else how characters begin
 * @param decoder how tokens become text
 * @param unknown what stands for what has no token
 * @param ignoreMerges take a piece that is a token as that token, whatever its merges would make
 * @param prefix ids that begin a text for a model
 * @param suffix ids that end one
 */
record Vocabulary(Optional<TextNormalizer> normalizer, Optional<Characters> characters, TokenDecoder decoder, Unknown unknown,
        boolean ignoreMerges,
        int[] prefix, int[] suffix) {

    static final Vocabulary BYTE_LEVEL = new Vocabulary(Optional.empty(), Optional.empty(), TokenDecoder.BYTE_LEVEL, Unknown.NONE, false,
            new int[0], new int[0]);

    Vocabulary withNormalizer(TextNormalizer before) {
        return new Vocabulary(Optional.of(before), characters, decoder, unknown, ignoreMerges, prefix, suffix);
    }

    /**
     * The token of what has none.
     *
     * @param id or -1: then what has no token vanishes
     * @param fuse whether several in a row are one
     */
    record Unknown(int id, boolean fuse) {
        static final Unknown NONE = new Unknown(-1, false);
    }

    /** First ids of a piece that are written one by one, the unknown among them. */
    private static final class Beginnings {

        private final int[] ids;
        private final Unknown unknown;
        private int count;
        private boolean pending; // an unknown that waits for another to be fused with; bytes pass it, as in Hugging Face's library

        Beginnings(int[] ids, Unknown unknown) {
            this.ids = ids;
            this.unknown = unknown;
        }

        void known(int id) {
            settle();
            ids[count++] = id;
        }

        void fallback(int id) {
            ids[count++] = id;
        }

        void unknown() {
            if (unknown.id < 0) return;
            if (!unknown.fuse) settle();
            pending = true;
        }

        int settle() {
            if (pending) ids[count++] = unknown.id;
            pending = false;
            return count;
        }
    }

    /** Bytes, each by itself. @param idOfByte the token of each byte, or -1 */
    static Bpe.Beginning bytes(int[] idOfByte, Unknown unknown) {
        var complete = Arrays.stream(idOfByte).allMatch(id -> id >= 0);
        if (complete) return (text, from, to, ids) -> {
            for (int i = from; i < to; i++) ids[i - from] = idOfByte[text[i] & 0xff];
            return to - from;
        };
        return (text, from, to, ids) -> {
            var first = new Beginnings(ids, unknown);
            for (int i = from; i < to; i++) {
                var id = idOfByte[text[i] & 0xff];
                if (id >= 0) first.known(id);
                else first.unknown();
            }
            return first.settle();
        };
    }

    /**
     * A vocabulary of characters, as those of Llama 2 and Mistral: what is in no token is written in bytes.
     *
     * @param written the tokens as the file has them, by id; null where there is a hole
     * @param idOfCharacter by code point
     * @param idOfByte of the tokens {@code <0x00>} to {@code <0xFF>}, or -1
     */
    record Characters(String[] written, Map<Integer, Integer> idOfCharacter, int[] idOfByte) {

        static Characters of(String[] written, boolean byteFallback) {
            var idOfCharacter = new HashMap<Integer, Integer>();
            var idOfByte = new int[256];
            Arrays.fill(idOfByte, -1);
            for (int id = 0; id < written.length; id++) {
                var text = written[id];
                if (text == null || text.isEmpty()) continue;
                if (text.codePointCount(0, text.length()) == 1) idOfCharacter.put(text.codePointAt(0), id);
                if (byteFallback && isByte(text)) idOfByte[Integer.parseInt(text.substring(3, 5), 16)] = id;
            }
            return new Characters(written, idOfCharacter, idOfByte);
        }

        static boolean isByte(String token) {
            return token.length() == 6 && token.matches("<0x[0-9A-F]{2}>");
        }

        boolean hasBytes() {
            return Arrays.stream(idOfByte).anyMatch(id -> id >= 0);
        }

        /** The first ids of a piece: of its characters, or of their bytes. */
        int begin(byte[] text, int from, int to, int[] ids, Unknown unknown) {
            var first = new Beginnings(ids, unknown);
            for (int at = from; at < to;) {
                int character = Utf8.decode(text, at, to), length = character & 7;
                if (isToken(character)) {
                    first.known(idOfCharacter.get(character >>> 3));
                } else if (allBytes(text, at, length)) {
                    for (int i = 0; i < length; i++) first.fallback(idOfByte[text[at + i] & 0xff]);
                } else {
                    first.unknown();
                }
                at += length;
            }
            return first.settle();
        }

        /** @param character as {@link Utf8#decode} gives it; a broken byte is not the character U+FFFD */
        boolean isToken(int character) {
            return idOfCharacter.containsKey(character >>> 3) && character != (0xfffd << 3 | 1);
        }

        boolean allBytes(byte[] text, int at, int length) {
            for (int i = 0; i < length; i++) {
                if (idOfByte[text[at + i] & 0xff] < 0) return false;
            }
            return true;
        }
    }
}
