package dev.parley.tokenizer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a tokenizer does beyond cutting and merging bytes, as its {@code tokenizer.json} says.
 *
 * @param normalizer applied to text between added tokens
 * @param characters empty for byte level; else how characters begin
 * @param ignoreMerges take a piece that is a token as that token, whatever its merges would make
 * @param prefix ids that begin a text for a model
 * @param suffix ids that end one
 */
record Vocabulary(Optional<TextNormalizer> normalizer, Optional<Characters> characters, boolean ignoreMerges, int[] prefix, int[] suffix) {

    static final Vocabulary BYTE_LEVEL = new Vocabulary(Optional.empty(), Optional.empty(), false, new int[0], new int[0]);

    /**
     * A vocabulary of characters, as those of Llama 2 and Mistral: what is in no token is written in bytes.
     *
     * @param written the tokens as the file has them, by id; null where there is a hole
     * @param idOfCharacter by code point
     * @param idOfByte of the tokens {@code <0x00>} to {@code <0xFF>}, or -1
     * @param unknown id of what has no token, or -1
     * @param fuseUnknown whether several in a row are one
     * @param spaceMark what stands for a space
     * @param stripStart whether decoding takes one space from the start
     */
    record Characters(String[] written, Map<Integer, Integer> idOfCharacter, int[] idOfByte, int unknown, boolean fuseUnknown, String spaceMark,
            boolean stripStart) {

        static Characters of(String[] written, int unknown, boolean fuseUnknown, boolean byteFallback, String spaceMark, boolean stripStart) {
            var idOfCharacter = new HashMap<Integer, Integer>();
            var idOfByte = new int[256];
            java.util.Arrays.fill(idOfByte, -1);
            for (int id = 0; id < written.length; id++) {
                var text = written[id];
                if (text == null || text.isEmpty()) continue;
                if (text.codePointCount(0, text.length()) == 1) idOfCharacter.put(text.codePointAt(0), id);
                if (byteFallback && isByte(text)) idOfByte[Integer.parseInt(text.substring(3, 5), 16)] = id;
            }
            return new Characters(written, idOfCharacter, idOfByte, unknown, fuseUnknown, spaceMark, stripStart);
        }

        static boolean isByte(String token) {
            return token.length() == 6 && token.matches("<0x[0-9A-F]{2}>");
        }

        /** The first ids of a piece: of its characters, or of their bytes. */
        int begin(byte[] text, int from, int to, int[] ids) {
            var n = 0;
            for (int at = from; at < to; ) {
                int character = Utf8.decode(text, at, to), length = character & 7;
                var id = idOfCharacter.get(character >>> 3);
                var whole = id != null && !(character >>> 3 == 0xfffd && length == 1);
                if (whole) {
                    ids[n++] = id;
                } else if (allBytes(text, at, length)) {
                    for (int i = 0; i < length; i++) ids[n++] = idOfByte[text[at + i] & 0xff];
                } else if (unknown >= 0 && !(fuseUnknown && n > 0 && ids[n - 1] == unknown)) {
                    ids[n++] = unknown;
                }
                at += length;
            }
            return n;
        }

        private boolean allBytes(byte[] text, int at, int length) {
            for (int i = 0; i < length; i++) {
                if (idOfByte[text[at + i] & 0xff] < 0) return false;
            }
            return true;
        }
    }
}
