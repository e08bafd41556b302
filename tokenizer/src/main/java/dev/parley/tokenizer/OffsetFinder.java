package dev.parley.tokenizer;

/** Finds the part of a text that each of its ids was made from. */
final class OffsetFinder {

    private final byte[][] tokens;
    private final int[] idOfByte;
    private final Vocabulary vocabulary;

    /** @param idOfByte for byte level, the token of each byte or -1 */
    OffsetFinder(byte[][] tokens, int[] idOfByte, Vocabulary vocabulary) {
        this.tokens = tokens;
        this.idOfByte = idOfByte;
        this.vocabulary = vocabulary;
    }

    /** Ids with their places. */
    static final class Placed {

        private final IntList ids = new IntList(16), starts = new IntList(16), ends = new IntList(16);

        void add(int id, int start, int end) {
            ids.add(id);
            starts.add(start);
            ends.add(end);
        }

        Encoding encoding() {
            return new Encoding(ids.toArray(), starts.toArray(), ends.toArray());
        }
    }

    /** The bytes of normalised text, each with the char of the text that it comes from. */
    static final class Source {

        private final String text;
        private final int[] charOf; // of each byte, and of the end

        Source(String text, TextNormalizer.Normalized normalized, int bytes) {
            this.text = text;
            charOf = new int[bytes + 1];
            var at = 0;
            for (int i = 0; i < normalized.text().length();) {
                var codePoint = normalized.text().codePointAt(i);
                var lone = codePoint >= 0xd800 && codePoint <= 0xdfff; // written as one '?'
                var length = codePoint < 0x80 || lone ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
                for (int k = 0; k < length; k++) charOf[at++] = normalized.origin()[i];
                i += Character.charCount(codePoint);
            }
            charOf[at] = normalized.origin()[normalized.text().length()];
        }

        private int start(int at) {
            return charOf[Math.clamp(at, 0, charOf.length - 1)];
        }

        /** Where the part that ends before a byte ends; inside a character, where that character ends. */
        private int end(int at) {
            if (at > 0 && at < charOf.length - 1 && charOf[at] == charOf[at - 1] && charOf[at] < text.length())
                return charOf[at] + Character.charCount(text.codePointAt(charOf[at]));
            return start(at);
        }
    }

    /** Puts the ids of a piece at their places. @param origin what to add to an index into the piece's array to get one into the source */
    void place(int[] ids, byte[] piece, int from, int to, int origin, Source source, Placed placed) {
        var at = from;
        for (var id : ids) {
            var start = at;
            at = end(id, piece, at, to);
            placed.add(id, source.start(start + origin), source.end(at + origin));
        }
    }

    /** Where the bytes end that a token was made from; those that have no token and no unknown one are passed over. */
    private int end(int id, byte[] text, int at, int to) {
        var unknown = vocabulary.unknown();
        if (id == unknown.id() && at < to && !known(text, at, to)) {
            do at += length(text, at, to); while (unknown.fuse() && at < to && !known(text, at, to));
            return at;
        }
        for (int left = source(id); at < to && left > 0;) {
            var length = length(text, at, to);
            if (known(text, at, to)) {
                length = Math.min(length, left);
                left -= length;
            }
            at += length;
        }
        return at;
    }

    /** Bytes of normalised text that a token is made of. */
    private int source(int id) {
        if (vocabulary.characters().isEmpty()) return tokens[id].length;
        var written = vocabulary.characters().get().written()[id];
        return Vocabulary.Characters.isByte(written) ? 1 : written.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    }

    private int length(byte[] text, int at, int to) {
        return vocabulary.characters().isEmpty() ? 1 : Utf8.decode(text, at, to) & 7;
    }

    private boolean known(byte[] text, int at, int to) {
        if (vocabulary.characters().isEmpty()) return idOfByte[text[at] & 0xff] >= 0;
        int character = Utf8.decode(text, at, to);
        return vocabulary.characters().get().isToken(character) || vocabulary.characters().get().allBytes(text, at, character & 7);
    }
}
